import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Drawn } from './drawer.ts';

const DRAWER = fileURLToPath(import.meta.resolve('./drawer.ts'));
const MOST_BYTES = 1024 * 1024;

/** The drawing did not come to an end. */
export class DrawingFailed extends Error {
  override readonly name = 'DrawingFailed';
}

export interface DrawingOptions {
  /** Milliseconds that one picture may take, and that a drawer without work is kept. */
  readonly timeout: number;
  readonly idle: number;
  /** Bytes of memory beyond which a drawer draws no further picture. */
  readonly mostMemory: number;
  /** Pictures that may wait for their turn. */
  readonly mostWaiting: number;
}

const USUAL: DrawingOptions = { timeout: 10_000, idle: 60_000, mostMemory: 400 * 2 ** 20, mostWaiting: 100 };

/** @throws DrawingFailed */
export type DrawPng = (svg: string) => Promise<Buffer>;

interface Order {
  readonly svg: string;
  readonly done: PromiseWithResolvers<Buffer>;
}

/** Draws an SVG as a PNG. */
export const pngOf: DrawPng = createDrawing();

/**
 * Draws in a process of its own that knows nothing else, one picture at a time: the drawing library ends its process where it meets what it
 * did not expect, and a picture must never cost a Medic that has a fix under way. That process is started with the first picture and used
 * again; where it ended, hangs or has grown too large, the next picture starts another.
 */
export function createDrawing(options: Partial<DrawingOptions> = {}): DrawPng {
  const { timeout, idle, mostMemory, mostWaiting } = { ...USUAL, ...options };
  const waiting: Order[] = [];
  let drawer: Drawer | null = null;
  let busy = false;
  let rest: NodeJS.Timeout | undefined;

  const dismiss = () => {
    drawer?.end();
    drawer = null;
  };
  const drawOne = async (svg: string): Promise<Buffer> => {
    const used = drawer?.isThere() ? drawer : null;
    drawer = used ?? startDrawer();
    let drawn = await drawer.draw(svg, timeout);
    // It may have ended before, and nobody had heard of it yet: then it says nothing of this picture.
    if (drawn === 'ended' && used !== null) {
      drawer = startDrawer();
      drawn = await drawer.draw(svg, timeout);
    }
    if (typeof drawn === 'string' || drawn.memory > mostMemory) dismiss();
    if (typeof drawn === 'string') throw new DrawingFailed(`a picture could not be drawn: ${SAID[drawn]}`);
    if ('failed' in drawn) throw new DrawingFailed(`a picture could not be drawn: ${drawn.failed}`);
    if (drawn.png.length > MOST_BYTES) throw new DrawingFailed('a picture came out too large');
    return Buffer.from(drawn.png);
  };
  const work = async () => {
    busy = true;
    clearTimeout(rest);
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift())
      await drawOne(order.svg).then(order.done.resolve, order.done.reject);
    busy = false;
    rest = setTimeout(dismiss, idle).unref();
  };

  return (svg) => {
    if (waiting.length >= mostWaiting)
      return Promise.reject(new DrawingFailed(`${waiting.length} pictures wait to be drawn already`));
    const done = Promise.withResolvers<Buffer>();
    waiting.push({ svg, done });
    if (!busy) void work();
    return done.promise;
  };
}

const SAID = { ended: 'the process that draws it ended', late: 'it took too long' } as const;

interface Drawer {
  isThere(): boolean;
  /** `ended` where the process did, before or over it; `late` where it took too long. */
  draw(svg: string, within: number): Promise<Drawn | 'ended' | 'late'>;
  end(): void;
}

function startDrawer(): Drawer {
  const child = spawnDrawer();
  let there = true;
  let answer: (drawn: Drawn | 'ended' | 'late') => void = () => undefined;
  const over = (how: 'ended' | 'late') => {
    there = false;
    answer(how);
  };
  child.on('message', (drawn: Drawn) => answer(drawn));
  child.once('disconnect', () => over('ended'));
  child.on('error', () => over('ended'));
  const hold = (whether: boolean) => {
    for (const one of [child, child.channel]) whether ? one?.ref() : one?.unref();
  };
  return {
    isThere: () => there,
    end: () => void child.kill('SIGKILL'),
    async draw(svg, within) {
      hold(true);
      const drawn = Promise.withResolvers<Drawn | 'ended' | 'late'>();
      answer = drawn.resolve;
      const late = setTimeout(over, within, 'late');
      if (there) child.send(svg, (error) => error && over('ended'));
      else over('ended');
      try {
        return await drawn.promise;
      } finally {
        clearTimeout(late);
        hold(false);
      }
    },
  };
}

function spawnDrawer(): ChildProcess {
  try {
    // This kind of serialization takes bytes as they are.
    const options = { env: {}, serialization: 'advanced' } as const;
    return spawn(process.execPath, [DRAWER], { ...options, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  } catch (cause) {
    throw new DrawingFailed('there is nobody to draw a picture', { cause });
  }
}
