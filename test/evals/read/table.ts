import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readAs } from '../../../src/lib/schema/explain.ts';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { Duration } from '../../../src/lib/schema/schemas.ts';
import { readYaml, type Written as Yaml } from '../../../src/lib/schema/yaml.ts';
import { Broken, breakObjects } from './broken.ts';
import type { Command, LogLine, Recorded } from './scenario.ts';

/** A table of cases that differ from one recorded world in a few things each. */
export const TABLE = 'cases.yml';

/** What is otherwise on a host of the world: what a command answers, what a series was since then, what a service wrote. */
const OnHost = z.union([
  z.strictObject({
    host: z.string(),
    argv: z.array(z.string()),
    stdout: z.string(),
    exit: z.number().default(0),
  }),
  z.strictObject({ metric: z.string(), to: z.number(), since: Duration }),
  z.strictObject({ log: z.string(), line: z.string(), ago: Duration, times: z.int().default(1) }),
]);

const Case = z.looseObject({
  broken: z.array(z.union([Broken, OnHost])).default([]),
  /** The name of an alert about the subject, four minutes ago; in place of `alerts`. */
  alert: z.union([z.string(), z.looseObject({ name: z.string() })]).optional(),
});

const Table = z.looseObject({
  /** The folder of what was recorded while all was well, from this one. */
  world: z.string(),
  at: z.string(),
  cases: z.record(z.string(), Case),
});

/** One case of a table, as a scenario.yml would have it, and what is otherwise in its world. */
export interface Row {
  readonly yaml: Yaml;
  readonly world: string;
  readonly broken: z.infer<typeof Case>['broken'];
}

/** The names of the cases of a folder; none where it has no table. */
export function namesIn(folder: string): readonly string[] {
  const file = join(folder, TABLE);
  if (!existsSync(file)) return [];
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  const cases = 'broken' in yaml ? null : (yaml.value as { readonly cases?: object } | null)?.cases;
  // One that cannot be read is read once more, and says why.
  return cases === null || cases === undefined ? ['?'] : Object.keys(cases);
}

export function readRow(folder: string, name: string): Row | { readonly problems: readonly string[] } {
  const file = join(folder, TABLE);
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  if ('broken' in yaml) return { problems: yaml.broken.map(sentenceOf) };
  const read = readAs(Table, yaml.value);
  if ('flaws' in read) return { problems: yaml.place(read.flaws).map(sentenceOf) };
  const { world, cases, at, ...common } = read.value;
  const { broken = [], alert, ...own } = cases[name] ?? {};
  const value = {
    ...common,
    at,
    ...own,
    ...(alert === undefined ? {} : { alerts: [alertOf(alert, own, at)] }),
  };
  const place: Yaml['place'] = (flaws, kind) =>
    yaml.place(
      flaws.map((flaw) => ({ ...flaw, path: ['cases', name, ...flaw.path] })),
      kind,
    );
  return { yaml: { value, place }, world: resolve(folder, world), broken };
}

/** As Alertmanager sends it: with labels that name the subject, and those that are given beside its name. */
function alertOf(
  alert: NonNullable<z.infer<typeof Case>['alert']>,
  { subject }: Readonly<Record<string, unknown>>,
  at: string,
) {
  const { name, ...given } = typeof alert === 'string' ? { name: alert } : alert;
  const { kind, name: of, namespace } = (subject ?? {}) as Readonly<Record<string, string>>;
  const { expr, ...labels } = given as Readonly<Record<string, string>>;
  return {
    status: 'firing',
    labels: {
      alertname: name,
      severity: 'critical',
      ...(kind === undefined || of === undefined ? {} : { [kind]: of }),
      ...(namespace === undefined ? {} : { namespace }),
      ...labels,
    },
    annotations: {},
    startsAt: new Date(Date.parse(at) - 240_000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: `${name}${of ?? ''}`.toLowerCase().slice(0, 16),
    generatorURL:
      expr === undefined
        ? ''
        : `http://prometheus.example.com/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
  };
}

/** What was recorded of a world, with what is otherwise in it. */
export function brokenWorld(recorded: Recorded, broken: Row['broken'], at: number): Recorded {
  const inCluster = broken.filter(
    (one): one is Broken => !('host' in one || 'metric' in one || 'log' in one),
  );
  const onHosts = broken.filter((one): one is z.infer<typeof OnHost> => !inCluster.includes(one as Broken));
  return {
    ...recorded,
    kubernetes: recorded.kubernetes === null ? null : breakObjects(recorded.kubernetes, inCluster, at),
    commands: onHosts.reduce(answering, recorded.commands),
    metrics:
      recorded.metrics === null
        ? null
        : {
            ...recorded.metrics,
            text: onHosts.reduce((text, one) => measuring(text, one, at), recorded.metrics.text),
          },
    logs: [...recorded.logs, ...onHosts.flatMap((one) => written(one, at))].toSorted(
      (one, other) => one.at - other.at,
    ),
  };
}

function answering(commands: readonly Command[], one: z.infer<typeof OnHost>): readonly Command[] {
  if (!('argv' in one)) return commands;
  const key = ({ host, argv }: Pick<Command, 'host' | 'argv'>) => `${host} ${argv.join(' ')}`;
  return [...commands.filter((other) => key(other) !== key(one)), { ...one, stderr: '' }];
}

/** Every sample of the series that begin so, since then. */
function measuring(text: string, one: z.infer<typeof OnHost>, at: number): string {
  if (!('metric' in one)) return text;
  const since = (at - one.since) / 1000;
  const lines = text.split('\n');
  if (!lines.some((line) => line.startsWith(one.metric)))
    throw new Error(`the world measures no ${one.metric}`);
  return lines
    .map((line) => {
      const [, head, time] = /^(.*) \S+ (\d+)$/.exec(line) ?? [];
      return head?.startsWith(one.metric) && Number(time) >= since ? `${head} ${one.to} ${time}` : line;
    })
    .join('\n');
}

function written(one: z.infer<typeof OnHost>, at: number): readonly LogLine[] {
  if (!('log' in one)) return [];
  return Array.from({ length: one.times }, (_none, index) => {
    const when = at - one.ago + index * 1000;
    return {
      at: when,
      labels: { service: one.log },
      line: `${new Date(when).toISOString().replace('.000Z', 'Z')} ${one.line}`,
    };
  });
}
