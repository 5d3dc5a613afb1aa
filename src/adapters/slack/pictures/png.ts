import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const DRAWER = fileURLToPath(import.meta.resolve('./drawer.ts'));
/** Milliseconds. */
const TIMEOUT = 10_000;
const MOST_BYTES = 1024 * 1024;

/** The drawing did not come to an end. */
export class DrawingFailed extends Error {
  override readonly name = 'DrawingFailed';
}

/**
 * Draws an SVG as a PNG, in a process of its own that knows nothing else: the drawing library ends its process where it meets what it did
 * not expect, and a picture must never cost a Medic that has a fix under way.
 *
 * @throws DrawingFailed
 */
export function pngOf(svg: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', env: {}, timeout: TIMEOUT, maxBuffer: MOST_BYTES } as const;
    const child = execFile(process.execPath, [DRAWER], options, (cause, stdout) => {
      if (cause) reject(new DrawingFailed('a picture could not be drawn', { cause }));
      else resolve(stdout);
    });
    // Where it has ended before it read everything, its end says so.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(svg);
  });
}
