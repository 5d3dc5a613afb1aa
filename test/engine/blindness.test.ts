import { describe, expect, it } from 'vitest';
import {
  type Absence,
  alertmanagerAway,
  modelAway,
  prometheusAway,
  RUNNER_AWAY,
  type Seen,
  seeing,
  seenServer,
  watched,
} from '../../src/engine/health/blindness.ts';
import { type Notice, wordsOf } from '../../src/engine/health/losses.ts';
import { plainly } from '../../src/lib/text/text-read.ts';

const EU = { name: 'eu', url: 'http://medic:secret@prometheus-eu:9090/prefix' };
const SINCE = Date.parse('2026-11-29T14:02:00Z');

const blind = (about: Seen, { what, means, todo }: Absence): string =>
  plainly(wordsOf({ kind: 'blind', about, what, words: `${means} ${todo}`, since: SINCE, at: SINCE }));

const ABSENCES: readonly (readonly [Seen, Absence])[] = [
  [seenServer('prometheus', EU), prometheusAway(EU)],
  [
    'alertmanager',
    alertmanagerAway({ name: 'alertmanager', url: 'http://am:9093' }, { silences: true, alerts: true }),
  ],
  [
    'alertmanager us',
    alertmanagerAway({ name: 'us', url: 'http://am-us:9093' }, { silences: false, alerts: true }),
  ],
  ['model', modelAway({ name: 'gpt-5', url: 'https://api.openai.com/v1' })],
  ['runner', RUNNER_AWAY],
];

describe('what people are told of a part that is away', () => {
  it('names it, since when, what Medic cannot do, and what they can do', () => {
    for (const [about, absence] of ABSENCES) {
      const words = blind(about, absence);
      expect(words).toMatch(/ since .*14:02/);
      expect(words).toContain('Medic ');
      expect(words).toContain('Check that ');
      for (const sentence of words.split(/\. /))
        expect(sentence.split(' ').length, sentence).toBeLessThan(26);
    }
  });

  it('calls a server by its name and address, and never by its password', () => {
    expect(blind(seenServer('prometheus', EU), prometheusAway(EU))).toMatch(
      /^Prometheus eu at prometheus-eu:9090 has given Medic no usable answer since /,
    );
    const only = { name: 'prometheus', url: 'http://127.0.0.1:9090' };
    expect(seenServer('prometheus', only)).toBe('prometheus');
    expect(prometheusAway(only).what).toBe('Prometheus at 127.0.0.1:9090');
  });

  it('speaks of silences only where Medic reads them there', () => {
    const words = (silences: boolean) => alertmanagerAway(EU, { silences, alerts: true }).means;
    expect(words(true)).toContain('silences');
    expect(words(false)).not.toContain('silences');
  });

  it('is told to be over with the same name, and how long it was', () => {
    const end = (more: Partial<Notice & { kind: 'sighted' }>) =>
      plainly(
        wordsOf({
          kind: 'sighted',
          about: 'prometheus eu',
          what: 'Prometheus eu at p:9090',
          since: SINCE,
          back: SINCE + 240_000,
          at: SINCE + 240_000,
          ...more,
        }),
      );
    expect(end({})).toMatch(
      /^Prometheus eu at p:9090 answers again\. Medic had been without it since .*14:02.*, for 4 minutes\.$/,
    );
    expect(end({ latest: true })).toMatch(
      /answers again, since .*14:06.* at the latest\. Medic had been without it since .*14:02/,
    );
    expect(end({ latest: true })).not.toContain('minutes');
    expect(end({ about: 'memory' })).toMatch(/Alertmanager sends again what Medic could not take/);
    expect(end({ about: 'runner' })).toMatch(/^A runner is heard of again\. /);
  });
});

describe('a part that is looked at', () => {
  it('is a trouble on the Home tab at once, and is handed on to be told when it lasts; the look ends as it did', async () => {
    const troubles: unknown[][] = [];
    const sights: unknown[][] = [];
    const see = seeing(
      { tell: async (...what) => void troubles.push(what) },
      { sight: async (...what) => void sights.push(what) },
    );
    let away = true;
    const absence = prometheusAway(EU);
    const look = watched(see, 'prometheus eu', absence, async () => {
      if (away) throw new Error('away');
      return 'up';
    });
    await expect(look()).rejects.toThrow('away');
    away = false;
    expect(await look()).toBe('up');
    expect(sights).toEqual([
      ['prometheus eu', absence, 'looked'],
      ['prometheus eu', null, 'looked'],
    ]);
    expect(troubles).toEqual([
      [
        'prometheus eu',
        expect.stringMatching(/^Prometheus eu at prometheus-eu:9090 gives no usable answer\. /),
      ],
      ['prometheus eu', null],
    ]);
  });

  it('is looked at all the same while the memory is away', async () => {
    const refuse = async () => {
      throw new Error('Redis is away');
    };
    const see = seeing({ tell: refuse }, { sight: refuse });
    expect(await watched(see, 'prometheus', prometheusAway(EU), async () => 'up')()).toBe('up');
  });
});
