import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { rowsIn, sumsOf, tableOf } from './rows.ts';

/**
 * Gives the attacks a file for their rows, and prints these as one table when all are over. In CI only the sums: whoever reads the
 * end of its output looks for what failed.
 */
export default function setup(project: TestProject): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'attacks-'));
  const file = join(dir, 'rows.jsonl');
  project.provide('attackRows', file);
  return () => {
    const rows = rowsIn(file);
    const { CI } = process.env;
    const told = CI === undefined ? tableOf : sumsOf;
    if (rows.length > 0) process.stdout.write(`\n${told(rows)}\n\n`);
    rmSync(dir, { recursive: true, force: true });
  };
}
