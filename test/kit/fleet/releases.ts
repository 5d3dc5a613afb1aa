import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One line of the change log. */
export type Deploy = {
  time: string;
  service: string;
  version: string;
  previous: string | null;
  who: string;
  summary: string;
};

export type Releases = {
  /** Holds a folder per release, and the file `current` that names the one that runs. */
  dir: string;
  current: string;
  /** The change log: one JSON line per deploy. */
  changes: string;
};

export async function currentRelease({ current }: Releases): Promise<string | null> {
  return readFile(current, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

/** Puts a release of the storefront in place, points `current` to it and notes it in the change log. Does not restart. */
export async function deployStorefront(
  releases: Releases,
  { version, who, summary }: Pick<Deploy, 'version' | 'who' | 'summary'>,
): Promise<Deploy> {
  const source = fileURLToPath(new URL(`releases/storefront/${version}`, import.meta.url));
  await mkdir(releases.dir, { recursive: true });
  await cp(source, join(releases.dir, version), { recursive: true });
  const previous = await currentRelease(releases);
  await writeFile(releases.current, `${version}\n`);
  const deploy = { time: new Date().toISOString(), service: 'storefront', version, previous, who, summary };
  await appendFile(releases.changes, `${JSON.stringify(deploy)}\n`);
  return deploy;
}
