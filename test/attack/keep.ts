import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { Row } from './rows.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file that the rows of all attacks are kept in; they run in processes of their own. */
    readonly attackRows: string;
  }
}

/** Keeps a row for the table that is printed when all attacks are over. */
export function keep(row: Row): void {
  appendFileSync(inject('attackRows'), `${JSON.stringify(row)}\n`);
}
