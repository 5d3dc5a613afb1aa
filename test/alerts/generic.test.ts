import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { genericReader } from '../../src/alerts/generic.ts';
import { Source } from '../../src/config/sources.ts';
import { jsonPath, valueAt } from '../../src/lib/schema/json-path.ts';

const RECEIVED = Date.UTC(2026, 10, 28, 22);

/** As Zabbix' webhook media type can be told to post. */
const zabbix = Source.parse({
  name: 'zabbix',
  alerts: 'events',
  alert: 'trigger.name',
  state: { path: 'value', firing: ['1'], resolved: ['0'] },
  severity: 'trigger.severity',
  service: 'hosts[0].group',
  labels: { host: 'hosts[0].name', item: '"item.key"' },
  summary: 'trigger.opdata',
  began: 'clock',
  ended: 'r_clock',
  id: 'eventid',
  link: 'url',
});
const event = (more: object = {}) => ({
  eventid: 4711,
  value: 1,
  clock: '1764367200',
  trigger: { name: 'Disk is full', severity: 'High', opdata: '98 %' },
  hosts: [{ name: 'web-1', group: 'shop' }],
  'item.key': 'vfs.fs.size',
  url: 'https://zabbix.example.com/tr_events.php?eventid=4711',
  ...more,
});
const read = (...events: readonly unknown[]) => genericReader(zabbix)({ events }, { received: RECEIVED });

describe('a source that medic.yml describes', () => {
  it('is read by where its parts stand', () => {
    expect(read(event())).toMatchObject({
      kind: 'alerts',
      unreadable: 0,
      alerts: [
        {
          source: 'zabbix',
          fingerprint: 'zabbix:4711',
          status: 'firing',
          name: 'Disk is full',
          severity: 'critical',
          labels: {
            alertname: 'Disk is full',
            severity: 'High',
            service: 'shop',
            host: 'web-1',
            item: 'vfs.fs.size',
          },
          annotations: { summary: '98 %' },
          startsAt: 1_764_367_200_000,
          endsAt: null,
          link: 'https://zabbix.example.com/tr_events.php?eventid=4711',
        },
      ],
    });
  });

  it('says by its own words what has ended', () => {
    const ended = read(event({ value: '0', r_clock: 1_764_367_260 }));
    expect(ended).toMatchObject({ alerts: [{ status: 'resolved', endsAt: 1_764_367_260_000 }] });
    // Those of others are known as well.
    expect(read(event({ value: 'resolved' }))).toMatchObject({ alerts: [{ status: 'resolved' }] });
  });

  it('is told what cannot be read by where that stands in its own body', () => {
    expect(
      read(event({ value: 'maybe' }), event({ trigger: {} }), event({ clock: 'noon' }), 7, event()),
    ).toMatchObject({
      kind: 'alerts',
      unreadable: 4,
      problems: [
        'events[0].value: is "maybe": list it under state.firing or state.resolved of zabbix',
        'events[1].trigger.name: is missing, and no name of an alert',
        'events[2].clock: is "noon", and no time: write it as 2026-11-28T22:00:00Z',
        'events[3].trigger.name: is missing, and no name of an alert',
      ],
    });
    expect(genericReader(zabbix)({ event: [] })).toMatchObject({
      kind: 'malformed',
      problems: ['events: is missing: the source zabbix has its alerts there'],
    });
  });

  it('may post one alert as a body, with all of an object for labels', () => {
    const plain = Source.parse({ name: 'cron', alert: 'job', state: 'state', labels: 'tags' });
    const reader = genericReader(plain);
    expect(
      reader(
        { job: 'nightly', state: 'alerting', tags: { team: 'a', shard: 3, none: null } },
        { received: RECEIVED },
      ),
    ).toMatchObject({
      alerts: [
        { name: 'nightly', labels: { alertname: 'nightly', team: 'a', shard: '3' }, startsAt: RECEIVED },
      ],
    });
    expect(reader({ state: 'firing' })).toMatchObject({
      kind: 'malformed',
      problems: ['job: is missing, and no name of an alert'],
    });
    expect(reader('text')).toMatchObject({
      kind: 'malformed',
      problems: [expect.stringMatching(/^\(body\): is a text/)],
    });
  });

  it('tells its alerts apart by their labels where it names no id', () => {
    const { id: _, ...rest } = zabbix;
    const reader = genericReader(rest);
    const fingerprints = (value: unknown) =>
      [
        event(),
        event({ value: 0, r_clock: 1_764_367_260 }),
        event({ hosts: [{ name: 'web-2', group: 'shop' }] }),
      ].map((one) => {
        const said = reader({ events: [one] }, { received: RECEIVED });
        return said.kind === 'alerts' ? said.alerts[0]?.fingerprint : value;
      });
    const [fires, ends, other] = fingerprints(null);
    expect(ends).toBe(fires);
    expect(other).not.toBe(fires);
  });

  it('is answered whatever it sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue(), { minLength: 1 }), (body, events) => {
        for (const sent of [body, { events }]) {
          const said = genericReader(zabbix)(sent, { received: RECEIVED });
          if (said.kind === 'alerts') expect(said.alerts.length).toBeGreaterThan(0);
          else expect(said.problems.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('a path', () => {
  it.each([
    ['a', ['a']],
    ['a.b-c', ['a', 'b-c']],
    ['a[0].b[12]', ['a', 0, 'b', 12]],
    ['"a.b"."c\\"d"', ['a.b', 'c"d']],
    ['[0].a', [0, 'a']],
    ['$.a[1]', ['a', 1]],
    ['$[1].a', [1, 'a']],
  ])('%s leads on', (text, steps) => {
    expect(jsonPath(text)).toEqual(steps);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a b"c', '"a', '$[?(@.a)]', '$..a'])(
    '%j is none',
    (text) => {
      expect(jsonPath(text)).toBe(null);
    },
  );

  it('finds only what is the value’s own', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({}, ['constructor', 'name'])).toBe(undefined);
    expect(valueAt({ a: 'text' }, ['a', 'length'])).toBe(undefined);
    expect(valueAt([1], ['length'])).toBe(undefined);
  });
});
