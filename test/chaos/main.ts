import { optionsOf, wholeNumber } from '../kit/options.ts';
import { keepRecord } from './keep.ts';
import { type Schedule, schedule } from './plan.ts';
import { check, type Violation } from './rules/check.ts';
import type { ChaosRecord } from './rules/record.ts';
import { play } from './run.ts';
import { openStage } from './world/stage.ts';

/** Slack takes about one message a second, so that threads may be behind for long; a run ends as soon as nothing is. Milliseconds. */
const REST = 600_000;

const USAGE = `npm run chaos -- [options]

Kills, freezes and restarts several Medics, their Redis and the local Slack under a load of incidents, and checks every promise on the record.

  --incidents N  how many incidents (100)
  --seed N       what happens when; the same seed plans the same (by the clock)
  --replicas N   how many Medics (3)
  --split        web and worker processes apart

Ends with 1 where a promise was broken; the record and the logs are kept then.
`;
const values = optionsOf(USAGE, {
  incidents: { type: 'string', default: '100' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  replicas: { type: 'string', default: '3' },
  split: { type: 'boolean', default: false },
});
const wishes = {
  incidents: wholeNumber('incidents', values.incidents, USAGE),
  seed: wholeNumber('seed', values.seed, USAGE),
  replicas: wholeNumber('replicas', values.replicas, USAGE, 1),
};
const plan = schedule(wishes);
const begun = performance.now();
const seconds = () => Math.round((performance.now() - begun) / 1000);
const say = (words: string) => process.stdout.write(`${String(seconds()).padStart(5)} s  ${words}\n`);
say(`seed ${plan.seed}: ${plan.acts.length} acts over ${Math.round(plan.length / 1000)} s`);
const stage = await openStage({ ...wishes, split: values.split });
try {
  const record = await play(stage, plan, { restMs: REST, onProgress: say });
  const violations = check(record);
  process.stdout.write(summary(plan, record, violations));
  if (violations.length > 0) {
    process.stdout.write(
      `The record and the logs are kept in ${await keepRecord(stage, record, violations)}\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await stage.stop();
}

function summary(
  { seed, acts, replicas }: Schedule,
  record: ChaosRecord,
  violations: readonly Violation[],
): string {
  const count = (kind: string) => acts.filter((act) => act.kind === kind).length;
  const phases = Map.groupBy(record.incidents, ({ incident }) => incident.phase.at);
  const rows: [string, unknown][] = [
    ['seed', seed],
    ['replicas', replicas],
    ['duration', `${seconds()} s`],
    ['webhooks accepted', record.webhooks.length],
    ['webhooks given up', record.unanswered.length],
    ['incidents', record.incidents.length],
    ...[...phases].map(([phase, those]): [string, unknown] => [`  ${phase}`, those.length]),
    ['playbooks run', record.runs.length],
    ['kill -9 of a replica', count('kill')],
    ['freezes of a replica', count('freeze')],
    ['rolling restarts', count('roll')],
    ['kill -9 of Redis', count('redis')],
    ["Slack's faults", count('slack')],
    ['pauses', record.pauses.length],
    ['clicks', count('click')],
    ['commands', count('command')],
    ['messages in Slack', record.messages.length],
    ['violations', violations.length],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(24)}${value}`);
  const found = violations.map(({ rule, words }) => `  ${rule}: ${words}`);
  return `\n${[...table, ...found].join('\n')}\n`;
}
