import type { Readable } from 'node:stream';
import type { Outputs } from './guardian/door.ts';
import { createLineSplitter } from './lines.ts';

interface Listener {
  readonly outputCap: number;
  readonly redact: (text: string) => string;
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  readonly claim?: (line: string) => boolean;
}

/** Reads both outputs of a command line by line until they are closed, or cut off. */
export function follow(
  { stdout, stderr }: Outputs,
  listener: Listener,
  keep: (line: string) => void,
): { readonly closed: Promise<unknown>; cut(): void } {
  const closed = Promise.all([
    read(stdout, 'stdout', listener, keep),
    read(stderr, 'stderr', listener, keep),
  ]);
  return {
    closed,
    cut() {
      stdout.destroy();
      stderr.destroy();
    },
  };
}

function read(
  stream: Readable,
  name: 'stdout' | 'stderr',
  { outputCap, redact, onLine, claim }: Listener,
  keep: (line: string) => void,
): Promise<void> {
  const emit = (line: string) => {
    keep(line);
    onLine?.(name, line);
  };
  const splitter = createLineSplitter(outputCap, redact, emit, name === 'stdout' ? claim : undefined);
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      splitter.write(chunk);
      // One piece at a time: who floods waits until everything else of this process has had its turn.
      stream.pause();
      setImmediate(() => stream.resume());
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      splitter.end();
      resolve();
    });
    stream.resume();
  });
}
