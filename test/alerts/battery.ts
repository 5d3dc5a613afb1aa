import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** An alert of a body that is heard, as far as it matters. */
export interface Heard {
  readonly name?: string;
  readonly status?: 'firing' | 'resolved';
  readonly severity?: 'critical' | 'warning' | 'info';
  readonly fingerprint?: unknown;
  /** Labels that it has among others. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: unknown;
  readonly endsAt?: unknown;
  readonly link?: string | null;
  readonly manager?: string;
}

/** What becomes of a body. */
export interface Outcome {
  /** 200 where none is named. */
  readonly status?: number;
  /** Everything that is heard, in order; one alert as the base has it where nothing is named and the body is taken. */
  readonly heard?: readonly Heard[];
  /** The paths of what is wrong, in order. */
  readonly problems?: readonly string[];
  /** What counts as lost, by reason. */
  readonly lost?: Readonly<Record<string, number>>;
}

/** One body, how it is sent, and what becomes of it. */
export interface Case extends Outcome {
  readonly name: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  /** Sent piece by piece, without its length. */
  readonly chunked?: boolean;
}

const BEGAN = Date.UTC(2026, 10, 28, 22);
const BEGAN_TEXT = '2026-11-28T22:00:00Z';
const ENDED = BEGAN + 600_000;
const ENDED_TEXT = '2026-11-28T22:10:00Z';

/** Fits any time at which the test itself runs. */
export const NOW = { at: 'the time of receipt' } as const;

export const base = {
  status: 'firing',
  labels: { alertname: 'Down', service: 'shop', severity: 'critical' },
  annotations: { summary: 'it is down' },
  startsAt: BEGAN_TEXT,
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0',
  fingerprint: 'f1',
};
const envelope = {
  version: '4',
  groupKey: '{}:{alertname="Down"}',
  status: 'firing',
  receiver: 'medic',
  truncatedAlerts: 0,
  externalURL: 'http://alertmanager.example.com',
};
const HEARD: Heard = { name: 'Down', status: 'firing', severity: 'critical', fingerprint: 'f1' };

const bodyOf = (...alerts: readonly unknown[]) => ({ ...envelope, alerts });
/** Without a field. */
const without = (object: object, field: string) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));

/** The base with its alert changed, and what is heard of it. */
const alert = (name: string, change: object, heard: Heard | readonly string[] = {}): Case => {
  const body = bodyOf({ ...base, ...change });
  return 'length' in heard
    ? { name, body, status: 422, heard: [], problems: heard, lost: { unreadable: 1 } }
    : { name, body, heard: [{ ...HEARD, ...heard }] };
};
const lacking = (field: string, heard: Heard): Case => ({
  name: `an alert without ${field}`,
  body: bodyOf(without(base, field)),
  heard: [{ ...HEARD, ...heard }],
});
const labelled = (name: string, labels: object, heard: Heard = {}): Case =>
  alert(name, { labels: { ...base.labels, ...labels } }, heard);
/** Text that JSON.stringify would not write so. */
const raw = (text: string) => JSON.stringify(bodyOf(base)).replace('"summary":"it is down"', text);
const wrong = (name: string, body: unknown, status: number, problem: string): Case => ({
  name,
  body,
  status,
  heard: [],
  problems: [problem],
  lost: { malformed: 1 },
});
const envelopes = (name: string, change: object): Case => ({
  name,
  body: { ...bodyOf(base), ...change },
  heard: [HEARD],
});
const sent = (name: string, body: unknown, how: Partial<Case>): Case => ({
  name,
  body,
  heard: [HEARD],
  ...how,
});

const EVERY_OBJECT = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'prototype',
  '__defineGetter__',
];
const named: readonly Case[] = [
  ...EVERY_OBJECT.map((name) => ({
    name: `an annotation named ${name}`,
    body: raw(`"${name}":"text"`),
    heard: [{ ...HEARD, annotations: Object.fromEntries([[name, 'text']]) }],
  })),
  ...EVERY_OBJECT.map((name) => ({
    name: `a label named ${name}`,
    body: JSON.stringify(bodyOf(base)).replace('"service":"shop"', `"service":"shop","${name}":"text"`),
    heard: [{ ...HEARD, labels: Object.fromEntries([[name, 'text']]) }],
  })),
  {
    name: 'a body with a constructor and its prototype',
    body: JSON.stringify(bodyOf(base)).replace('{', '{"constructor":{"prototype":{"x":1}},'),
    heard: [HEARD],
  },
  {
    name: 'an alert that says of __proto__ what it lacks itself',
    body: JSON.stringify(bodyOf(without(base, 'status'))).replace(
      '"labels"',
      '"__proto__":{"status":"resolved"},"labels"',
    ),
    heard: [HEARD],
  },
  labelled('a label with a dot', { 'service.name': 'x' }, { labels: { 'service.name': 'x' } }),
  labelled(
    'a label with a slash',
    { 'app.example.com/name': 'x' },
    { labels: { 'app.example.com/name': 'x' } },
  ),
  labelled('a label with a line break in its name', { 'a\nb': 'x' }, { labels: { 'a\nb': 'x' } }),
  labelled('a label in another script', { größe_名: 'x' }, { labels: { größe_名: 'x' } }),
  labelled('a label without a name', { '': 'x' }, { labels: { '': 'x' } }),
  labelled('a label with quotes in its name', { 'a"b': 'x' }, { labels: { 'a"b': 'x' } }),
];

const values: readonly Case[] = [
  labelled('a number as a label', { port: 8080 }, { labels: { port: '8080' } }),
  labelled('a fraction as a label', { ratio: 0.5 }, { labels: { ratio: '0.5' } }),
  labelled('a huge number as a label', { big: 1e300 }, { labels: { big: '1e+300' } }),
  labelled('true as a label', { canary: true }, { labels: { canary: 'true' } }),
  labelled('null as a label', { team: null }),
  labelled('a list as a label', { zones: ['a', 'b'] }, { labels: { zones: '["a","b"]' } }),
  labelled('an object as a label', { pod: { name: 'x' } }, { labels: { pod: '{"name":"x"}' } }),
  labelled('an empty label', { team: '' }, { labels: { team: '' } }),
  alert('a number as an annotation', { annotations: { value: 42 } }, { annotations: { value: '42' } }),
  alert('annotations that are null', { annotations: null }, { annotations: {} }),
  alert('labels that are null', { labels: null }, { name: 'unnamed alert', severity: 'warning' }),
  alert('labels that are empty', { labels: {} }, { name: 'unnamed alert', severity: 'warning' }),
  alert('labels that are a list', { labels: ['a'] }, ['alerts.0.labels']),
  alert('labels that are a text', { labels: 'a=b' }, ['alerts.0.labels']),
  alert('labels that are a number', { labels: 3 }, ['alerts.0.labels']),
  alert('annotations that are a list', { annotations: [] }, ['alerts.0.annotations']),
  alert('annotations that are a text', { annotations: 'x' }, ['alerts.0.annotations']),
  alert('a link that is null', { generatorURL: null }, { link: null }),
  alert('a link that is a number', { generatorURL: 7 }, { link: null }),
  alert('a link that is a script', { generatorURL: 'javascript:alert(1)' }, { link: null }),
  lacking('generatorURL', { link: null }),
  lacking('annotations', { annotations: {} }),
  lacking('labels', { name: 'unnamed alert', severity: 'warning' }),
  {
    name: 'an annotation that is nested very deeply',
    body: raw(`"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    heard: [HEARD],
  },
  {
    name: 'a number that is too large for any number',
    body: raw('"value":1e999'),
    heard: [{ ...HEARD, annotations: { value: 'null' } }],
  },
];

const HASHED = /^labels-[0-9a-f]{32}$/;
const fingerprints: readonly Case[] = [
  lacking('fingerprint', { fingerprint: HASHED }),
  alert('an empty fingerprint', { fingerprint: '' }, { fingerprint: HASHED }),
  alert('a blank fingerprint', { fingerprint: '  ' }, { fingerprint: HASHED }),
  alert('a fingerprint that is null', { fingerprint: null }, { fingerprint: HASHED }),
  alert('a fingerprint that is a number', { fingerprint: 123 }, { fingerprint: '123' }),
  alert('a fingerprint that every object has', { fingerprint: '__proto__' }, { fingerprint: HASHED }),
  alert('another one that every object has', { fingerprint: 'constructor' }, { fingerprint: HASHED }),
  alert('a fingerprint that is an object', { fingerprint: {} }, { fingerprint: HASHED }),
  alert('a fingerprint that is far too long', { fingerprint: 'x'.repeat(5_000) }, { fingerprint: HASHED }),
];

const began = (text: unknown, startsAt: unknown = BEGAN): Case =>
  alert(`an alert that began at ${JSON.stringify(text)}`, { startsAt: text }, { startsAt });
const beganNever = (text: unknown): Case =>
  alert(`an alert that began at ${JSON.stringify(text)}`, { startsAt: text }, ['alerts.0.startsAt']);
const ended = (text: unknown, endsAt: unknown = ENDED): Case =>
  alert(
    `an alert that ended at ${JSON.stringify(text)}`,
    { status: 'resolved', endsAt: text },
    { status: 'resolved', endsAt },
  );
const times: readonly Case[] = [
  began('2026-11-28T22:00:00.123456789Z', BEGAN + 123),
  began('2026-11-28T22:00:00+0000'),
  began('2026-11-28T23:30:00+01:30'),
  began('2026-11-28T14:00:00-08'),
  began('2026-11-28 22:00:00'),
  began('2026-11-28 22:00:00Z'),
  began('2026-11-28 22:00:00 +0000 UTC'),
  began('2026-11-28T22:00:00'),
  began('2026-11-28T22:00'),
  began('2026-11-28t22:00:00z'),
  began(' 2026-11-28T22:00:00,5Z ', BEGAN + 500),
  began(BEGAN / 1_000),
  began(BEGAN),
  began(BEGAN * 1_000),
  began(BEGAN * 1_000_000),
  began(String(BEGAN / 1_000)),
  began(String(BEGAN)),
  began(BEGAN / 1_000 + 0.25, BEGAN + 250),
  began(null, NOW),
  began('', NOW),
  began('0001-01-01T00:00:00Z', NOW),
  began(0, NOW),
  lacking('startsAt', { startsAt: NOW }),
  beganNever('yesterday'),
  beganNever('2026-13-01T00:00:00Z'),
  beganNever('2026-02-30T00:00:00Z'),
  beganNever('28/11/2026 22:00'),
  beganNever({}),
  beganNever(true),
  beganNever(1e300),
  ended(ENDED_TEXT),
  ended(ENDED / 1_000),
  ended(null, NOW),
  ended('0001-01-01T00:00:00Z', NOW),
  ended(0, NOW),
  {
    name: 'an alert that ended without saying when',
    body: bodyOf(without({ ...base, status: 'resolved' }, 'endsAt')),
    heard: [{ ...HEARD, status: 'resolved', endsAt: NOW }],
  },
  {
    name: 'an alert that ended without saying when it began',
    body: bodyOf(without({ ...base, status: 'resolved', endsAt: ENDED_TEXT }, 'startsAt')),
    heard: [{ ...HEARD, status: 'resolved', startsAt: ENDED, endsAt: ENDED }],
  },
  alert('an alert that ended at no time', { status: 'resolved', endsAt: 'soon' }, ['alerts.0.endsAt']),
  alert('an alert that fires and ends at no time', { endsAt: 'soon' }, { endsAt: null }),
  alert('an alert that fires and will end', { endsAt: '2030-01-01T00:00:00Z' }, { endsAt: null }),
  lacking('endsAt', { endsAt: null }),
];

const statuses: readonly Case[] = [
  alert('a status in capitals', { status: 'FIRING' }),
  alert(
    'an end in capitals',
    { status: 'RESOLVED', endsAt: ENDED_TEXT },
    { status: 'resolved', endsAt: ENDED },
  ),
  alert('a status with blanks', { status: ' firing ' }),
  alert('a status of Grafana', { status: 'alerting' }),
  alert('an end of Grafana', { status: 'ok', endsAt: ENDED_TEXT }, { status: 'resolved' }),
  alert('a status that is null', { status: null }),
  lacking('status', {}),
  {
    name: 'an alert without status in a group that has resolved',
    body: { ...bodyOf(without({ ...base, endsAt: ENDED_TEXT }, 'status')), status: 'resolved' },
    heard: [{ ...HEARD, status: 'resolved', endsAt: ENDED }],
  },
  {
    name: 'an alert without status in a group without any',
    body: without(bodyOf(without(base, 'status')), 'status'),
    heard: [HEARD],
  },
  alert('a status that is a word nobody knows', { status: 'maybe' }, ['alerts.0.status']),
  alert('a status that is an object', { status: { state: 'active' } }, ['alerts.0.status']),
];

const severe = (labels: object, severity: Heard['severity']): Case =>
  alert(
    `severity of ${JSON.stringify(labels)}`,
    { labels: { alertname: 'Down', service: 'shop', ...labels } },
    severity === undefined ? {} : { severity },
  );
const severities: readonly Case[] = [
  ...[
    'P1',
    'sev1',
    'SEV-1',
    'fatal',
    'emerg',
    'emergency',
    'high',
    'crit',
    'Critical',
    'major',
    'disaster',
    'urgent',
    'page',
    'alert',
    ' critical ',
  ].map((severity) => severe({ severity }, 'critical')),
  ...['P2', 'error', 'err', 'warning', 'warn', 'average', 'medium', 'sev2', 'bogus', 'constructor'].map(
    (severity) => severe({ severity }, 'warning'),
  ),
  ...['minor', 'low', 'notice', 'info', 'information', 'ok', 'none', 'debug', 'P3', 'P5', 'sev3'].map(
    (severity) => severe({ severity }, 'info'),
  ),
  severe({ priority: 'P1' }, 'critical'),
  severe({ priority: 1 }, 'critical'),
  severe({ priority: '4' }, 'info'),
  severe({ level: 'info' }, 'info'),
  severe({ level: '1' }, 'warning'),
  severe({ severity: 'info', priority: 'P1' }, 'info'),
  severe({ severity: 'bogus', priority: 'P1' }, 'critical'),
  severe({ severity: '', level: 'fatal' }, 'critical'),
  severe({}, 'warning'),
];

const groups: readonly Case[] = [
  ...['4', 4, '1', 1, '3', null].map((version) =>
    envelopes(`version ${JSON.stringify(version)}`, { version }),
  ),
  { name: 'no version', body: without(bodyOf(base), 'version'), heard: [HEARD] },
  { name: 'no groupKey', body: without(bodyOf(base), 'groupKey'), heard: [HEARD] },
  envelopes('a groupKey that is null', { groupKey: null }),
  envelopes('a groupKey that is an object', { groupKey: {} }),
  envelopes('a status of the group that nobody knows', { status: 'mixed' }),
  envelopes('an externalURL that is a number', { externalURL: 3 }),
  envelopes('truncatedAlerts that is null', { truncatedAlerts: null }),
  envelopes('truncatedAlerts that is negative', { truncatedAlerts: -3 }),
  envelopes('truncatedAlerts that is a list', { truncatedAlerts: [1] }),
  { ...envelopes('alerts that the sender left out', { truncatedAlerts: 7 }), lost: { truncated: 7 } },
  {
    ...envelopes('alerts that the sender left out, as a text', { truncatedAlerts: '7' }),
    lost: { truncated: 7 },
  },
  { name: 'nothing but alerts', body: { alerts: [base] }, heard: [HEARD] },
  {
    name: 'alerts of one group that fire and have ended',
    body: bodyOf(base, { ...base, fingerprint: 'f2', status: 'resolved', endsAt: ENDED_TEXT }),
    heard: [HEARD, { status: 'resolved', fingerprint: 'f2' }],
  },
  {
    name: 'an alert among garbage',
    body: bodyOf(null, 3, 'x', [], [[]], base, {}, { labels: 1 }, { ...base, startsAt: [] }),
    // What says nothing at all is an alert without a name: better heard than lost.
    heard: [HEARD, { name: 'unnamed alert', startsAt: NOW }],
    problems: [
      'alerts.0',
      'alerts.1',
      'alerts.2',
      'alerts.3',
      'alerts.4',
      'alerts.7.labels',
      'alerts.8.startsAt',
    ],
    lost: { unreadable: 7 },
  },
  {
    name: 'an alert with everything wrong',
    body: bodyOf({ status: 5, labels: 3, annotations: [], startsAt: 'x', endsAt: {} }),
    status: 422,
    heard: [],
    problems: ['alerts.0.labels', 'alerts.0.annotations', 'alerts.0.status', 'alerts.0.startsAt'],
    lost: { unreadable: 1 },
  },
  wrong('an empty list of alerts', bodyOf(), 422, 'alerts'),
  wrong('no alerts', without(bodyOf(), 'alerts'), 422, 'alerts'),
  wrong('alerts that are null', { ...envelope, alerts: null }, 422, 'alerts'),
  wrong('alerts that are an object', { ...envelope, alerts: { 0: base } }, 422, 'alerts'),
  wrong('alerts that are a text', { ...envelope, alerts: 'Down' }, 422, 'alerts'),
  wrong('a list', [base], 422, '(body)'),
  wrong('null', 'null', 422, '(body)'),
  wrong('a number', '42', 422, '(body)'),
  wrong('a text', '"Down"', 422, '(body)'),
  wrong('an empty body', '', 422, '(body)'),
  wrong('blanks', '  \n', 422, '(body)'),
  wrong('what is no JSON', 'alertname=Down', 400, '(body)'),
  wrong('JSON that is cut off', JSON.stringify(bodyOf(base)).slice(0, -20), 400, '(body)'),
  wrong('a form', 'payload=%7B%7D', 400, '(body)'),
  wrong('deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 422, '(body)'),
  wrong(
    'deep nesting in place of alerts',
    `{"alerts":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    422,
    'alerts',
  ),
];

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../kit/payloads/${name}.json`, import.meta.url), 'utf8')) as unknown;
const fixtures: readonly Case[] = [
  {
    name: 'a group that Alertmanager sent',
    body: fixture('firing'),
    heard: [{ name: 'NginxDown', fingerprint: 'e85f887bee9cd48f' }],
  },
  {
    name: 'its end',
    body: fixture('resolved'),
    heard: [{ name: 'NginxDown', status: 'resolved', endsAt: Date.UTC(2026, 10, 22, 4, 9, 42, 460) }],
  },
  {
    name: 'a group of both',
    body: fixture('firing-and-resolved'),
    heard: [{ status: 'firing' }, { status: 'resolved' }],
  },
  {
    name: 'what Grafana’s contact point sends',
    body: fixture('grafana-contact-point'),
    heard: [{ name: 'TestAlert', fingerprint: 'g1', labels: { instance: 'Grafana' } }],
  },
  {
    name: 'a group of which one alert has an annotation named __proto__',
    body: readFileSync(new URL('../kit/payloads/proto-annotation.json', import.meta.url), 'utf8'),
    heard: [
      { fingerprint: 'p1', labels: { instance: 'victim' } },
      { fingerprint: 'p2', annotations: Object.fromEntries([['__proto__', '1']]) },
    ],
  },
];

const text = JSON.stringify(bodyOf(base));
const big = JSON.stringify({ ...bodyOf(base), padding: 'x'.repeat(8 * 2 ** 20) });
const tooLarge = { status: 413, heard: [], problems: ['(body)'], lost: { 'too-large': 1 } } as const;
const ways: readonly Case[] = [
  sent('a path that ends in a slash', text, { path: '/alert/' }),
  sent('a path with two slashes', text, { path: '//alert' }),
  sent('a path with a query', text, { path: '/alert?team=a' }),
  sent('the batch endpoint with a slash', text, { path: '/api/v1/alert/batch/' }),
  sent('the immediate endpoint', text, { path: '/api/v1/alert/immediate' }),
  sent('no content type', Buffer.from(text), {}),
  sent('an empty content type', Buffer.from(text), { headers: { 'content-type': '' } }),
  ...[
    'text/plain',
    'text/plain; charset=utf-8',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'application/json; charset=UTF-8',
    'application/json; charset=nonsense',
    'json',
    'multipart/form-data; boundary=x',
    ';;;',
  ].map((type) => sent(`content type ${type}`, text, { headers: { 'content-type': type } })),
  sent('a byte order mark', `\ufeff${text}`, {}),
  sent('UTF-16 with its mark', Buffer.from(`\ufeff${text}`, 'utf16le'), {}),
  sent('gzip', gzipSync(text), { headers: { 'content-encoding': 'gzip' } }),
  sent('gzip in capitals', gzipSync(text), { headers: { 'content-encoding': 'GZIP' } }),
  sent('an identity encoding', text, { headers: { 'content-encoding': 'identity' } }),
  sent('chunks', text, { chunked: true }),
  sent('chunks of gzip', gzipSync(text), { chunked: true, headers: { 'content-encoding': 'gzip' } }),
  sent('a body that says gzip and is none', text, {
    headers: { 'content-encoding': 'gzip' },
    status: 400,
    heard: [],
    problems: ['(body)'],
    lost: { malformed: 1 },
  }),
  sent('an encoding that nobody knows', text, {
    headers: { 'content-encoding': 'lzma' },
    status: 415,
    heard: [],
    problems: ['(body)'],
    lost: { malformed: 1 },
  }),
  sent('a body that is too large', big, tooLarge),
  sent('a body that is too large, in chunks', big, { ...tooLarge, chunked: true }),
  sent('a body that is too large once it is unpacked', gzipSync(big), {
    ...tooLarge,
    headers: { 'content-encoding': 'gzip' },
  }),
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].map((method) =>
    sent(`${method} of a webhook`, null, { method, status: 405, heard: [] }),
  ),
  sent('a path that is none', text, { path: '/alerts', status: 404, heard: [] }),
  sent('bytes that are no characters', Buffer.from(text.replace('it is down', 'it is \xff'), 'latin1'), {}),
];

const many: readonly Case[] = [
  {
    name: 'ten thousand alerts',
    body: bodyOf(...Array.from({ length: 10_000 }, (_, index) => ({ ...base, fingerprint: `m${index}` }))),
    heard: Array.from({ length: 10_000 }, (_, index) => ({ ...HEARD, fingerprint: `m${index}` })),
  },
];

export const CASES: readonly Case[] = [
  ...named,
  ...values,
  ...fingerprints,
  ...times,
  ...statuses,
  ...severities,
  ...groups,
  ...fixtures,
  ...ways,
  ...many,
];
