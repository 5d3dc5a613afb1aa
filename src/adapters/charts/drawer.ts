import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

// A process of its own: SVGs come in, PNGs go out, one at a time. Only the fonts that ship with Medic are used, so that a picture looks the
// same on every machine. It ends with the process that started it, whose channel then closes.
const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
  resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`),
);
const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };

/** What became of one SVG, and how much memory this process has by now, bytes. */
export type Drawn = { readonly memory: number } & (
  | { readonly png: Uint8Array }
  | { readonly failed: string }
);

process.on('message', (svg: string) => {
  process.send?.({ ...draw(svg), memory: process.memoryUsage.rss() } satisfies Drawn, () => undefined);
});

function draw(svg: string): { readonly png: Uint8Array } | { readonly failed: string } {
  try {
    return { png: new Resvg(svg, { font, logLevel: 'off' }).render().asPng() };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
