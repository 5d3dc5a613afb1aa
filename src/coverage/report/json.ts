import { inDays } from '../duration.ts';
import type { Coverage, Row } from '../sum.ts';
import { summaryOf } from './summary.ts';
import { firesWhen, lackWords } from './words.ts';

/** The same for machines. Durations are seconds, times are RFC 3339. */
export function asJson(coverage: Coverage): object {
  const { rows, history, sum, ruleless } = coverage;
  return {
    summary: summaryOf(coverage),
    history:
      history === null
        ? null
        : {
            asked: history.asked / 1000,
            covered: history.covered / 1000,
            step: history.step / 1000,
            words: inDays(history.covered),
          },
    counts: sum.counts,
    total: sum.total,
    by: sum.by,
    lacking: Object.fromEntries(sum.lacking),
    withoutRule: Object.fromEntries(ruleless),
    rules: rows.map(ruleOf),
  };
}

function ruleOf(row: Row): object {
  const { rule, reading, about, facts, faults, mendings, outcome, lack, fired, last, unknown } = row;
  return {
    alert: rule.name,
    place: rule.place,
    labels: rule.labels,
    for: rule.lasting / 1000,
    expression: rule.expression,
    fired,
    lastFired: last === null ? null : new Date(last).toISOString(),
    outcome,
    lack,
    because: lack === null ? null : lackWords(row),
    firesWhen: firesWhen(reading, rule),
    measures: reading.map(({ text, selected, fires, unit, also, carried }) => ({
      text,
      metrics: [...new Set(selected.filter(({ beside }) => !beside).map(({ metric }) => metric))],
      beside: [...new Set(selected.filter(({ beside }) => beside).map(({ metric }) => metric))],
      fires,
      unit,
      also,
      labels: [...carried.has.keys()],
      dropped: [...carried.gone],
      others: carried.open,
    })),
    about,
    subjects: Object.fromEntries(row.subjects),
    unregistered: row.strangers,
    facts,
    unknownMetrics: unknown,
    faults: faults.map(({ name, title }) => ({ name, title })),
    playbooks: mendings,
  };
}
