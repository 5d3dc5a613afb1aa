import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';

const services = { shop: {}, store: { environment: 'staging' } };
const weekly = { name: 'patching', cron: '0 2 * * 0', duration: '2h' };
const once = { name: 'move', from: '2026-12-01T22:00:00+01:00', to: '2026-12-02T02:00:00Z' };
const problemsOf = (...maintenance: object[]) =>
  (Settings.safeParse({ services, maintenance }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('a maintenance window of medic.yml', () => {
  it('is once or recurs, for some services, an environment or everything', () => {
    const read = Settings.parse({
      services,
      maintenance: [
        { ...weekly, services: ['shop'], reason: 'new kernel' },
        { ...once, environment: 'staging' },
      ],
    });
    expect(read.maintenance).toEqual([
      {
        name: 'patching',
        reason: 'new kernel',
        services: ['shop'],
        environment: null,
        times: { kind: 'recurring', cron: '0 2 * * 0', duration: 7_200_000, timezone: 'UTC' },
      },
      {
        name: 'move',
        reason: null,
        services: null,
        environment: 'staging',
        times: { kind: 'once', from: Date.UTC(2026, 11, 1, 21), to: Date.UTC(2026, 11, 2, 2) },
      },
    ]);
  });

  it.each([
    [{ ...weekly, cron: '0 2 * *' }, 'cron: has not five fields', "e.g. cron: '0 2 * * 0'"],
    [{ ...weekly, cron: '0 25 * * 0' }, 'cron: cannot be read', "e.g. cron: '0 2 * * 0'"],
    [{ ...weekly, cron: '0 0 30 2 *' }, 'cron: cannot be read', "e.g. cron: '0 2 * * 0'"],
    [{ ...weekly, cron: 'H 2 * * 0' }, 'cron: may not leave a time to chance', "e.g. cron: '0 2 * * 0'"],
    [{ ...weekly, timezone: 'Mars/Olympus' }, 'timezone: is no time zone', 'e.g. Europe/Berlin'],
    [{ ...weekly, duration: '0s' }, 'duration: say how long', 'e.g. duration: 2h'],
    [{ name: 'patching', cron: '0 2 * * 0' }, 'duration: say how long', 'e.g. duration: 2h'],
    [{ ...once, to: '2026-12-01' }, 'to: write a time with its offset', 'e.g. 2026-12-01T22:00:00+01:00'],
    [{ ...once, to: once.from }, 'to: must be later than from', ''],
    [{ ...once, timezone: 'UTC' }, 'timezone: belongs to cron', ''],
    [{ ...weekly, services: ['shop', 'nowhere'] }, 'services.1: "nowhere" is no registered', 'shop, store'],
    [{ ...weekly, services: ['constructor'] }, 'services.0: "constructor" is no registered', 'shop, store'],
    [
      { ...weekly, services: ['store'], environment: 'live' },
      'services.0: "store" is registered in',
      'staging',
    ],
  ])('%j is refused where it is wrong, with an example or a reason', (window, where, example) => {
    const problems = problemsOf(window);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`maintenance.0.${where}`);
    expect(problems[0]).toContain(example);
  });

  it.each([
    [{ name: 'nothing' }],
    [{ ...weekly, ...once }],
    [{ name: 'half', from: once.from }],
    [{ name: 'half', duration: '2h' }],
  ])('%j is refused: it is either once or recurring', (window) => {
    expect(problemsOf(window)).toEqual([
      "maintenance.0: write either from and to, or cron and duration, e.g. cron: '0 2 * * 0', duration: 2h",
    ]);
  });

  it('has a name of its own, by which people see it', () => {
    expect(problemsOf(weekly, once, weekly)).toEqual([
      'maintenance.2.name: "patching" is the name of another window',
    ]);
  });

  it('with an unknown setting is refused', () => {
    expect(problemsOf({ ...weekly, service: 'shop' })).toHaveLength(1);
  });
});
