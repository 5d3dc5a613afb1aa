import type { Chart } from '../../evidence/chart.ts';
import { dot, type Frame, INK, LABEL, lookOf, n, stroke, text } from './canvas.ts';
import type { Figures } from './figures.ts';
import { textWidth } from './lettering.ts';
import { shownValue } from './scale.ts';

type Point = readonly [number, number];

/** A line in pieces where something is missing in between, and a dot where one value stands alone. */
export function lineOf(
  points: readonly Point[],
  index: number,
  { gap, lines }: Chart,
  { x, y, bottom }: Frame,
): string[] {
  const { colour, dash } = lookOf(index);
  return piecesOf(points, gap ?? Number.POSITIVE_INFINITY, new Set(lines[index]?.breaks)).flatMap((piece) => {
    const [first, last] = [piece[0], piece.at(-1)];
    if (first === undefined || last === undefined) return [];
    if (first === last) return [dot(x(first[0]), y(first[1]), colour, 7)];
    const path = piece
      .map(([at, value], place) => `${place === 0 ? 'M' : 'L'}${n(x(at))} ${n(y(value))}`)
      .join('');
    const area = `<path d="${path}V${n(bottom)}H${n(x(first[0]))}Z" fill="${colour}" fill-opacity="0.14"/>`;
    return [...(index === 0 ? [area] : []), stroke(path, colour, 6, dash)];
  });
}

function piecesOf(
  points: readonly Point[],
  gap: number,
  breaks: ReadonlySet<number>,
): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  for (const point of points) {
    const before = pieces.at(-1)?.at(-1);
    if (before === undefined || point[0] - before[0] > gap || breaks.has(before[0])) pieces.push([point]);
    else pieces.at(-1)?.push(point);
  }
  return pieces;
}

/** The newest value of each line, beside its end. */
export function endings(
  lines: readonly (readonly Point[])[],
  { unit }: Chart,
  { x, y, right }: Frame,
): string[] {
  const taken: number[] = [];
  return lines.flatMap((points, index) => {
    const last = points.at(-1);
    if (last === undefined) return [];
    const { colour } = lookOf(index);
    const at = y(last[1]);
    const drawn = dot(x(last[0]), at, colour, 9);
    if (taken.some((other) => Math.abs(other - at) < LABEL)) return [drawn];
    taken.push(at);
    return [drawn, text(shownValue(last[1], unit), right + 16, at + 11, { bold: true, colour })];
  });
}

/** The worst value, beside its point, where neither the end of the line nor the threshold says it already. */
export function peak({ worst, last }: Figures, { unit, threshold }: Chart, frame: Frame): string[] {
  if (worst === null || threshold === null) return [];
  const words = shownValue(worst[1], unit);
  if (words === shownValue(last[1], unit) || worst[1] === threshold.value) return [];
  const { left, right, top, bottom } = frame;
  const half = textWidth(words, LABEL, true) / 2;
  const [x, y] = [frame.x(worst[0]), frame.y(worst[1])];
  const isLow = threshold.is.startsWith('<');
  const hasRoom = isLow ? y + 46 < bottom : y - 20 - LABEL > top;
  const beside = x - 2 * half - 20 > left ? x - half - 20 : x + half + 20;
  const place = hasRoom ? Math.min(Math.max(x, left + half), right - half) : beside;
  const level = hasRoom ? y + (isLow ? 44 : -20) : y + 11;
  return [dot(x, y, INK, 9), text(words, place, level, { bold: true, anchor: 'middle', rim: true })];
}
