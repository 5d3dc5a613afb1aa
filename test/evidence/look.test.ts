import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCommand } from '../../src/evidence/looks/command.ts';
import { type Filesystem, judgeDisk, mountOf } from '../../src/evidence/looks/disk.ts';
import { held, judgeMemory, withDescendants } from '../../src/evidence/looks/memory.ts';
import { judgeRelease, releaseBefore, releaseName } from '../../src/evidence/looks/release.ts';
import {
  judgeSupervisor,
  judgeSystemd,
  parseSupervisor,
  type SystemdUnit,
} from '../../src/evidence/looks/unit.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');
const unit = (more: SystemdUnit): SystemdUnit => ({
  Id: 'shop.service',
  Type: 'simple',
  LoadState: 'loaded',
  ActiveState: 'failed',
  SubState: 'failed',
  Result: 'exit-code',
  ExecMainCode: '1',
  ExecMainStatus: '1',
  NRestarts: '0',
  StateChangeTimestamp: `@${NOON / 1000 - 60}`,
  InactiveEnterTimestamp: `@${NOON / 1000 - 60}`,
  InactiveExitTimestampMonotonic: '1000',
  ActiveEnterTimestampMonotonic: '1001',
  ...more,
});

describe('a unit of systemd', () => {
  it.each([
    ['fault', 'failed (exit code 1) since 2026-11-03T11:59:00Z', {}],
    ['fault', 'failed (signal, signal 9)', { Result: 'signal', ExecMainCode: '2', ExecMainStatus: '9' }],
    [
      'fault',
      'failed (core-dump, signal 11)',
      { Result: 'core-dump', ExecMainCode: '3', ExecMainStatus: '11' },
    ],
    ['fault', 'failed (oom-kill, signal 9)', { Result: 'oom-kill', ExecMainCode: '2', ExecMainStatus: '9' }],
    ['fault', 'failed (result watchdog)', { Result: 'watchdog', ExecMainCode: '2', ExecMainStatus: '6' }],
    [
      'fault',
      'failed (result timeout)',
      { Result: 'timeout', ExecMainCode: '2', ActiveEnterTimestampMonotonic: '0' },
    ],
    ['other', 'it gave up after 3 restarts, or', { NRestarts: '3', Restart: 'on-failure' }],
    ['other', 'restarts it by itself (always)', { Restart: 'always' }],
    ['fault', 'failed (exit code 1)', { Restart: 'on-abnormal' }],
    ['fault', 'failed (exit code 1)', { Restart: 'on-success' }],
    ['other', 'told to stop', { Result: 'timeout', ExecMainCode: '2', ExecMainStatus: '9' }],
    [
      'other',
      'exit code 143 since 2026-11-03T11:59:00Z, as after being told to stop',
      { ExecMainStatus: '143' },
    ],
    ['other', 'gave up after 5 restarts', { Result: 'start-limit-hit', NRestarts: '5' }],
    ['other', 'stopped on purpose', { ActiveState: 'inactive', SubState: 'dead', Result: 'success' }],
    [
      'other',
      'not started since the host came up',
      { ActiveState: 'inactive', Result: 'success', InactiveEnterTimestamp: '' },
    ],
    ['other', '3 times so far', { ActiveState: 'activating', SubState: 'auto-restart', NRestarts: '3' }],
    ['other', 'it is starting', { ActiveState: 'activating', SubState: 'start' }],
    ['other', 'it is stopping', { ActiveState: 'deactivating', SubState: 'stop-sigterm' }],
    ['well', 'active (running)', { ActiveState: 'active', SubState: 'running', Result: 'success' }],
    ['well', 'active (listening)', { ActiveState: 'active', SubState: 'listening', Type: '' }],
    ['well', 'active (exited)', { ActiveState: 'active', SubState: 'exited', Type: 'oneshot' }],
    ['other', 'does not follow its process', { ActiveState: 'active', SubState: 'exited', Type: 'forking' }],
    ['unknown', 'there is no such unit', { LoadState: 'not-found', ActiveState: 'inactive' }],
    ['unknown', 'masked', { LoadState: 'masked', ActiveState: 'inactive' }],
    ['unknown', 'no state that Medic knows', { ActiveState: 'dreaming' }],
  ] as const)('is %s: %s', (verdict, words, more) => {
    expect(judgeSystemd(unit(more))).toEqual({ verdict, words: expect.stringContaining(words) });
  });

  it('is not at fault where it had failed long before the alert, nor where it is a job that runs once', () => {
    const hours = (count: number) => NOON + count * 3_600_000;
    const old = unit({ StateChangeTimestamp: '@1780000000' });
    const since = 1_780_000_000_000;
    expect(judgeSystemd(old, since + 3_600_000).verdict).toBe('fault');
    expect(judgeSystemd(old, since - 3_600_000).verdict).toBe('fault');
    expect(judgeSystemd(old, null).verdict).toBe('fault');
    expect(judgeSystemd(old, since + 3 * 3_600_000)).toMatchObject({
      verdict: 'other',
      words: expect.stringContaining('long before the alert'),
    });
    expect(judgeSystemd(unit({ Type: 'oneshot' }), hours(0))).toMatchObject({
      verdict: 'other',
      words: expect.stringContaining('would do its work again'),
    });
  });

  it('tells the moment of it, and no time where the zone is not known', () => {
    const old = judgeSystemd(unit({ StateChangeTimestamp: 'Sun 2026-11-01 03:12:07 UTC' }));
    expect(old.words).toContain('since 2026-11-01T03:12:07Z');
    const local = judgeSystemd(unit({ StateChangeTimestamp: 'Sun 2026-11-01 03:12:07 CET' }));
    expect(local).toEqual({ verdict: 'fault', words: 'shop.service: failed (exit code 1)' });
  });

  it('is at fault in no state but failed, whatever the rest says', () => {
    const word = fc.oneof(
      fc.constantFrom('failed', 'active', 'inactive', 'exit-code', 'signal', 'success', '', '1', '9'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(unit({}))), word), (more) => {
        const state = unit(more);
        if (judgeSystemd(state).verdict === 'fault')
          expect([state.LoadState, state.ActiveState]).toEqual(['loaded', 'failed']);
      }),
    );
  });
});

describe('a program of supervisor', () => {
  it.each([
    ['fault', 'shop                             EXITED    Nov 29 01:52 AM'],
    ['well', 'shop                             RUNNING   pid 27517, uptime 0:00:01'],
    ['other', 'shop                             STOPPED   Nov 29 01:52 AM'],
    ['other', 'shop                             FATAL     Exited too quickly (process log may have details)'],
    ['other', "shop                             BACKOFF   can't find command"],
    ['other', 'shop                             STARTING  '],
    ['unknown', 'shop                             UNKNOWN   '],
    ['unknown', ''],
    ['fault', 'shop:a   RUNNING   pid 1, uptime 0:00:01\nshop:b   EXITED    Nov 29 01:52 AM'],
    ['other', 'shop:a   RUNNING   pid 1, uptime 0:00:01\nshop:b   STOPPED   Nov 29 01:52 AM'],
  ])('is %s: %s', (verdict, line) => {
    expect(judgeSupervisor(parseSupervisor(line)).verdict).toBe(verdict);
  });

  it.each([
    ['fault', 'exit status 1, ended @1780000000', 1_780_000_060_000],
    ['fault', 'exit status -1, ended @1780000000', 1_780_000_060_000],
    ['fault', 'exit status 1, ended @1780000000', null],
    ['other', 'exit status 0, ended @1780000000', 1_780_000_060_000],
    ['other', 'exit status 1, ended @1780000000', 1_780_000_000_000 + 3 * 3_600_000],
  ] as const)('that has ended is %s: %s, with an alert at %s', (verdict, how, began) => {
    const programs = parseSupervisor(`shop   EXITED    Nov 29 01:52 AM, ${how}`);
    const judged = judgeSupervisor(programs, began);
    expect(judged.verdict).toBe(verdict);
    expect(judged.words).not.toContain('@');
  });
});

describe('a disk', () => {
  const disk = (more: Partial<Filesystem> = {}): Filesystem => ({
    path: '/data',
    blockSize: 4096,
    blocks: 1_000_000,
    available: 50_000,
    inodes: 1000,
    inodesFree: 500,
    readOnly: false,
    ...more,
  });

  it.each([
    ['fault', '/data is 95 % used, 205 MB free of 4.1 GB, inodes 50 % used', {}],
    ['well', '20 % used', { available: 800_000 }],
    ['other', 'its inodes have run out (100 % used)', { inodesFree: 0, available: 800_000 }],
    ['other', 'its inodes have run out', { inodesFree: 5 }],
    ['other', 'mounted read-only', { readOnly: true }],
    ['fault', '95 % used', { inodes: 0, inodesFree: 0 }],
    ['unknown', 'no filesystem with a size', { blocks: 0, available: 0 }],
  ] as const)('is %s: %s', (verdict, words, more) => {
    expect(judgeDisk(disk(more), 0.9)).toEqual({ verdict, words: expect.stringContaining(words) });
  });

  it('is at fault only where its own bytes are used up to the limit and it can be written', () => {
    const natural = fc.integer({ min: 0, max: 1e6 });
    const any = fc.record({ blocks: natural, available: natural, inodes: natural, inodesFree: natural });
    fc.assert(
      fc.property(
        any,
        fc.boolean(),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (numbers, readOnly, limit) => {
          const fs = disk({ ...numbers, readOnly });
          const { verdict } = judgeDisk(fs, limit);
          const full = fs.blocks > 0 && 1 - fs.available / fs.blocks >= limit;
          if (verdict === 'fault') expect([full, readOnly]).toEqual([true, false]);
          if (verdict === 'well') expect([full, readOnly]).toEqual([false, false]);
        },
      ),
    );
  });

  it('is one mount point and no other, and the last one that covers it', () => {
    const mounts = [
      '/dev/a / ext4 rw,relatime 0 0',
      '/dev/b /data ext4 ro 0 0',
      'tmpfs /data tmpfs rw,nosuid 0 0',
      '/dev/c /two\\040words ext4 ro,noatime 0 0',
    ].join('\n');
    expect(mountOf('/data', mounts)).toEqual({ readOnly: false });
    expect(mountOf('/data/', mounts)).toEqual({ readOnly: false });
    expect(mountOf('/', mounts)).toEqual({ readOnly: false });
    expect(mountOf('/two words', mounts)).toEqual({ readOnly: true });
    expect(mountOf('/data/deeper', mounts)).toBeNull();
    expect(mountOf('/dat', mounts)).toBeNull();
  });
});

describe('memory', () => {
  const GB = 1e9;
  const roomy = { total: 8 * GB, available: 4 * GB };
  const short = { total: 8 * GB, available: 0.5 * GB };

  it.each([
    ['fault', 'over its limit', [2 * GB, 3 * GB, roomy, 1 * GB]],
    ['well', 'below it', [0.5 * GB, 3 * GB, roomy, 1 * GB]],
    ['other', 'below it, and others have filled the host', [0.5 * GB, 7 * GB, short, 1 * GB]],
    ['fault', 'without a limit, most of a host that is short', [5 * GB, 7 * GB, short, null]],
    ['other', 'without a limit, a small part of a host that is short', [1 * GB, 7 * GB, short, null]],
    ['well', 'without a limit, most of a host that has room', [3 * GB, 4 * GB, roomy, null]],
    [
      'unknown',
      'without a limit, on a kernel that does not tell',
      [3 * GB, 4 * GB, { total: 8 * GB, available: null }, null],
    ],
  ] as const)('is %s: %s', (verdict, _, [service, everybody, host, limit]) => {
    expect(judgeMemory(service, everybody, host, limit).verdict).toBe(verdict);
  });

  it('is what processes have of their own, and what they share once', () => {
    const process = (pid: number, parent: number, more = {}) => ({
      ...{ pid, parent, rss: 900, anonymous: 100, shared: 500 },
      ...more,
    });
    expect(held([process(1, 0), process(2, 1)])).toBe(700);
    expect(held([process(1, 0, { anonymous: null, shared: null })])).toBe(900);
    expect(held([])).toBe(0);
    const all = [process(3, 2), process(2, 1), process(1, 0), process(9, 8)];
    expect(withDescendants([1], all).map(({ pid }) => pid)).toEqual([3, 2, 1]);
  });

  it('never blames the service for a page cache: what can be had again counts as available', () => {
    const amount = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(amount, amount, (service, cache) => {
        const total = service + cache + 1;
        const { verdict } = judgeMemory(service, service, { total, available: total - service }, null);
        if ((total - service) / total >= 0.1) expect(verdict).toBe('well');
      }),
    );
  });
});

describe('a release', () => {
  const running = (minutesBefore: number) => ({
    release: 'v7',
    changedAt: NOON - minutesBefore * 60_000,
    previous: 'v6',
  });

  it.each([
    [
      'fault',
      'release v7 runs since 2026-11-03T11:55:00Z, 5 min before the symptom began (before it: v6)',
      5,
      NOON,
    ],
    ['well', 'long before the symptom (2 h)', 120, NOON],
    ['well', '10 min after the symptom began', -10, NOON],
    ['unknown', 'when the symptom began is not known', 5, null],
  ] as const)('is %s: %s', (verdict, words, minutes, symptom) => {
    expect(judgeRelease(running(minutes), symptom, 1_800_000)).toEqual({
      verdict,
      words: expect.stringContaining(words),
      ...(symptom === null ? { undecided: true } : {}),
    });
  });

  it('has a plain name, whatever a link or file says', () => {
    expect(['/srv/shop/releases/v7/', 'v7\n', 'releases/20261103.1'].map(releaseName)).toEqual([
      'v7',
      'v7',
      '20261103.1',
    ]);
    expect(['', '-rf', 'a b', '$(id)', '..', `x${'y'.repeat(100)}`].map(releaseName)).toEqual(
      Array(6).fill(null),
    );
  });

  it('came after the next older one, or after none that can be told', () => {
    const at = (folder: string, when: number) => ({ folder: `/r/${folder}`, at: when });
    const folders = [at('v8', 4), at('v6', 2), at('v7', 3), at('-x', 2.5), at('v5', 1), at('v4', 1)];
    expect(releaseBefore('v7', folders)).toBe('v6');
    expect(releaseBefore('v4', folders)).toBeNull();
    expect(releaseBefore('v6', folders)).toBeNull();
    expect(releaseBefore('v1', folders)).toBeNull();
  });
});

it.each([
  ['fault', 'state: down'],
  ['well', 'a line\nstate: up'],
  ['other', 'state: odd'],
  ['unknown', ' \n'],
  ['unknown', 'state: down\nstate: up'],
])('the output of a command is %s: %j', (verdict, output) => {
  expect(judgeCommand(output, { fault: '^state: down$', well: '^state: up$' }).verdict).toBe(verdict);
});
