import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recording, readRecording, type Values, written } from './format.ts';

const FOLDER = join(import.meta.dirname, 'streams');
const VALUES = 'values';
const ENDING = '.stream';

export function readCorpus(): readonly Recording[] {
  const values: Values = new Map();
  for (const line of linesOf(read(VALUES))) {
    const space = line.indexOf(' ');
    values.set(line.slice(0, space), line.slice(space + 1));
  }
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => readRecording(file.slice(0, -ENDING.length), read(file), values));
}

/** Writes all anew: a recording that is there no more goes. */
export function writeCorpus(recordings: readonly Recording[]): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const values: Values = new Map();
  for (const recording of recordings)
    writeFileSync(join(FOLDER, `${recording.name}${ENDING}`), written(recording, values));
  writeFileSync(join(FOLDER, VALUES), [...values].map(([name, text]) => `${name} ${text}\n`).join(''));
}

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
