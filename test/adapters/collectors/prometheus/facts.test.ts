import { describe, expect, it } from 'vitest';
import type { Track } from '../../../../src/adapters/collectors/prometheus/expression/format.ts';
import { limitsQuery, tellLimits } from '../../../../src/adapters/collectors/prometheus/host-limits.ts';
import { vitalStates } from '../../../../src/adapters/collectors/prometheus/service-facts.ts';
import { NOON, serviceOf } from '../../../evidence/samples.ts';

const MINUTE = 60_000;
const BEGAN = NOON - 5 * MINUTE;
const service = serviceOf({ name: 'shop', hosts: ['web-1'] });
const track = (of: (minute: number) => number, more: Partial<Track> = {}): Track => ({
  labels: { job: 'shop', instance: 'web-1:8080' },
  points: Array.from({ length: 60 }, (_, minute) => [NOON - (59 - minute) * MINUTE, of(minute)] as const),
  to: NOON,
  step: MINUTE,
  sampled: true,
  ended: null,
  closer: new Map(),
  ...more,
});
const states = (name: string, of: Track, others: Parameters<typeof vitalStates>[1] = []) =>
  Object.fromEntries(
    vitalStates({ name, track: of }, others, service, BEGAN).map((one) => [one.name, one.value]),
  );

describe('the vital signs of a service state', () => {
  it('whether it is reached, and whether it was', () => {
    expect(
      states(
        'up',
        track((minute) => Number(minute < 55)),
      ),
    ).toEqual({
      'scrape.up': false,
      'scrape.up.before': true,
    });
  });

  it('how fast its memory doubles, where it grows steadily', () => {
    const leak = states(
      'memory',
      track((minute) => 1e8 + minute * 6e6),
    );
    expect(leak['process.resident_memory.slope']).toBeCloseTo(1e5, 0);
    expect(leak['process.resident_memory.doubling']).toBeCloseTo((1e8 + 59 * 6e6) / 1e5, 0);
    const wavering = states(
      'memory',
      track((minute) => 1e8 + (minute % 7) * 6e6),
    );
    expect(wavering).not.toHaveProperty('process.resident_memory.doubling');
    expect(
      states(
        'memory',
        track(() => 1e8),
      ),
    ).not.toHaveProperty('process.resident_memory.doubling');
  });

  it('errors as a part of the requests of the same process, now and before', () => {
    const requests = { name: 'requests per second', track: track(() => 100) };
    const errors = track((minute) => (minute < 50 ? 1 : 30));
    expect(states('server errors per second', errors, [requests])).toEqual({
      'http.server.error_rate': 30,
      'http.server.error_ratio': 0.3,
      'http.server.error_ratio.before': 0.01,
    });
    expect(states('server errors per second', errors)).toEqual({ 'http.server.error_rate': 30 });
  });

  it('nothing of what is no longer measured', () => {
    for (const name of ['up', 'memory', 'requests per second', 'server errors per second'])
      expect(
        states(
          name,
          track(() => 1, { ended: NOON - MINUTE }),
        ),
      ).toEqual({});
  });
});

describe('the limits of a host', () => {
  const at = { job: 'node', instance: 'web-1:9100' };
  /** The number under which the query asks for a metric. */
  const sign = (metric: string) => {
    const line = limitsQuery(at)
      .split('\n')
      .findIndex((one) => one.includes(metric));
    return String(line);
  };

  it('are told a line each, of the disk or of the host', () => {
    const answer = [
      {
        labels: { medic_sign: sign('node_filesystem_files_free'), mountpoint: '/srv' },
        value: 0.98,
        at: NOON,
      },
      { labels: { medic_sign: sign('node_filesystem_readonly'), mountpoint: '/srv' }, value: 0, at: NOON },
      { labels: { medic_sign: sign('node_vmstat_oom_kill') }, value: 2, at: NOON },
      { labels: { medic_sign: sign('node_timex_offset_seconds') }, value: Number.NaN, at: NOON },
    ];
    const told = tellLimits(answer, 'web-1', ['service/shop']);
    expect(told.map(({ line }) => line)).toEqual([
      '/srv: inodes used: 98 %',
      '/srv: read-only: no',
      'kills for want of memory within the hour: 2',
    ]);
    expect(told.flatMap(({ facts }) => facts).map(({ of, name, value }) => [of, name, value])).toEqual([
      ['filesystem/web-1:/srv', 'node_exporter.filesystem.inodes.utilization', 0.98],
      ['filesystem/web-1:/srv', 'node_exporter.filesystem.read_only', false],
      ['host/web-1', 'node_exporter.oom_kills', 2],
    ]);
  });

  it('are usual where they are states that were so all the week before, and never where they came within it', () => {
    const readOnly = (mountpoint: string, value: number) => ({
      labels: { medic_sign: sign('node_filesystem_readonly'), mountpoint },
      value,
      at: NOON,
    });
    const now = [readOnly('/boot', 1), readOnly('/srv', 1), readOnly('/new', 1), readOnly('/well', 0)];
    const before = [readOnly('/boot', 1), readOnly('/srv', 0.2), readOnly('/well', 0.2)];
    const told = tellLimits(now, 'web-1', [], before);
    expect(told.map(({ line, facts }) => [line, facts[0]?.usual])).toEqual([
      ['/boot: read-only: yes, as before', true],
      ['/srv: read-only: yes', undefined],
      ['/new: read-only: yes', undefined],
      ['/well: read-only: no', undefined],
    ]);
  });

  it('cannot be forged by a label, nor break a line', () => {
    const hostile = { medic_sign: sign('node_filesystem_readonly'), mountpoint: '/srv\nread-only: yes' };
    const [one] = tellLimits([{ labels: hostile, value: 1, at: NOON }], 'web-1', []);
    expect(one?.line).not.toContain('\n');
    expect(tellLimits([{ labels: { medic_sign: '__proto__' }, value: 1, at: NOON }], 'web-1', [])).toEqual(
      [],
    );
    expect(tellLimits([{ labels: {}, value: 1, at: NOON }], 'web-1', [])).toEqual([]);
  });
});
