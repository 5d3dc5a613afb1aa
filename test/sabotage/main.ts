import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KINDS } from './kinds.ts';
import { against, play } from './run.ts';
import { tableOf } from './table.ts';

/** `npm run sabotage -- --cases 320 --honest 48 --seed 7 --at-once 16 --only "target hangs; good for a moment"` */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '320' },
    honest: { type: 'string', default: '48' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'at-once': { type: 'string', default: '16' },
    /** Kinds of sabotage, all by default. */
    only: { type: 'string' },
  },
});
const wishes = {
  sabotaged: Number(values.cases),
  honest: Number(values.honest),
  seed: Number(values.seed),
  atOnce: Number(values['at-once']),
};
if (Object.values(wishes).some((number) => !Number.isInteger(number) || number < 0)) {
  throw new Error('--cases, --honest, --seed and --at-once are whole numbers');
}
const kinds = values.only?.split(/;\s*/);
const unknown = kinds?.find((kind) => KINDS.every(({ name }) => name !== kind));
if (unknown !== undefined)
  throw new Error(`there is no "${unknown}", but: ${KINDS.map(({ name }) => name).join('; ')}`);
const begun = performance.now();
const seconds = () => Math.round((performance.now() - begun) / 1000);
const say = (words: string) => process.stdout.write(`${String(seconds()).padStart(5)} s  ${words}\n`);
say(`seed ${wishes.seed}: ${wishes.sabotaged} recoveries that are none, ${wishes.honest} that are`);
const verdicts = await play({ ...wishes, ...(kinds === undefined ? {} : { kinds }), onProgress: say });
process.stdout.write(`\n${tableOf(verdicts)}\n\nseed ${wishes.seed}, ${seconds()} s\n`);
const failed = against(verdicts);
for (const { service, family, wrong, broken } of failed)
  process.stdout.write(`  ${service} (${family}): ${broken ?? wrong.join(' | ')}\n`);
if (failed.length > 0) {
  const file = join(tmpdir(), `medic-sabotage-failed-${wishes.seed}-${Date.now()}.json`);
  await writeFile(file, JSON.stringify(failed, null, 1));
  process.stdout.write(`Their records are kept in ${file}\n`);
  process.exitCode = 1;
}
