import { execFileSync } from 'node:child_process';
import { misused, optionsOf, wholeNumber } from '../kit/options.ts';
import { command } from './command.ts';
import { treeOf } from './compare.ts';
import { faults } from './faults.ts';
import { firstPost } from './first-post.ts';
import { growth } from './growth.ts';
import { heal } from './heal.ts';
import { intake } from './intake.ts';
import { machineWith, watchOthers } from './machine.ts';
import { mediansOf } from './medians.ts';
import { pipeline } from './pipeline.ts';
import { redaction } from './redaction.ts';
import { isMet, type Section, table } from './table.ts';

const PARTS: Readonly<Record<string, () => Promise<readonly Section[]>>> = {
  intake,
  'first-post': firstPost,
  command,
  pipeline,
  growth,
  heal,
  redaction,
  faults,
};

/** Beyond this many cores used by others, a figure says less about Medic. */
const DISTURBED = 0.1;

const USAGE = `npm run bench -- [options]

Measures Medic beside a bare baseline of the same run.

  --only A,B         some parts only: ${Object.keys(PARTS).join(', ')}
  --compare COMMIT   measures that commit as well
  --pairs N          how often both, in turns (1)
  --json             the figures as JSON
`;
const values = optionsOf(USAGE, {
  only: { type: 'string', default: Object.keys(PARTS).join(',') },
  compare: { type: 'string' },
  pairs: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const wanted = values.only.split(',');
const unknown = wanted.find((part) => !Object.hasOwn(PARTS, part));
if (unknown !== undefined) misused(`There is no part "${unknown}".`, USAGE);

const pairs = wholeNumber('pairs', values.pairs, USAGE, 1);
if (pairs > 1 && values.compare === undefined) misused('--pairs goes with --compare.', USAGE);

const [, redisVersion = 'unknown'] =
  /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
const machine = machineWith(redisVersion);
const { cores, processor, memoryGb, node } = machine;
const say = (line: string) => process.stdout.write(`${line}\n`);
say(
  `${cores} × ${processor}, ${memoryGb} GB; Node ${node}, Redis ${redisVersion}. Medic, Redis, the load and the local Slack share them.`,
);
const begun = performance.now();
/** How many cores other programs kept busy meanwhile, by part. */
const busy: Record<string, number> = {};

async function measure(): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const [name, part] of Object.entries(PARTS).filter(([name]) => wanted.includes(name))) {
    process.stderr.write(`measuring ${name} ...\n`);
    const others = watchOthers();
    sections.push(...(await part()));
    busy[name] = Math.max(busy[name] ?? 0, others());
    if (busy[name] > DISTURBED)
      say(
        `While ${name} was measured, other programs kept ${busy[name].toFixed(1)} cores busy: the figures are worse for it.`,
      );
  }
  return sections;
}

/** Here, there, here, there: what the machine does meanwhile hits both alike. */
async function inPairs(ref: string) {
  const tree = await treeOf(ref);
  try {
    const here: (readonly Section[])[] = [];
    const there: (readonly Section[])[] = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      here.push(await measure());
      process.stderr.write(`the same at ${tree.name} (${pair} of ${pairs}) ...\n`);
      there.push(await tree.measure(wanted));
    }
    return { sections: mediansOf(here), other: { name: tree.name, sections: mediansOf(there) } };
  } finally {
    await tree.close();
  }
}

const { sections, other } =
  values.compare === undefined ? { sections: await measure(), other: null } : await inPairs(values.compare);
const seconds = Math.round((performance.now() - begun) / 1000);
const missed = sections.flatMap(({ rows }) => rows).filter((row) => isMet(row) === false).length;
if (other !== null && pairs > 1) say(`Medians of ${pairs} alternating pairs of runs.`);
say(table(sections, other));
say(
  `\nTook ${seconds} s. ${missed === 0 ? 'Every aim is met.' : `${missed} aim${missed === 1 ? ' is' : 's are'} not met.`}`,
);
if (values.json) say(JSON.stringify({ machine, others: busy, seconds, sections, ...(other && { other }) }));
