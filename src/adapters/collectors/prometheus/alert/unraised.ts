import type { AlertRule } from '../client.ts';
import { answersWith, seriesLabels } from './alert-series.ts';
import { type Asked, evaluatedAt } from './inquest.ts';
import { activesOf } from './match.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a rule's condition holds, as of its last evaluation, for the series behind an alert that the rule does not raise then: its samples
 * were stored after it was evaluated, as when a scrape took long or Prometheus stood still, or the evaluation that raises it is not over.
 * Rejects where Prometheus cannot be asked.
 */
export async function holdsUnraised(
  { rule, labels }: { readonly rule: AlertRule; readonly labels: Labels },
  asked: Asked,
): Promise<boolean> {
  const answers = await answersWith(
    seriesLabels(labels, rule),
    rule.query,
    asked,
    evaluatedAt(rule) ?? undefined,
  );
  // The same series may have another alert of this rule by now, which its own labels tell apart: `severity`, by the value.
  const raised = activesOf(rule).map((active) => seriesLabels(active.labels, rule));
  return answers.some(({ labels: own }) => !raised.some((each) => isOf(own, each)));
}

/** Whether an alert with these labels can be one of this series. */
const isOf = (series: Labels, alert: Labels) =>
  Object.entries(alert).every(([name, value]) => series[name] === value);
