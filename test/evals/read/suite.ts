import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { readAs } from '../../../src/lib/schema/explain.ts';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { readYaml } from '../../../src/lib/schema/yaml.ts';
import { namesIn, TABLE } from './table.ts';

/** Where a suite's cases are, and what its words for faults mean here. */
export interface Suite {
  /** Absolute path. */
  readonly folder: string;
  /** Absolute paths, in the order of their names. */
  readonly cases: readonly {
    readonly name: string;
    readonly folder: string;
    /** Of a case in the folder's table; absent where it has the folder for itself. */
    readonly key?: string;
  }[];
  readonly labels: Labels;
}

/** Faults of the library by a foreign word for them. */
export type Labels = ReadonlyMap<string, readonly string[]>;

/** The suite cannot be run at all. */
export class NoSuite extends Error {
  override readonly name = 'NoSuite';
}

const DEEPEST = 8;

/** Finds every folder with a `scenario.yml` below a folder, and the map of labels: the one that is named, else the nearest `labels.yml`. */
export function openSuite(given: string, labels: string | null): Suite {
  const folder = resolve(given);
  if (!existsSync(folder)) throw new NoSuite(`${folder} is not there`);
  const found = casesIn(folder, DEEPEST);
  if (found.length === 0) throw new NoSuite(`${folder} holds no scenario.yml, nor does any folder in it`);
  const cases = found
    .flatMap((one) => {
      const name = relative(folder, one) || '.';
      if (existsSync(join(one, 'scenario.yml'))) return [{ name, folder: one }];
      return namesIn(one).map((key) => ({ name: `${name}/${key}`, folder: one, key }));
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const map = labels === null ? nearestLabels(folder, found) : resolve(labels);
  return { folder, cases, labels: map === null ? new Map() : readLabels(map) };
}

function casesIn(folder: string, deep: number): readonly string[] {
  if (existsSync(join(folder, 'scenario.yml')) || existsSync(join(folder, TABLE))) return [folder];
  if (deep === 0) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
    .flatMap((name) => casesIn(join(folder, name), deep - 1));
}

/** A link may lead to one. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** In the suite's folder, above it, or between it and its cases. */
function nearestLabels(folder: string, cases: readonly string[]): string | null {
  const between = new Set<string>();
  for (const one of cases.slice(0, 50))
    for (let up = dirname(one); up.length >= folder.length; up = dirname(up)) between.add(up);
  const above: string[] = [];
  for (let up = folder; up !== dirname(up); up = dirname(up)) above.push(up);
  const places = [folder, ...between, ...above].map((place) => join(place, 'labels.yml'));
  return places.find((place) => existsSync(place)) ?? null;
}

/** A label with nothing behind it is known, and is none of our faults. */
const Meanings = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string()), z.null()]).transform((one) => (one === null ? [] : [one].flat())),
);

function readLabels(file: string): Labels {
  if (!existsSync(file)) throw new NoSuite(`${file} is not there`);
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  if ('broken' in yaml) throw new NoSuite(yaml.broken.map(sentenceOf).join('\n'));
  const read = readAs(Meanings, yaml.value ?? {});
  if ('flaws' in read) throw new NoSuite(yaml.place(read.flaws).map(sentenceOf).join('\n'));
  return new Map(Object.entries(read.value));
}
