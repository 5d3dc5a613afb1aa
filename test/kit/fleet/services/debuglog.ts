import { appendFileSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './service.ts';

const rotateAtBytes = 4 * 1024 * 1024;

/**
 * A debug log that somebody forgot to switch off: it dumps the whole order book many times a second (about 20 MB/s)
 * and rotates without ever deleting. It ends by itself once the disk is full.
 */
export function startDebugLog(dir: string, orders: () => unknown, log: Log, ended: () => void): void {
  const path = join(dir, 'orders.debug.log');
  let generation = Math.max(
    0,
    ...readdirSync(dir).map((name) => Number(/\.debug\.log\.(\d+)$/.exec(name)?.[1] ?? 0)),
  );
  const dump = setInterval(() => {
    const line = `${JSON.stringify({ time: new Date().toISOString(), level: 'debug', book: orders() })}\n`;
    const text = line.repeat(Math.ceil((1024 * 1024) / line.length));
    try {
      appendFileSync(path, text);
      if (statSync(path).size >= rotateAtBytes) {
        generation += 1;
        renameSync(path, `${path}.${generation}`);
        log('debug', 'debug log rotated', { generation });
      }
    } catch (error) {
      clearInterval(dump);
      log('error', 'debug log stopped', { error: String(error) });
      ended();
    }
  }, 50);
}
