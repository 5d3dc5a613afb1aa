import { createRequire } from 'node:module';

/** Draws an SVG as a PNG. Only the fonts that ship with Medic are used, so that it looks the same on every machine. */
export async function pngOf(svg: string): Promise<Buffer> {
  // Loaded with the first picture: where there is no build of it for a machine, Medic does without pictures.
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false, fontFiles: [...FONTS], defaultFontFamily: 'DejaVu Sans' },
    logLevel: 'off',
  });
  return image.asPng();
}

const { resolve } = createRequire(import.meta.url);
const FONTS = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
