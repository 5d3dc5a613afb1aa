import type { Chart } from '../../evidence/chart.ts';
import { danger, dangerWords, timeAxis, valueAxis } from './axes.ts';
import {
  EDGE,
  frameOf,
  HEIGHT,
  LABEL,
  lookOf,
  MOST_LINES,
  n,
  PAPER,
  ROW,
  SOFT,
  stroke,
  TITLE,
  text,
  WIDTH,
} from './canvas.ts';
import { figuresOf, usable } from './figures.ts';
import { clipMiddle, clipTo, textWidth } from './lettering.ts';
import { endings, lineOf, peak } from './lines.ts';
import { flagsOf, heightOf, names, uprights } from './marks.ts';
import { scaleOf } from './scale.ts';

/**
 * A picture of a metric: its lines, where the alert fires, and what happened when. Times are counted from the alert, since a picture
 * cannot know its reader's zone. Null where there is nothing that can be drawn.
 */
export function svgOf(whole: Chart): string | null {
  const chart = { ...whole, marks: whole.marks.filter(({ at }) => isIn(at, whole.window)) };
  const figures = figuresOf(chart);
  if (figures === null || !isTime(chart.window)) return null;
  const lines = chart.lines.slice(0, MOST_LINES).map((one) => usable(one, chart.window));
  // One value alone is no course of things: the words beside it say as much.
  if (lines.every((points) => points.length < 2)) return null;
  const values = lines.flatMap((points) => points.map(([, value]) => value));
  const limit = chart.threshold?.value;
  const spanned = limit !== undefined && isNear(limit, values) ? [...values, limit] : values;
  const scale = scaleOf(spanned, chart.unit === 'ratio');
  if (scale === null) return null;
  const above = EDGE + TITLE + (hasLegend(chart) ? ROW : 0) + 18;
  const flags = flagsOf(chart, frameOf(chart, scale, above));
  const frame = frameOf(chart, scale, above + Math.max(18, heightOf(flags)));
  const title = clipTo(chart.title, WIDTH - 2 * EDGE, TITLE, true);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${PAPER}"/>`,
    text(title, EDGE, EDGE + TITLE - 8, { size: TITLE, bold: true }),
    ...legend(chart),
    ...valueAxis(chart, frame),
    ...danger(chart, frame),
    ...timeAxis(chart, frame),
    ...uprights(chart, flags, above, frame),
    ...lines.flatMap((points, index) => lineOf(points, index, chart, frame)).toReversed(),
    ...names(flags, above),
    ...endings(lines, chart, frame),
    ...dangerWords(chart, frame),
    ...peak(figures, chart, frame),
    '</svg>',
  ].join('\n');
}

function isTime({ from, to }: Chart['window']): boolean {
  return Number.isFinite(from) && Number.isFinite(to) && to > from;
}

function isIn(at: number, { from, to }: Chart['window']): boolean {
  return at >= from && at <= to;
}

/** A threshold that is far from all that was measured would press the lines flat: it is said, and not drawn. */
function isNear(limit: number, values: readonly number[]): boolean {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const size = Math.max(high - low, Math.abs(high), Math.abs(low));
  return limit <= high + 12 * size && limit >= low - 12 * size;
}

function hasLegend({ lines, more = 0 }: Chart): boolean {
  return lines.length > 1 || more > 0;
}

/** Which line is which, where there are several. */
function legend(chart: Chart): string[] {
  if (!hasLegend(chart)) return [];
  const { lines, more = 0 } = chart;
  const rest = more > 0 ? `and ${more} more` : '';
  const room = (WIDTH - 2 * EDGE - textWidth(rest, LABEL)) / Math.min(lines.length, MOST_LINES);
  const y = EDGE + TITLE + ROW - 4;
  const entries = lines.slice(0, MOST_LINES).flatMap(({ name }, index) => {
    const { colour, dash } = lookOf(index);
    const x = EDGE + index * room;
    return [
      stroke(`M${n(x)} ${n(y - 11)}h58`, colour, 6, dash),
      text(clipMiddle(name || 'value', room - 100, LABEL), x + 74, y, { colour: SOFT }),
    ];
  });
  return rest === '' ? entries : [...entries, text(rest, WIDTH - EDGE, y, { colour: SOFT, anchor: 'end' })];
}
