import type { Chart } from '../../evidence/chart.ts';
import { usable } from './figures.ts';
import { escaped, textWidth } from './lettering.ts';
import { type Scale, shownValue } from './scale.ts';

/** Twice as large as it is commonly shown, and still legible at the width of a phone. */
export const WIDTH = 1200;
export const HEIGHT = 600;
export const EDGE = 36;
/** Heights of letters, and of a row of them. */
export const TITLE = 40;
export const LABEL = 32;
export const ROW = 44;

/** Calm on a white page, and no lamp in a dark one. */
export const PAPER = '#212830';
export const GRID = '#3d4753';
export const INK = '#f3f6f9';
export const SOFT = '#c4cdd7';
export const ALARM = '#ff9d92';

/** Lines differ in their dashes as well as in colour. */
const LINES = [
  { colour: '#69b4ff', dash: '' },
  { colour: '#ffbd66', dash: '18 12' },
  { colour: '#93e3ac', dash: '3 12' },
] as const;
export const MOST_LINES = LINES.length;

/** How the nth line looks. */
export function lookOf(index: number): { readonly colour: string; readonly dash: string } {
  return LINES[index] ?? LINES[0];
}

/** Where the values and moments of one picture go. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly scale: Scale;
  x(at: number): number;
  y(value: number): number;
}

/** The room between the axes, with as much beside it as their words need. */
export function frameOf({ window, unit, lines }: Chart, scale: Scale, top: number): Frame {
  const widest = Math.max(...scale.ticks.map((tick) => textWidth(shownValue(tick, unit), LABEL)));
  const endings = lines.map((one) =>
    textWidth(shownValue(usable(one, window).at(-1)?.[1] ?? 0, unit), LABEL, true),
  );
  const left = EDGE + widest + 18;
  const right = WIDTH - EDGE - Math.max(...endings) - 16;
  const bottom = HEIGHT - EDGE - LABEL - 16;
  const height = scale.greatest - scale.least;
  return {
    left,
    right,
    top,
    bottom,
    scale,
    x: (at) => left + ((at - window.from) / (window.to - window.from)) * (right - left),
    y: (value) => bottom - ((value - scale.least) / height) * (bottom - top),
  };
}

interface Lettering {
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** A rim in the colour of the paper, for what stands upon lines. */
  readonly rim?: boolean;
}

export function text(words: string, x: number, y: number, lettering: Lettering = {}): string {
  const { size = LABEL, bold = false, colour = INK, anchor = 'start', rim = false } = lettering;
  const weight = bold ? ' font-weight="bold"' : '';
  const around = rim
    ? ` stroke="${PAPER}" stroke-width="9" stroke-linejoin="round" paint-order="stroke"`
    : '';
  return `<text x="${n(x)}" y="${n(y)}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}${around}>${escaped(words)}</text>`;
}

export function stroke(path: string, colour: string, width: number, dash = ''): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${dashes}/>`;
}

export function dot(x: number, y: number, colour: string, radius: number): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${radius}" fill="${colour}" stroke="${PAPER}" stroke-width="3"/>`;
}

/** A coordinate. */
export function n(value: number): string {
  return value.toFixed(1);
}
