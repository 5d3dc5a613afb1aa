import type { Chart } from '../../evidence/chart.ts';
import { EDGE, type Frame, INK, LABEL, n, ROW, stroke, text, WIDTH } from './canvas.ts';
import { type Box, overlaps, textWidth } from './lettering.ts';
import { shownOffset } from './scale.ts';

/** Upright lines differ in their dashes; the alert's is whole, and its name stands below. */
const DASHES: Readonly<Record<string, string>> = { alert: '', resolved: '2 11' };
const OTHERS = '16 12';
/** Between an upright line and its name. */
const BESIDE = 12;

interface Flag {
  readonly words: string;
  readonly dash: string;
  readonly x: number;
  readonly row: number;
  readonly box: Box;
}

/** What happened beside the alert, each with its name beside its line, in further rows where they would meet. */
export function flagsOf({ marks, window }: Chart, { x, left }: Pick<Frame, 'x' | 'left'>): readonly Flag[] {
  const zero = marks.find(({ what }) => what === 'alert')?.at ?? window.to;
  // From the last to the first: what comes later is named higher up, where no line of an earlier one goes through it.
  const named = marks.filter(({ what }) => what !== 'alert').toSorted((a, b) => b.at - a.at);
  const placed: Flag[] = [];
  for (const { at, what } of named) {
    const words = `${what} ${shownOffset(at - zero)}`;
    const box = besides(words, x(at), placed.length === 0, left);
    const isFree = (row: number) =>
      placed.every(
        (other) =>
          (other.row !== row || !overlaps(box, other.box, 24)) &&
          (other.row >= row || other.x < box.left || other.x > box.right),
      );
    const row = [0, 1, 2].find(isFree) ?? placed.length;
    placed.push({ words, dash: DASHES[what] ?? OTHERS, x: x(at), row, box });
  }
  return placed;
}

/** The last name stands after its line and the others before theirs, where there is room. */
function besides(words: string, x: number, isLast: boolean, left: number): Box {
  const width = textWidth(words, LABEL, true);
  const after = { left: x + BESIDE, right: x + BESIDE + width };
  const before = { left: x - BESIDE - width, right: x - BESIDE };
  const fits = isLast ? after.right <= WIDTH - EDGE / 2 : before.left < left;
  return fits ? after : before;
}

/** How much room the names take above the rest. */
export function heightOf(flags: readonly Flag[]): number {
  return flags.length === 0 ? 0 : (Math.max(...flags.map(({ row }) => row)) + 1) * ROW + 6;
}

/** The lines of all marks. */
export function uprights({ marks }: Chart, flags: readonly Flag[], above: number, frame: Frame): string[] {
  const { x, top, bottom } = frame;
  const alerts = marks
    .filter(({ what }) => what === 'alert')
    .map(({ at }) => stroke(`M${n(x(at))} ${n(top)}V${n(bottom)}`, INK, 3));
  const others = flags.map((flag) =>
    stroke(`M${n(flag.x)} ${n(above + flag.row * ROW + 10)}V${n(bottom)}`, INK, 3, flag.dash),
  );
  return [...alerts, ...others];
}

/** Their names. */
export function names(flags: readonly Flag[], above: number): string[] {
  return flags.map(({ words, box, x, row }) => {
    const lettering = { bold: true, rim: true, anchor: box.left > x ? 'start' : 'end' } as const;
    return text(words, box.left > x ? box.left : box.right, above + row * ROW + LABEL, lettering);
  });
}
