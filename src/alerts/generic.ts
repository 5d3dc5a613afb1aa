import { type JsonPath, jsonPath, valueAt } from '../lib/schema/json-path.ts';
import { type Gathered, gather, type Read, type Reading, refusedBody } from './gather.ts';
import { isObject, kindOf, type Problem, type ReadAlert, readAlert, statusOf, textOf } from './read-alert.ts';

/** Where in the body of a sender the parts of an alert stand, each as a path such as `event.tags[0].value`. */
export interface Mapping {
  readonly name: string;
  /** Where the list of alerts stands; without it, the body is one alert. */
  readonly alerts?: string | undefined;
  readonly alert: string;
  readonly state?:
    | { readonly path: string; readonly firing: readonly string[]; readonly resolved: readonly string[] }
    | undefined;
  readonly severity?: string | undefined;
  readonly service?: string | undefined;
  readonly labels: string | Readonly<Record<string, string>>;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly began?: string | undefined;
  readonly ended?: string | undefined;
  readonly id?: string | undefined;
  readonly link?: string | undefined;
}

/** A reader of the bodies that a sender of one's own posts, by where its parts stand. It never throws, whatever a body is. */
export function genericReader(mapping: Mapping): (body: unknown, reading?: Reading) => Read {
  const list = pathOf(mapping.alerts);
  const translate = translator(mapping);
  return (body, reading = {}) => {
    const sent = list === null ? [body] : valueAt(body, list);
    if (list === null && !isObject(body))
      return refusedBody(
        `(body): is ${kindOf(body)}: the source ${mapping.name} posts an object for each alert`,
      );
    if (!Array.isArray(sent) || sent.length === 0)
      return refusedBody(
        `${mapping.alerts}: is ${kindOf(sent)}: the source ${mapping.name} has its alerts there`,
      );
    const gathered: Gathered = {
      source: mapping.name,
      group: '',
      truncated: 0,
      manager: {},
      read: (one) => translate(one, reading.received ?? null),
      placeOf: (index) => (list === null ? '' : `${mapping.alerts}[${index}].`),
    };
    return gather(sent, gathered, reading);
  };
}

function translator(mapping: Mapping): (one: unknown, received: number | null) => ReadAlert {
  const { name, state } = mapping;
  const paths = {
    alert: pathOf(mapping.alert),
    state: pathOf(state?.path),
    severity: pathOf(mapping.severity),
    service: pathOf(mapping.service),
    summary: pathOf(mapping.summary),
    description: pathOf(mapping.description),
    began: pathOf(mapping.began),
    ended: pathOf(mapping.ended),
    id: pathOf(mapping.id),
    link: pathOf(mapping.link),
  };
  const labelsOf = labelReader(mapping.labels);
  const fires = new Set(state?.firing.map(plain));
  const ended = new Set(state?.resolved.map(plain));
  return (one, received) => {
    const at = (path: JsonPath | null) => (path === null ? undefined : valueAt(one, path));
    const called = textAt(at(paths.alert));
    const word = plain(textAt(at(paths.state)) ?? '');
    const status = fires.has(word) ? 'firing' : ended.has(word) ? 'resolved' : statusOf(word, 'firing');
    const problems: Problem[] = [
      ...(called === null
        ? [{ path: mapping.alert, words: `is ${kindOf(at(paths.alert))}, and no name of an alert` }]
        : []),
      ...(status === null
        ? [
            {
              path: state?.path ?? '',
              words: `is ${JSON.stringify(word)}: list it under state.firing or state.resolved of ${name}`,
            },
          ]
        : []),
    ];
    if (called === null || status === null) return { problems };
    const id = textAt(at(paths.id));
    const read = readAlert(
      {
        status,
        labels: {
          ...labelsOf(one),
          alertname: called,
          ...named('severity', at(paths.severity)),
          ...named('service', at(paths.service)),
        },
        annotations: {
          ...named('summary', at(paths.summary)),
          ...named('description', at(paths.description)),
        },
        startsAt: at(paths.began),
        endsAt: at(paths.ended),
        generatorURL: at(paths.link),
        // Another source may count as well.
        fingerprint: id === null ? undefined : `${name}:${id}`,
      },
      { status: 'firing', received },
    );
    return 'alert' in read
      ? read
      : { problems: read.problems.map((problem) => inItsWords(problem, mapping)) };
  };
}

/** Names where something stands as its sender has it. */
function inItsWords({ path, words }: Problem, { began, ended }: Mapping): Problem {
  const place = { startsAt: began, endsAt: ended }[path];
  return { path: place ?? path, words };
}

function labelReader(labels: Mapping['labels']): (one: unknown) => Readonly<Record<string, string>> {
  if (typeof labels === 'string') {
    const path = pathOf(labels);
    return (one) => {
      const found = path === null ? undefined : valueAt(one, path);
      return isObject(found) ? Object.fromEntries(Object.entries(found).flatMap(texts)) : {};
    };
  }
  const paths = Object.entries(labels).map(([name, path]) => [name, pathOf(path)] as const);
  return (one) =>
    Object.fromEntries(
      paths.flatMap(([name, path]) => texts([name, path === null ? undefined : valueAt(one, path)])),
    );
}

function texts([name, value]: readonly [string, unknown]): readonly (readonly [string, string])[] {
  const text = textAt(value);
  return text === null ? [] : [[name, text]];
}

function named(name: string, value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(texts([name, value]));
}

/** The text of a value; null for what says nothing. */
function textAt(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = textOf(value).trim();
  return text === '' ? null : text;
}

function plain(word: string): string {
  return word.trim().toLowerCase();
}

function pathOf(text: string | undefined): JsonPath | null {
  return text === undefined ? null : jsonPath(text);
}
