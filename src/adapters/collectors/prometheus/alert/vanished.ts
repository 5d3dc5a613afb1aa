import type { AlertRule } from '../client.ts';
import { isOutcome, presenceOf } from '../expression/presence.ts';
import { splitComparison } from '../expression/promql.ts';
import type { Identity } from '../place.ts';
import { answersWith, seriesLabels } from './alert-series.ts';
import type { Asked } from './inquest.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether the series behind an alert is still there; `note` says what nobody could look at. */
export type Behind =
  | { readonly kind: 'there'; readonly note: string | null }
  /** `vanished`: it was asked for, and nothing answers. `tooFew`: it is there, and its rule reads more samples than there are by now. */
  | { readonly kind: 'gone'; readonly reason: string; readonly vanished?: true; readonly tooFew?: true };

const NOTHING = 'so its absence proves nothing';

/**
 * Asks for the series that a rule would raise the alert with these labels from: an alert that ended because its series vanished has not
 * recovered. It is asked as of
 * `time`, when the rule was evaluated, by default now. Rejects where Prometheus cannot be asked.
 */
export async function behind(
  { rule, labels }: { readonly rule: AlertRule; readonly labels: Labels },
  { externalLabels }: Identity,
  asked: Asked,
  time?: number,
): Promise<Behind> {
  const presence = presenceOf(rule.query);
  switch (presence.kind) {
    case 'groundless':
      return { kind: 'there', note: 'by its rule alone, which asks whether series are absent' };
    case 'unreadable':
      return {
        kind: 'gone',
        reason: `whether the series behind it is still there cannot be told: its expression is not PromQL, ${NOTHING}`,
      };
    case 'series': {
      const isOpen = (name: string) => name === '__name__' || (presence.counts && isOutcome(name));
      const own = Object.fromEntries(
        Object.entries(seriesLabels(labels, rule)).filter(([name]) => !isOpen(name)),
      );
      const answersTo = (expression: string) => answersWith(own, expression, asked, time);
      const { windows } = presence;
      const [answers, windowed] = await Promise.all([
        answersTo(presence.expression),
        windows === null ? null : answersTo(windows),
      ]);
      const { metric } = splitComparison(rule.query);
      if (answers.length === 0)
        return {
          kind: 'gone',
          vanished: true,
          reason: `the series behind it has vanished: \`${metric}\` answers nothing${suffix(own)}, ${NOTHING}`,
        };
      if (windowed?.length === 0)
        return {
          kind: 'gone',
          tooFew: true,
          reason: `its rule reads more samples of \`${metric}\` than were measured lately${suffix(own)}, ${NOTHING}`,
        };
      const sent: Labels = { ...externalLabels, ...labels };
      const isMine = ([name, value]: [string, string]) => isOpen(name) || sent[name] === value;
      return answers.some((each) => Object.entries(each.labels).every(isMine))
        ? { kind: 'there', note: null }
        : {
            kind: 'gone',
            reason: `which series of \`${metric}\` is behind it cannot be told: its rule writes other labels over theirs, ${NOTHING}`,
          };
    }
    default:
      return presence satisfies never;
  }
}

const TOLD = 4;

function suffix(labels: Labels): string {
  const told = Object.entries(labels).slice(0, TOLD);
  return told.length === 0 ? '' : ` for ${told.map(([name, value]) => `${name}=${value}`).join(', ')}`;
}
