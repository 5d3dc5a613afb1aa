import type { Chart } from '../../../../evidence/chart.ts';
import { isBeyond } from '../../../../evidence/threshold.ts';
import { type Figures, figuresOf, thresholdWords } from '../../../charts/figures.ts';
import { shownValue } from '../../../charts/scale.ts';
import { oneLine, span } from '../blocks/text.ts';

/** How long a text Slack takes beside a picture. */
const LONGEST = 2000;
const TITLE = 150;

/**
 * What a picture says, in words and figures, for those who cannot see it: `HighErrorRate of storefront: about 0 % before the alert; worst
 * 8.8 %, 12 s after the alert; above 5 % (the alert’s threshold) for 3 min; back at 0 % within 2 min of the fix.`
 *
 * @param subject what the incident is about
 */
export function altText(chart: Chart, subject: string): string {
  const name = `${clipped(chart.title)}${subject === '' ? '' : ` of ${clipped(subject)}`}`;
  const figures = figuresOf(chart);
  if (figures === null) return `${name}: nothing was measured.`;
  return `${name}: ${figuresInWords(chart, figures)}.${fires(chart, figures)}${others(chart)}`
    .slice(0, LONGEST)
    .toWellFormed();
}

function clipped(text: string): string {
  const line = oneLine(text);
  return line.length > TITLE ? `${line.slice(0, TITLE - 1).toWellFormed()}…` : line;
}

/** The figures of the first line, a short clause each. */
function figuresInWords(chart: Chart, figures: Figures): string {
  const { unit, threshold } = chart;
  const { before, worst, last, least, greatest } = figures;
  const show = (value: number) => shownValue(value, unit);
  const parts = [
    ...(before === null ? [] : [`about ${show(roughly(before, greatest))} before the alert`]),
    ...(worst === null
      ? [`between ${show(least)} and ${show(greatest)}`]
      : [`worst ${show(worst[1])}${when(worst[0], chart)}`]),
    ...(threshold === null || forHowLong(chart, figures) === null
      ? []
      : [`${thresholdWords(threshold, unit)} (the alert’s threshold) ${forHowLong(chart, figures)}`]),
    ...(worst === last ? [] : [atEnd(show(last[1]), last, chart)]),
  ];
  return parts.join('; ');
}

/** What is next to nothing beside the rest needs no digits. */
function roughly(value: number, greatest: number): number {
  return Math.abs(value) < Math.abs(greatest) / 20 ? Number(value.toPrecision(1)) : value;
}

function markOf({ marks }: Chart, what: string): number | null {
  return marks.find((mark) => mark.what === what)?.at ?? null;
}

/** Counted from the alert: ` 12 s after the alert`. */
function when(at: number, chart: Chart): string {
  const alert = markOf(chart, 'alert');
  if (alert === null) return '';
  if (Math.abs(at - alert) < 1000) return ', at the alert';
  return `, ${span(Math.abs(at - alert))} ${at < alert ? 'before' : 'after'} the alert`;
}

/** `for 20 s so far` of a time that goes on, `for 3 min in all, 2 times` of what is over; null where no figure says it. */
function forHowLong(chart: Chart, { beyond, last }: Figures): string | null {
  const { threshold } = chart;
  const current = beyond.at(-1) ?? 0;
  if (threshold !== null && !isOver(chart) && isBeyond(last[1], threshold))
    return current === 0 ? null : `for ${span(current)} so far`;
  const known = beyond.filter((time) => time > 0);
  if (known.length === 0) return null;
  const sum = known.reduce((all, time) => all + time, 0);
  return known.length === 1 ? `for ${span(sum)}` : `for ${span(sum)} in all, ${known.length} times`;
}

/** Whether a picture shows how it came out. */
function isOver(chart: Chart): boolean {
  return markOf(chart, 'resolved') !== null;
}

/** `back at 0 % within 2 min of the fix`, where a fix was begun before. */
function atEnd(shown: string, [at, value]: readonly [number, number], chart: Chart): string {
  const fix = markOf(chart, 'fix');
  if (fix === null || at <= fix) return `${shown} ${isOver(chart) ? 'at the end' : 'at the diagnosis'}`;
  const { threshold } = chart;
  const word = threshold === null ? 'at' : isBeyond(value, threshold) ? 'still at' : 'back at';
  return `${word} ${shown} within ${span(at - fix)} of the fix`;
}

/** Where the alert fires, where the figures do not say for how long it did. */
function fires(chart: Chart, figures: Figures): string {
  const { threshold, unit } = chart;
  return threshold === null || forHowLong(chart, figures) !== null
    ? ''
    : ` The alert fires ${thresholdWords(threshold, unit)}.`;
}

function others({ lines, more = 0 }: Chart): string {
  const drawn = lines.length - 1;
  const shown = drawn > 0 ? `${drawn} more` : '';
  const left = more > 0 ? `${more} left out` : '';
  const both = [shown, left].filter((part) => part !== '').join(', ');
  return both === '' ? '' : ` Other series: ${both}.`;
}
