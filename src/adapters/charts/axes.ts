import type { Chart } from '../../evidence/chart.ts';
import { ALARM, EDGE, type Frame, GRID, HEIGHT, INK, LABEL, n, SOFT, stroke, text, WIDTH } from './canvas.ts';
import { thresholdWords } from './figures.ts';
import { type Box, overlaps, textWidth } from './lettering.ts';
import { shownOffset, shownValue, timeTicks } from './scale.ts';

/** The round values, each with a faint line across; where the alert fires it has its own. */
export function valueAxis({ unit, threshold }: Chart, { left, right, scale, y }: Frame): string[] {
  const seen = new Set<string>();
  return scale.ticks.flatMap((tick) => {
    const words = shownValue(tick, unit);
    if (seen.has(words)) return [];
    seen.add(words);
    const label = text(words, left - 18, y(tick) + 11, { colour: SOFT, anchor: 'end' });
    return tick === threshold?.value
      ? [label]
      : [stroke(`M${n(left)} ${n(y(tick))}H${n(right)}`, GRID, 2), label];
  });
}

/** Moments counted from the alert, or from the end where no alert is marked. */
export function timeAxis({ marks, window }: Chart, { bottom, x }: Frame): string[] {
  const alert = marks.find(({ what }) => what === 'alert');
  const zero = alert?.at ?? window.to;
  const placed: Box[] = [];
  return [zero, ...timeTicks(window, zero).filter((at) => at !== zero)].flatMap((at) => {
    const isZero = at === zero;
    const words = isZero ? (alert === undefined ? 'end' : 'alert') : shownOffset(at - zero);
    const box = centred(words, x(at), { left: EDGE / 2, right: WIDTH - EDGE / 2 }, isZero);
    if (placed.some((other) => overlaps(box, other, 24))) return [];
    placed.push(box);
    return [
      stroke(`M${n(x(at))} ${n(bottom)}v10`, SOFT, 3),
      text(words, (box.left + box.right) / 2, HEIGHT - EDGE + 4, {
        anchor: 'middle',
        bold: isZero,
        colour: isZero ? INK : SOFT,
      }),
    ];
  });
}

function centred(words: string, x: number, room: Box, bold: boolean): Box {
  const width = textWidth(words, LABEL, bold);
  const left = Math.max(room.left, Math.min(x - width / 2, room.right - width));
  return { left, right: left + width };
}

/** The values at which the alert fires, faintly, and their border. */
export function danger({ threshold }: Chart, frame: Frame): string[] {
  const { left, right, top, bottom, y } = frame;
  if (threshold === null || !isWithin(threshold.value, frame)) return [];
  const at = y(threshold.value);
  const from = threshold.is.startsWith('>') ? top : at;
  const to = threshold.is.startsWith('<') ? bottom : at;
  return [
    `<rect x="${n(left)}" y="${n(from)}" width="${n(right - left)}" height="${n(to - from)}" fill="${ALARM}" fill-opacity="0.09"/>`,
    stroke(`M${n(left)} ${n(at)}H${n(right)}`, ALARM, 4, '12 12'),
  ];
}

/** What the border means, in words; where it lies beyond the picture, an arrow points there. */
export function dangerWords({ threshold, unit }: Chart, frame: Frame): string[] {
  if (threshold === null) return [];
  const { left, top, bottom, scale, y } = frame;
  const words = `alert ${thresholdWords(threshold, unit)}`;
  const lettering = { colour: ALARM, rim: true, size: 30 };
  if (threshold.value > scale.greatest) return [text(`${words} ↑`, left + 14, top + 36, lettering)];
  if (threshold.value < scale.least) return [text(`${words} ↓`, left + 14, bottom - 14, lettering)];
  const at = y(threshold.value);
  return [text(words, left + 14, at - 46 < top ? at + 38 : at - 14, lettering)];
}

function isWithin(value: number, { scale }: Frame): boolean {
  return value >= scale.least && value <= scale.greatest;
}
