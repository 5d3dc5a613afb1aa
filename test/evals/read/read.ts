import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readWebhook } from '../../../src/alerts/alertmanager.ts';
import { INCIDENT } from '../../../src/app/replay/folder.ts';
import { Settings } from '../../../src/config/settings.ts';
import { readAs } from '../../../src/lib/schema/explain.ts';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { readYaml, type Written as Yaml } from '../../../src/lib/schema/yaml.ts';
import { RecordedEvidence } from './evidence.ts';
import { readLines } from './lines.ts';
import {
  Change,
  Command,
  KubernetesObject,
  LogLine,
  type Recorded,
  type Scenario,
  Written,
} from './scenario.ts';
import { brokenWorld, readRow, TABLE } from './table.ts';

/** A scenario, or everything that is wrong with it, each by file and line. */
export type ReadScenario =
  | { readonly kind: 'read'; readonly scenario: Scenario }
  | { readonly kind: 'malformed'; readonly name: string; readonly problems: readonly string[] };

/**
 * @param name how it is called in the results
 * @param key of a case in the folder's table; absent where it has a folder of its own
 */
export function readScenario(folder: string, name: string, key?: string): ReadScenario {
  if (key !== undefined) return readCase(folder, name, key);
  const file = join(folder, 'scenario.yml');
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  if ('broken' in yaml) return { kind: 'malformed', name, problems: yaml.broken.map(sentenceOf) };
  return scenarioOf(yaml, { file, folder, name });
}

/** A case of a table, in its world. */
function readCase(folder: string, name: string, key: string): ReadScenario {
  const row = readRow(folder, key);
  if ('problems' in row) return { kind: 'malformed', name, problems: row.problems };
  const read = scenarioOf(row.yaml, { file: join(folder, TABLE), folder: row.world, name });
  if (read.kind === 'malformed') return read;
  try {
    const { scenario } = read;
    return {
      kind: 'read',
      scenario: { ...scenario, recorded: brokenWorld(scenario.recorded, row.broken, scenario.at) },
    };
  } catch (error) {
    return {
      kind: 'malformed',
      name,
      problems: [`${name}: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

interface Place {
  readonly file: string;
  /** With the recordings. */
  readonly folder: string;
  readonly name: string;
}

function scenarioOf(yaml: Yaml, { file, folder, name }: Place): ReadScenario {
  const malformed = (problems: readonly string[]): ReadScenario => ({ kind: 'malformed', name, problems });
  const read = readAs(Written, yaml.value ?? {});
  if ('flaws' in read) return malformed(yaml.place(read.flaws).map(sentenceOf));
  const { title, at, alerts, question, services, subject, namespace, tags, expected } = read.value;
  const settings = readAs(Settings, { services });
  if ('flaws' in settings) return malformed(yaml.place(settings.flaws).map(sentenceOf));
  const heard = alertsFrom(alerts, at);
  const { recorded, problems, unread } = readRecorded(folder);
  const flaws = [
    ...heard.problems.map((problem) => `${file}: ${problem}`),
    ...problems,
    ...(saysNothing(expected)
      ? [`${file}: expected: says nothing that an answer could be held against`]
      : []),
  ];
  if (flaws.length > 0) return malformed(flaws);
  const named = subject ?? null;
  return {
    kind: 'read',
    scenario: {
      name,
      folder,
      title,
      at,
      alerts: heard.alerts,
      question: question ?? null,
      subject:
        named === null
          ? namespaced(namespace)
          : { ...named, namespace: named.namespace ?? (named.kind === 'node' ? null : (namespace ?? null)) },
      settings: settings.value,
      tags,
      expected,
      recorded,
      kept: existsSync(join(folder, INCIDENT)),
      unread,
    },
  };
}

function namespaced(namespace: string | null | undefined): Scenario['subject'] {
  return namespace ? { kind: 'namespace', namespace: null, name: namespace } : null;
}

function saysNothing({
  healthy,
  fault,
  category,
  root_cause,
  object,
  required,
  forbidden,
  playbook,
}: Scenario['expected']) {
  const said = [fault, category, root_cause, object, playbook].some(
    (one) => one !== undefined && one !== null,
  );
  return !healthy && !said && required.length === 0 && forbidden.length === 0;
}

function alertsFrom(given: z.infer<typeof Written>['alerts'], at: number) {
  const body = Array.isArray(given) ? { alerts: given } : given;
  if (body.alerts.length === 0) return { alerts: [], problems: [] };
  const read = readWebhook(body, { received: at });
  if (read.kind === 'malformed') return { alerts: [], problems: read.problems };
  return { alerts: read.alerts, problems: read.unreadable > 0 ? read.problems : [] };
}

/** Lines without a host and an argument vector are no answers of a host: they are left out, and counted. */
const isForeign = (line: object) => !('argv' in line && 'host' in line);

function readRecorded(folder: string): {
  readonly recorded: Recorded;
  readonly problems: readonly string[];
  readonly unread: readonly string[];
} {
  const path = (name: string) => join(folder, name);
  const kubernetes = readObjects(path('kubernetes.json'));
  const logs = readLines(path('logs.jsonl'), LogLine);
  const changes = readLines(path('changes.jsonl'), Change);
  const commands = readLines(path('commands.jsonl'), Command, isForeign);
  const evidence = readLines(path('evidence.jsonl'), RecordedEvidence);
  const files = [kubernetes, logs, changes, commands, evidence];
  return {
    recorded: {
      kubernetes: kubernetes.values,
      metrics: metricsIn(path('metrics.om')),
      logs: logs.values,
      changes: changes.values,
      commands: commands.values,
      evidence: evidence.values,
    },
    problems: files.flatMap(({ problems }) => problems),
    unread:
      commands.foreign > 0 ? [`${commands.foreign} lines of commands.jsonl are no commands of a host`] : [],
  };
}

function metricsIn(file: string): Recorded['metrics'] {
  return existsSync(file) ? { file, text: readFileSync(file, 'utf8') } : null;
}

const List = z.object({ items: z.array(KubernetesObject) });

function readObjects(file: string): {
  readonly values: Recorded['kubernetes'];
  readonly problems: readonly string[];
} {
  if (!existsSync(file)) return { values: null, problems: [] };
  try {
    const read = readAs(List, JSON.parse(readFileSync(file, 'utf8')));
    if ('value' in read) return { values: read.value.items, problems: [] };
    return {
      values: null,
      problems: read.flaws
        .slice(0, 5)
        .map(({ path, message }) => `${file}: ${path.map(String).join('.')} ${message}`),
    };
  } catch (error) {
    return { values: null, problems: [`${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
