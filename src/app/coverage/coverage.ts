import { join } from 'node:path';
import type { Known, Recorded } from '../../adapters/collectors/prometheus/rules/outcomes.ts';
import { readExpression } from '../../adapters/collectors/prometheus/rules/reading.ts';
import { registered, subjectOf } from '../../alerts/subject.ts';
import { playbooksFolder } from '../../config/load.ts';
import { serversOf } from '../../config/servers.ts';
import { Service, type Settings } from '../../config/settings.ts';
import { labelsOf } from '../../coverage/families/families.ts';
import type { Start } from '../../coverage/firings.ts';
import { judge, type Knowledge } from '../../coverage/judge.ts';
import { joined, type Rule, type RuleSet } from '../../coverage/rule.ts';
import { type Coverage, sumUp } from '../../coverage/sum.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import { type Mistake, mistake } from '../../lib/schema/mistake.ts';
import { readCatalog } from '../../playbooks/catalog.ts';
import { settingsOf } from '../checks/settings.ts';
import { rulesOfPaths } from './files.ts';
import { askServer, type Named, NoAnswer, together, withoutTwins } from './servers.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Asked {
  /** Milliseconds. */
  readonly last: number;
  /** The address of the one Prometheus to ask, in place of those that are configured. */
  readonly prometheus: string | null;
  /** Files and folders of rules; where none is given, what Prometheus evaluates. */
  readonly paths: readonly string[];
}

export interface Told {
  readonly signal: AbortSignal;
  readonly onDay?: (server: string, done: number, of: number) => void;
}

export interface Answer {
  readonly coverage: Coverage;
  readonly mistakes: readonly Mistake[];
  /** Where the rules came from, in words. */
  readonly sources: readonly string[];
}

/** What Medic could make of the alerts of a team, before it is installed: it asks neither Redis nor Slack, and changes nothing. */
export async function cover(environment: Variables, asked: Asked, told: Told): Promise<Answer> {
  const { settings, mistakes: doubts } = settingsOf(environment);
  const { knowledge, mistakes: unread } = knowledgeOf(environment, settings);
  const servers = serversFor(environment, asked, settings);
  const files = rulesOfPaths(asked.paths);
  const isOfFiles = asked.paths.length > 0;
  const answers = await Promise.allSettled(
    servers.map((server) =>
      askServer(
        server,
        asked.last,
        { rules: !isOfFiles },
        {
          signal: told.signal,
          onDay: (done, of) => told.onDay?.(server.name, done, of),
        },
      ),
    ),
  );
  const heard = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const silent = answers.flatMap((one, at) =>
    one.status === 'rejected' ? [silence(one.reason, servers[at], isOfFiles)] : [],
  );
  const found = joined([files, ...heard.map(({ rules }) => rules)]);
  const rules = withoutTwins(found.rules);
  const readings = readingsOf(rules, found);
  const history = together(heard.map((one) => one.history));
  const coverage = sumUp(
    rules.map((rule) => judge(rule, readings.get(rule) ?? [], knowledge)),
    history,
    (start) => subjectFor(start, settings),
  );
  return {
    coverage,
    mistakes: [...found.mistakes, ...syntaxMistakes(rules, readings), ...silent, ...doubts, ...unread],
    sources: isOfFiles ? asked.paths : servers.map(({ url }) => withoutPassword(url)),
  };
}

/** What an alert was about, as Medic would have had it. */
function subjectFor({ labels, at }: Start, settings: Settings) {
  const { alertname = '', alertstate: _state, __name__: _metric, ...own } = labels;
  const subject = subjectOf(
    {
      ...{ fingerprint: '', source: 'prometheus', status: 'firing', name: alertname, severity: 'warning' },
      ...{ labels: own, annotations: {}, startsAt: at, endsAt: null, expression: null, link: null },
    },
    settings,
  );
  const isAny = Object.keys(settings.services).length > 0;
  return { name: subject.name, registered: isAny ? registered(subject, settings) !== null : null };
}

/** Nothing was said of where rules are. */
const NOWHERE =
  'name rule files or folders, or a Prometheus: --prometheus http://localhost:9090, PROMETHEUS_URL, or prometheus: in medic.yml';

function serversFor(
  environment: Variables,
  { prometheus, paths }: Asked,
  settings: Settings,
): readonly Named[] {
  const url = environment.PROMETHEUS_URL;
  const env = url === undefined || url === '' ? {} : { PROMETHEUS_URL: url };
  const configured = serversOf({ env, settings }).prometheus;
  const servers = prometheus === null ? configured : [{ name: prometheus, url: prometheus }];
  if (servers.length === 0 && paths.length === 0) throw new NoAnswer(NOWHERE);
  return servers;
}

/** A server that only knows what fired is missed, and one that has the rules is needed. */
function silence(reason: unknown, server: Named | undefined, isOfFiles: boolean): Mistake {
  if (!(reason instanceof NoAnswer)) throw reason;
  const name = withoutPassword(server?.url ?? '');
  return mistake(name, '', reason.message, isOfFiles ? 'unchecked' : 'wrong');
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address.href.replace(/\/$/, '');
}

function readingsOf(rules: readonly Rule[], { recordings }: RuleSet) {
  const recorded = new Map<string, Recorded[]>();
  for (const { name, ...one } of recordings) recorded.set(name, [...(recorded.get(name) ?? []), one]);
  const known: Known = { recorded, labelsOf };
  return new Map(rules.map((rule) => [rule, readExpression(rule.expression, known)] as const));
}

function syntaxMistakes(rules: readonly Rule[], readings: ReturnType<typeof readingsOf>): readonly Mistake[] {
  return rules
    .filter((rule) => readings.get(rule)?.length === 0)
    .map(({ name, place }): Mistake => {
      const message = `${name}: the expression is no PromQL that can be read`;
      // What a server evaluates is right, and only Medic does not understand it.
      if (place.kind === 'server')
        return mistake(place.server, '', `${place.group}: ${message}`, 'unchecked');
      return { kind: 'wrong', file: place.file, line: place.line, column: null, path: '', message };
    });
}

function knowledgeOf(
  environment: Variables,
  settings: Settings,
): { readonly knowledge: Knowledge; readonly mistakes: readonly Mistake[] } {
  const folder = playbooksFolder(environment);
  const { catalog, mistakes } = readCatalog(folder);
  const { library, mistakes: others } = readLibrary(join(folder, 'faults'));
  const wrong = [...mistakes, ...others].filter(({ kind }) => kind === 'wrong');
  const faults = [...library.faults.values()].map(({ fault }) => fault);
  return {
    knowledge: { settings, faults, catalog, assumed: Service.parse({}) },
    mistakes:
      wrong.length === 0
        ? []
        : [
            mistake(
              folder,
              '',
              `${wrong.length} mistakes keep parts of it from being read: medic check lists them`,
              'unchecked',
            ),
          ],
  };
}
