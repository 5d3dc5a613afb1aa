import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { Resvg } from '@resvg/resvg-js';

// A process of its own: an SVG comes in, a PNG goes out. Only the fonts that ship with Medic are used, so that a picture looks the same on
// every machine.
const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
  resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`),
);
const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };

const drawn = new Resvg(await buffer(process.stdin), { font, logLevel: 'off' }).render();
process.stdout.write(drawn.asPng());
