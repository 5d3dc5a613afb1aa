import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

const journalLimitBytes = 8 * 1024 * 1024;

export type Journal = { append(record: unknown): Promise<void>; close(): Promise<void> };

/** An append-only file of JSON lines, which keeps one older generation so that it never fills its disk by itself. */
export async function openJournal(dir: string): Promise<Journal> {
  const path = join(dir, 'orders.journal');
  let file: FileHandle = await open(path, 'a');
  let size = (await file.stat()).size;
  let last: Promise<unknown> = Promise.resolve();

  async function write(record: unknown): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    if (size + line.length > journalLimitBytes) {
      await file.close();
      await rename(path, `${path}.1`);
      file = await open(path, 'a');
      size = 0;
    }
    try {
      await file.appendFile(line);
      await file.datasync();
      size += line.length;
    } catch (error) {
      await file.truncate(size); // half a record would make the journal unreadable
      throw error;
    }
  }

  return {
    append(record) {
      const mine = last.then(() => write(record));
      last = mine.catch(() => undefined);
      return mine;
    },
    close: () => file.close(),
  };
}
