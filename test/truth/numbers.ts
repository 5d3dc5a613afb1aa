import type { Settings } from '../../src/config/settings.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Chart } from '../../src/evidence/chart.ts';
import { isBeyond } from '../../src/evidence/threshold.ts';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { TimelineEntry, TimelineEvent } from '../../src/incident/model/timeline.ts';
import type { Catalog } from '../../src/playbooks/manifest.ts';
import type { Beside } from '../corpus/drawn.ts';

/** What numbers are looked up in. */
export interface Record {
  /** The rules that it happened under. */
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** What happened to it, as it came from outside. */
  readonly events: readonly IncidentEvent[];
  /** What the chat knows beside it. */
  readonly beside: Beside;
  readonly now: number;
}

/** A phrase with numbers in it, and which numbers the record allows there, in their order: one of these lists. */
export interface Count {
  readonly says: RegExp;
  readonly allows: (record: Record) => readonly (readonly number[])[];
}

export function told<K extends TimelineEvent['kind']>(
  { timeline }: Record,
  kind: K,
): readonly (Extract<TimelineEvent, { kind: K }> & { readonly at: number })[] {
  return timeline.flatMap(({ happening, at }) =>
    happening.kind === kind ? [{ ...(happening as Extract<TimelineEvent, { kind: K }>), at }] : [],
  );
}

function diagnosesOf(record: Record): readonly Diagnosis[] {
  return [...told(record, 'diagnosed'), ...told(record, 'second-opinion')].map(({ diagnosis }) => diagnosis);
}

const hypotheses = (record: Record) => diagnosesOf(record).flatMap((one) => one.hypotheses);
const each = (numbers: readonly number[]) => numbers.map((one) => [one]);
const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
const upTo = (most: number) => Array.from({ length: most + 1 }, (_, one) => one);

/** Facts, their sources, and those that could not be read: of each round and each question, and of a round that was told in several entries. */
function facts(record: Record): readonly (readonly number[])[] {
  const rounds = Map.groupBy(told(record, 'evidence'), ({ round }) => round);
  const lists = [
    ...[...rounds.values()].map((all) => all.flatMap(({ items }) => items)),
    ...told(record, 'evidence').map(({ items }) => items),
    ...told(record, 'question-evidence').map(({ items }) => items),
  ];
  return lists.map((items) => {
    const found = items.filter(({ status }) => status === 'ok');
    return [found.length, new Set(found.map(({ witness }) => witness)).size, items.length - found.length];
  });
}

/** Alerts that there are, and those that fire: held in full, and with those that are only counted. */
function alerts({ incident }: Record): { readonly total: number; readonly firing: number } {
  const held = Object.values(incident.alerts);
  const firing = held.filter(({ alert }) => alert.status === 'firing').length;
  return { total: held.length + incident.crowd.total, firing: firing + incident.crowd.firing };
}

const needed = (record: Record) => told(record, 'planned').map(({ verdict }) => verdict.approvals);
const crowds = (record: Record) => told(record, 'alerts-counted');
const alertChanges = ({ timeline }: Record) =>
  timeline.filter(({ happening: { kind } }) =>
    ['alert-attached', 'alert-refired', 'alert-resolved'].includes(kind),
  ).length;

/** The causes that the evidence of this round came near to, the nearest first. */
const leads = ({ incident: { found, round } }: Record) => (found?.round === round ? found.leads : []);
const charts = (record: Record) => told(record, 'charted').map(({ chart }) => chart);
const moreLines = (record: Record) => charts(record).map(({ lines }) => lines.length - 1);
const leftOut = (record: Record) => charts(record).map(({ more = 0 }) => more);

/** How often what is drawn crossed over to where the alert fires. */
function timesOver({ lines: [line], threshold }: Chart): number {
  if (line === undefined || threshold === null) return 0;
  const over = line.points.map(([, value]) => isBeyond(value, threshold));
  return over.filter((is, index) => is && over[index - 1] !== true).length;
}

/** How many tasks each attempt has had so far, each counted once. */
function tasksOf(record: Record): readonly number[] {
  const attempts = Map.groupBy(told(record, 'task'), ({ attempt }) => attempt);
  return [...attempts.values()].flatMap((all) => {
    const lines = all.map(({ line }) => line);
    return upTo(lines.filter(({ status }) => status === 'running').length + lines.length);
  });
}

/** Of what is listed only the first few are named. */
function beyondTheNamed(record: Record): readonly number[] {
  const targets = told(record, 'planned').map(({ plan }) => plan.targets.length);
  const unread = facts(record).map(([, , failed = 0]) => failed - 4);
  const { guests } = record.incident;
  return [
    ...targets.flatMap((one) => [one - 5, one - 10]),
    ...unread,
    guests.filter(({ kind }) => kind === 'neighbour').length - 10,
  ];
}

function ranges(catalog: Catalog): readonly (readonly number[])[] {
  const sources = [...catalog.values()].flatMap(({ manifest }) =>
    Object.values(manifest.parameters).flatMap(({ from }) => from),
  );
  return sources.flatMap((source) => ('range' in source ? [[source.range.min, source.range.max]] : []));
}

/** Every phrase of a card or thread that counts something. A number that stands in none of them is a lie until somebody says what it counts. */
export const COUNTS: readonly Count[] = [
  {
    says: /(\d+) facts? from (\d+) sources?, (\d+) could not be read/,
    allows: facts,
  },
  {
    says: /(\d+) facts? from (\d+) sources?/,
    allows: (record) => facts(record).map((one) => one.slice(0, 2)),
  },
  {
    says: /(\d+) facts?, (\d+) could not be read/,
    allows: (record) => facts(record).map(([found = 0, , failed = 0]) => [found, failed]),
  },
  {
    says: /(\d+) more facts? not shown here/,
    allows: (record) => each(facts(record).map(([found = 0]) => found - 3)),
  },
  { says: /(\d+) facts?/, allows: (record) => facts(record).map((one) => one.slice(0, 1)) },
  {
    says: /(\d+) % sure/,
    allows: (record) =>
      each(
        hypotheses(record)
          .flatMap(({ confidence, selfConfidence }) => [confidence, selfConfidence ?? confidence])
          .map((one) => Math.round(one * 100)),
      ),
  },
  {
    says: /(\d+) independent witness(?:es)?/,
    allows: (record) => each(hypotheses(record).map(({ witnesses }) => witnesses.length)),
  },
  {
    says: /\b(\d+) witness\b/,
    allows: (record) => each(hypotheses(record).map(({ witnesses }) => witnesses.length)),
  },
  {
    says: /(\d+) sources? could not be read/,
    allows: (record) => each(diagnosesOf(record).map(({ unread = [] }) => unread.length)),
  },
  {
    says: /(\d+) of (\d+) signs?/,
    allows: (record) =>
      leads(record)
        .slice(0, 1)
        .map(({ matched, missing, unread = [] }) => [
          matched.length,
          matched.length + missing.length + unread.length,
        ]),
  },
  {
    says: /(\d+) more looks? in the thread/,
    allows: ({ incident: { found } }) => each(upTo(found?.looks.length ?? 0).slice(1)),
  },
  {
    says: /Back for the (\d+)(?:st|nd|rd|th) time/,
    allows: ({ incident: { follows, link } }) => [
      ...(follows === undefined ? [] : [[follows.times + 1]]),
      ...(link?.kind === 'relapse' ? [[link.nth ?? 1]] : []),
    ],
  },
  {
    says: /It is the (\d+)(?:st|nd|rd|th) time in this thread/,
    allows: ({ incident: { link } }) => (link?.nth === undefined ? [] : [[link.nth]]),
  },
  {
    says: /Other series: (\d+) more, (\d+) left out/,
    allows: (record) => charts(record).map(({ lines, more = 0 }) => [lines.length - 1, more]),
  },
  { says: /Other series: (\d+) more/, allows: (record) => each(moreLines(record)) },
  { says: /Other series: (\d+) left out/, allows: (record) => each(leftOut(record)) },
  {
    says: /\bin all, (\d+) times/,
    allows: (record) => charts(record).flatMap((chart) => each(upTo(timesOver(chart)).slice(2))),
  },
  { says: /(\d+) earlier tasks?/, allows: (record) => each(tasksOf(record).map((all) => all - 12)) },
  { says: / and (\d+) more\b(?! alerts?| earlier)/, allows: (record) => each(beyondTheNamed(record)) },
  {
    says: /(\d+) checked quotes?/,
    allows: (record) =>
      each(hypotheses(record).map(({ claims }) => sum(claims.map(({ citations }) => citations.length)))),
  },
  {
    says: /(\d+) against it/,
    allows: (record) => each(hypotheses(record).map(({ against }) => against.length)),
  },
  {
    says: /(\d+) other causes?/,
    allows: (record) => each(diagnosesOf(record).map((one) => one.hypotheses.length - 1)),
  },
  {
    says: /(\d+) claims? for it/,
    allows: (record) => each(hypotheses(record).map(({ claims }) => claims.length)),
  },
  {
    says: /(\d+) more alerts?, (\d+) of them firing/,
    allows: (record) => crowds(record).map(({ crowd }) => [crowd.total, crowd.firing]),
  },
  {
    says: /(\d+) alerts?\*?, (\d+) of them firing/,
    allows: (record) => [[alerts(record).total, alerts(record).firing]],
  },
  {
    says: /(\d+) alerts?\*?, none of them firing/,
    allows: (record) => (alerts(record).firing === 0 ? [[alerts(record).total]] : []),
  },
  {
    says: /(\d+) alerts? had not resolved when this closed/,
    allows: (record) => (record.incident.phase.at === 'closed' ? [[alerts(record).firing]] : []),
  },
  { says: /(\d+) alerts? firing/, allows: (record) => [[alerts(record).firing]] },
  {
    says: /All (\d+) alerts have resolved/,
    allows: (record) => [[alerts(record).total - alerts(record).firing]],
  },
  {
    says: /(\d+) joined · (\d+) fired again · (\d+) resolved/,
    allows: (record) => {
      const all = crowds(record);
      const of = (what: 'attached' | 'refired' | 'resolved') => sum(all.map((one) => one[what]));
      return [[of('attached'), of('refired'), of('resolved')]];
    },
  },
  {
    says: /(\d+) × /,
    allows: (record) => {
      const names = Object.values(record.incident.alerts).map(({ alert }) => alert.name);
      const { crowd } = record.incident;
      const of = (name: string) => (crowd.names[name] ?? 0) + names.filter((one) => one === name).length;
      const all = [...new Set([...names, ...Object.keys(crowd.names)])];
      return each([...all.map(of), ...crowds(record).flatMap((one) => Object.values(one.crowd.names))]);
    },
  },
  {
    says: /… and (\d+) (?:more )?alerts?/,
    allows: (record) => each(told(record, 'opened').map((one) => one.alerts.length - 10)),
  },
  { says: /Alerts: (\d+) changes?/, allows: (record) => each(upTo(alertChanges(record)).slice(1)) },
  { says: /… and (\d+) (?:more )?earlier changes?/, allows: (record) => [[alertChanges(record) - 20]] },
  {
    says: /(\d+) times so far/,
    allows: (record) => each(told(record, 'alert-refired').map(({ fires }) => fires)),
  },
  { says: /(\d+) approvals? (?:is|are) needed/, allows: (record) => each(needed(record)) },
  {
    says: /(\d+) approvals? (?:is|are) still needed/,
    allows: (record) => each(told(record, 'reminded').map(({ missing }) => missing)),
  },
  { says: /(\d+) authorised people/, allows: (record) => each(needed(record)) },
  {
    says: /(\d+) of (\d+) (?:approved|given)/,
    allows: (record) => needed(record).map((most) => [Math.min(most, told(record, 'approved').length), most]),
  },
  {
    says: /(\d+) more approvals? to go/,
    allows: (record) => each(needed(record).flatMap((most) => upTo(most - 1))),
  },
  {
    says: /(\d+) more needed/,
    allows: (record) => each(told(record, 'approved').map(({ missing }) => missing)),
  },
  {
    says: /exit code (\d+)/,
    allows: (record) =>
      each(
        record.incident.attempts.flatMap(({ result }) =>
          result?.kind === 'failed' ? (result.exitCode ?? []) : [],
        ),
      ),
  },
  {
    says: /more than (\d+) incidents opened/i,
    allows: ({ settings }) => [[settings.intake.storm.incidents]],
  },
  { says: /the range (\d+) to (\d+)/, allows: ({ catalog }) => ranges(catalog) },
  { says: /(\d+) fixes are running/, allows: ({ settings }) => [[settings.policy.max_concurrent]] },
  { says: /round (\d+)/i, allows: (record) => each(upTo(record.incident.round)) },
];
