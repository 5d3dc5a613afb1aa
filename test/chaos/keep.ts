import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Violation } from './rules/check.ts';
import type { ChaosRecord } from './rules/record.ts';
import type { Stage } from './world/stage.ts';

/** Keeps what a person needs to look into a failed run, and gives the folder. */
export async function keepRecord(
  stage: Stage,
  record: ChaosRecord,
  violations: readonly Violation[],
): Promise<string> {
  const folder = join(tmpdir(), `medic-chaos-failed-${record.seed}-${Date.now()}`);
  await mkdir(folder);
  await writeFile(join(folder, 'record.json'), JSON.stringify({ violations, record }, null, 1));
  const logs = (await readdir(stage.dir)).filter((name) => name.endsWith('.log'));
  await Promise.all(logs.map((name) => copyFile(join(stage.dir, name), join(folder, name))));
  return folder;
}
