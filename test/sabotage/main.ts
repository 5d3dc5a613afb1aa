import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { misused, optionsOf, wholeNumber } from '../kit/options.ts';
import { KINDS } from './kinds.ts';
import { against, play } from './run.ts';
import { tableOf } from './table.ts';

const NAMES = KINDS.map(({ name }) => name);
const USAGE = `npm run sabotage -- [options]

Recoveries that are none, and some that are: whatever is told as recovered has to be.

  --cases N        how many that are none (320)
  --honest N       how many that are (48)
  --seed N         which of a kind (by the clock)
  --at-once N      how many services at a time (16)
  --only "A; B"    some kinds only: ${NAMES.join('; ')}

Ends with 1 where anything untrue was told; the records are kept then.
`;
const values = optionsOf(USAGE, {
  cases: { type: 'string', default: '320' },
  honest: { type: 'string', default: '48' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  'at-once': { type: 'string', default: '16' },
  only: { type: 'string' },
});
const wishes = {
  sabotaged: wholeNumber('cases', values.cases, USAGE),
  honest: wholeNumber('honest', values.honest, USAGE),
  seed: wholeNumber('seed', values.seed, USAGE),
  atOnce: wholeNumber('at-once', values['at-once'], USAGE, 1),
};
const kinds = values.only?.split(/;\s*/);
const unknown = kinds?.find((kind) => !NAMES.includes(kind));
if (unknown !== undefined) misused(`There is no kind "${unknown}".`, USAGE);
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
