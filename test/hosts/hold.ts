import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHosts } from '../kit/hosts/kit.ts';
import { type Healing, startHealing } from '../kit/hosts/medic.ts';
import { misused, optionsOf, wholeNumber } from '../kit/options.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { type Healed, heal, ROWS, type Row, type Times } from './rows.ts';

/** At most this part of what has to heal unaided may ask a person. */
const MAY_ASK = 1 / 50;

const NAMES = ROWS.map(({ name }) => name);
const USAGE = `npm run hold -- [options]

Makes faults on real hosts, again and again, and counts how often Medic heals them unaided, and how long that takes.

  --times N      how often each (10)
  --only "A,B"   some faults only: ${NAMES.join(', ')}
  --json         the runs as JSON
  --keep DIR     where the thread and Medic's log of whatever went wrong are kept

Ends with 1 where more than one in fifty was not healed, or asked a person.
`;
const values = optionsOf(USAGE, {
  times: { type: 'string', default: '10' },
  only: { type: 'string', default: NAMES.join(',') },
  json: { type: 'boolean', default: false },
  keep: { type: 'string' },
});
const times = wholeNumber('times', values.times, USAGE, 1);
const wanted = values.only.split(',');
const unknown = wanted.find((name) => !NAMES.some((one) => one === name));
if (unknown !== undefined) misused(`There is no fault "${unknown}".`, USAGE);
const rows = ROWS.filter(({ name }) => wanted.includes(name));

const COLUMNS = [
  ['webhook', 'fault to webhook'],
  ['start', 'to start'],
  ['fixed', 'to fixed'],
  ['proven', 'to proven'],
] as const satisfies readonly (readonly [keyof Times, string])[];

type Run = { row: string; healed: boolean; asked: boolean; wrong: string | null; times: Times | null };

const scratch = await scratchDir('hold');
const kit = await startHosts({ dir: join(scratch.path, 'hosts') });
let healing: Healing | undefined;
let runs: Run[] = [];
try {
  healing = await startHealing({ dir: scratch.path, kit });
  await healing.rest();
  runs = await all(healing);
} finally {
  await healing?.stop();
  await kit.stop();
  await scratch.remove();
}
const acting = runs.filter(({ row }) => rows.some(({ name, tier }) => name === row && tier !== 'high'));
const asked = acting.filter((run) => run.asked).length;
const failed = runs.filter(({ healed }) => !healed).length;
const low = runs.flatMap((run) => (rows.find(({ name }) => name === run.row)?.tier === 'low' ? [run] : []));
if (values.json) process.stdout.write(`${JSON.stringify({ runs, asked, acting: acting.length, failed })}\n`);
else process.stdout.write(`\n${report()}\n`);
process.exit(failed > runs.length * MAY_ASK || asked > acting.length * MAY_ASK ? 1 : 0);

async function all(healing: Healing): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 1; round <= times; round += 1) {
    for (const row of rows) {
      const run = await once(healing, row, round);
      runs.push(run);
      const figures =
        run.times === null ? '' : ` (${COLUMNS.map(([key]) => shown(run.times?.[key] ?? null)).join(' + ')})`;
      process.stderr.write(`${round}/${times} ${row.name}: ${run.wrong ?? 'healed'}${figures}\n`);
    }
  }
  return runs;
}

async function once(healing: Healing, row: Row, round: number): Promise<Run> {
  const begun = healing.log().length;
  let healed: Healed | null = null;
  let wrong: string | null;
  try {
    healed = await heal(healing, row);
    wrong = healed.wrong;
  } catch (error) {
    wrong = String(error);
  }
  if (values.keep !== undefined) await keep(values.keep, `${round}-${row.name}`, healing, healed, begun);
  await healing.rest();
  return {
    row: row.name,
    healed: wrong === null,
    asked: healed?.asked ?? true,
    wrong,
    times: healed?.times ?? null,
  };
}

async function keep(folder: string, name: string, healing: Healing, healed: Healed | null, begun: number) {
  await mkdir(folder, { recursive: true });
  const file = (end: string) => join(folder, `${name.replaceAll(' ', '-')}.${end}`);
  await writeFile(file('log'), healing.log().slice(begun));
  await writeFile(file('metrics'), await (await fetch(`${healing.medic.url}/metrics`)).text());
  if (healed === null) return;
  await writeFile(file('thread.txt'), healing.thread(healed.incident));
  const timeline = await healing.store.timeline(healed.incident.id);
  await writeFile(file('json'), JSON.stringify({ incident: healed.incident, timeline }, null, 1));
}

function report(): string {
  const head = ['row', 'tier', 'healed', 'asked', ...COLUMNS.map(([, words]) => words)];
  const lines = rows.map(({ name, tier }) => {
    const mine = runs.filter((run) => run.row === name);
    const count = (is: (run: Run) => boolean) => `${mine.filter(is).length}/${mine.length}`;
    const spans = COLUMNS.map(([key]) => spread(mine.flatMap((run) => run.times?.[key] ?? [])));
    return [
      name,
      tier,
      count(({ healed }) => healed),
      tier === 'high' ? 'always' : count((run) => run.asked),
      ...spans,
    ];
  });
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]?.length ?? 0)));
  const drawn = [head, ...lines].map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const starts = spread(low.flatMap((run) => run.times?.start ?? []));
  return [
    ...drawn,
    '',
    'Median and longest. A person approves what is of the high tier, and does nothing else.',
    `Low tier, from the webhook to the start of the playbook: ${starts}`,
    `${asked} of ${acting.length} asked a person where Medic has to act; at most 1 in 50 may. ${failed} of ${runs.length} did not heal as they have to.`,
  ].join('\n');
}

function spread(figures: readonly number[]): string {
  const sorted = figures.toSorted((one, other) => one - other);
  const middle =
    (sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0);
  return sorted.length === 0 ? '-' : `${shown(middle / 2)}, ${shown(sorted.at(-1) ?? 0)}`;
}

function shown(milliseconds: number | null): string {
  return milliseconds === null ? '-' : `${(milliseconds / 1000).toFixed(2)} s`;
}
