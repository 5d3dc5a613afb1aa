import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.ts';
import type { Matcher } from '../../src/alerts/matcher.ts';
import { person, say } from '../../src/lib/text/text.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { mutedBy, type Silence } from '../../src/silence/silence.ts';
import { alert, shop, T0 } from '../kit/incident/fixtures.ts';

const HOUR = 3_600_000;
const silence = (changes: Partial<Silence> = {}): Silence => ({
  id: 's-1',
  source: 'slack',
  by: 'U0BOB',
  reason: 'deploy',
  from: T0,
  until: T0 + HOUR,
  service: 'shop',
  environment: 'production',
  matchers: [],
  ...changes,
});
const matcher = (name: string, value: string, changes: Partial<Matcher> = {}): Matcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...changes,
});
const by = (...matchers: Matcher[]) =>
  silence({ id: 'alertmanager:1', source: 'alertmanager', service: null, environment: null, matchers });
const firing = (labels: Record<string, string>): Alert => alert('Small', { labels });

describe('an incident', () => {
  it.each([
    ['of the service that is silenced', {}, true],
    ['of another service', { service: 'store' }, false],
    ['of that service in another environment', { environment: 'staging' }, false],
    ['of any service, where a whole environment is silenced', { service: null }, true],
    ['of any service at all, where everything is silenced', { service: null, environment: null }, true],
    ['before the silence begins', { from: T0 + 1 }, false],
    ['at the very end of the silence', { from: 0, until: T0 }, false],
  ])('%s: %j mutes it: %j', (_, changes, muted) => {
    expect(mutedBy(shop, [firing({})], [silence(changes)], T0) !== null).toBe(muted);
    expect(mutedBy(shop, [], [silence(changes)], T0) !== null).toBe(muted);
  });

  it('about a target that nobody registered is not muted by the silence of a service of that name', () => {
    expect(mutedBy({ ...shop, kind: 'target' }, [], [silence()], T0)).toBeNull();
  });

  it.each([
    [[matcher('instance', 'web-1')], true],
    [[matcher('instance', 'web-2')], false],
    [[matcher('instance', 'web-.', { isRegex: true })], true],
    [[matcher('instance', 'eb', { isRegex: true })], false],
    [[matcher('instance', 'web-2', { isEqual: false })], true],
    [[matcher('instance', 'web-.', { isRegex: true, isEqual: false })], false],
    [[matcher('instance', 'web-1'), matcher('team', 'web')], false],
    // A label that is missing is empty.
    [[matcher('team', '')], true],
    [[matcher('team', 'web', { isEqual: false })], true],
    [[matcher('constructor', '', {})], true],
    // What cannot be evaluated counts as matching, also where it says what must not match.
    [[matcher('instance', '(', { isRegex: true })], true],
    [[matcher('instance', '(', { isRegex: true, isEqual: false })], true],
  ])('%j match its alert: %j', (matchers, muted) => {
    expect(mutedBy(shop, [firing({ instance: 'web-1' })], [by(...matchers)], T0) !== null).toBe(muted);
  });

  it('is muted by a pattern in the syntax of Alertmanager, named classes included', () => {
    const silences = [by(matcher('instance', '[[:alpha:]]+-\\pN', { isRegex: true }))];
    expect(mutedBy(shop, [firing({ instance: 'web-1' })], silences, T0)).not.toBeNull();
    expect(mutedBy(shop, [firing({ instance: 'web-x' })], silences, T0)).toBeNull();
  });

  it('is muted where a label that was left out of its alert may be the one that is silenced, and in no other case', () => {
    const cut = { ...firing({ instance: 'web-1' }), omitted: 3 };
    expect(mutedBy(shop, [cut], [by(matcher('team', 'web'))], T0)).not.toBeNull();
    expect(mutedBy(shop, [cut], [by(matcher('team', 'web'), matcher('instance', 'web-2'))], T0)).toBeNull();
  });

  it('says that a pattern could not be read, where that is why it is muted', () => {
    const muted = mutedBy(shop, [firing({})], [by(matcher('instance', '(', { isRegex: true }))], T0);
    expect(plainly(muted?.words ?? '')).toContain(
      'one of its patterns cannot be read, so that it counts as matching',
    );
  });

  it('is muted only while every one of its alerts is', () => {
    const [one, two] = [firing({ disk: 'a' }), firing({ disk: 'b' })];
    const silences = [by(matcher('disk', 'a'))];
    expect(mutedBy(shop, [one], silences, T0)).not.toBeNull();
    expect(mutedBy(shop, [one, two], silences, T0)).toBeNull();
  });

  it('with no alert that fires is not muted by a silence that looks at labels', () => {
    expect(mutedBy(shop, [], [by(matcher('team', ''))], T0)).toBeNull();
  });

  it('is muted until the first of its alerts is silenced no longer, and says by which silence', () => {
    const long = { ...by(matcher('disk', 'a')), id: 'alertmanager:long', until: T0 + 3 * HOUR };
    const short = { ...by(matcher('disk', 'a|b', { isRegex: true })), id: 'alertmanager:short' };
    const muted = mutedBy(shop, [firing({ disk: 'a' }), firing({ disk: 'b' })], [short, long], T0);
    expect(muted).toMatchObject({ until: T0 + HOUR, silence: 'alertmanager:short' });
    expect(mutedBy(shop, [firing({ disk: 'a' })], [short, long], T0)?.until).toBe(T0 + 3 * HOUR);
  });

  it.each([
    [silence(), say`silenced by ${person('U0BOB')}: deploy`],
    [silence({ reason: '' }), say`silenced by ${person('U0BOB')}`],
    [by(matcher('team', '')), say`silenced in Alertmanager by U0BOB: deploy`],
    [
      silence({ source: 'alertmanager', by: '<!channel>', reason: 'ask\n<@U0EVE> ' }),
      say`silenced in Alertmanager by ${'<!channel>'}: ask ${'<@U0EVE>'}`,
    ],
    [silence({ source: 'maintenance', by: 'patching', reason: '' }), say`maintenance "patching"`],
  ])('says why, and what comes from outside names nobody', (one, words) => {
    expect(mutedBy(shop, [firing({})], [one], T0)?.words).toEqual(words);
  });
});

describe('of any silences and any alerts', () => {
  const name = fc.constantFrom('a', 'b');
  const value = fc.constantFrom('', 'x', 'y');
  const alerts = fc.array(
    fc.dictionary(name, value).map((labels) => firing(labels)),
    { maxLength: 3 },
  );
  const silences = fc.array(
    fc
      .record({
        id: fc.uuid(),
        from: fc.integer({ min: -2, max: 2 }).map((hours) => T0 + hours * HOUR),
        length: fc.integer({ min: 0, max: 4 }),
        service: fc.constantFrom(null, 'shop', 'store'),
        environment: fc.constantFrom(null, 'production', 'staging'),
        matchers: fc.array(
          fc.record({
            name,
            value: fc.constantFrom('', 'x', 'x|y', '('),
            isRegex: fc.boolean(),
            isEqual: fc.boolean(),
          }),
          { maxLength: 2 },
        ),
      })
      .map(({ length, ...given }) => silence({ ...given, until: given.from + length * HOUR })),
    { maxLength: 5 },
  );

  it('an incident is muted if and only if each of its alerts alone would be, and to the earliest of their ends', () => {
    fc.assert(
      fc.property(alerts, silences, (some, all) => {
        fc.pre(some.length > 0);
        const each = some.map((one) => mutedBy(shop, [one], all, T0)?.until ?? null);
        const ends = each.filter((until) => until !== null);
        const expected = ends.length === some.length ? Math.min(...ends) : undefined;
        expect(mutedBy(shop, some, all, T0)?.until).toBe(expected);
      }),
    );
  });

  it('the silence that mutes is in force now and ends when it is said to; before and after it mutes nothing', () => {
    fc.assert(
      fc.property(alerts, silences, (some, all) => {
        const muted = mutedBy(shop, some, all, T0);
        const muting = all.find(({ id }) => id === muted?.silence);
        expect(muting === undefined).toBe(muted === null);
        if (muting === undefined || muted === null) return;
        expect(muting.from).toBeLessThanOrEqual(T0);
        expect(muting.until).toBeGreaterThan(T0);
        expect(muted.until).toBe(muting.until);
        for (const now of [muting.from - 1, muting.until, muting.until + HOUR])
          expect(mutedBy(shop, some, [muting], now)).toBeNull();
      }),
    );
  });

  it('their order makes no difference, and one more silence never ends a mute or brings its end nearer', () => {
    fc.assert(
      fc.property(alerts, silences, (some, all) => {
        const muted = mutedBy(shop, some, all, T0);
        expect(mutedBy(shop, some, all.toReversed(), T0)).toEqual(muted);
        const fewer = mutedBy(shop, some, all.slice(1), T0);
        if (fewer !== null) expect(muted?.until).toBeGreaterThanOrEqual(fewer.until);
      }),
    );
  });
});
