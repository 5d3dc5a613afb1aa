import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { medicWith } from '../chaos/seeded-bugs.ts';
import { heal, ROWS } from '../hosts/rows.ts';
import { startHosts } from '../kit/hosts/kit.ts';
import { type Healing, startHealing } from '../kit/hosts/medic.ts';
import { misused, optionsOf } from '../kit/options.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { play } from '../sabotage/run.ts';
import { askAll } from './diagnoses.ts';
import { keepStreams } from './streams.ts';
import { type Witnessed, witnessing } from './witness.ts';

const PLAYBOOKS = fileURLToPath(new URL('../../playbooks', import.meta.url));
const say = (words: string) => void process.stdout.write(`${words}\n`);

/** Every kind of sabotage twice, and every honest recovery twice. */
async function sabotage(file: string): Promise<void> {
  const wishes = { seed: 11, sabotaged: 40, honest: 12, atOnce: 8 };
  const verdicts = await play({ ...wishes, lies: witnessing(file), onProgress: say });
  for (const { service, broken } of verdicts)
    if (broken !== null) say(`${service} was broken off: ${broken}`);
}

/** Every fault of real hosts, healed once. */
const hold = onHosts(async (healing) => {
  for (const row of ROWS) {
    const { wrong } = await heal(healing, row);
    say(`${row.name}: ${wrong ?? 'healed'}`);
    await healing.rest();
  }
});

/** What is asked with `/diagnose` of real hosts. */
const diagnose = onHosts((healing) => askAll(healing, say));

function onHosts(live: (healing: Healing) => Promise<void>) {
  return async (file: string, dir: string): Promise<void> => {
    const main = medicWith({ name: 'witnessing', edits: witnessing(file) }, join(dir, 'copy'));
    cpSync(PLAYBOOKS, join(dir, 'copy', 'playbooks'), { recursive: true });
    const kit = await startHosts({ dir: join(dir, 'hosts') });
    let healing: Healing | null = null;
    try {
      healing = await startHealing({ dir, kit, main });
      await healing.rest();
      await live(healing);
    } finally {
      await healing?.stop();
      await kit.stop();
    }
  };
}

/** Whether a life began with somebody's question: a busy host raises alerts of its own meanwhile. */
const isAsked = ({ event }: Witnessed) => event.type === 'diagnosis-requested';

const SUITES = { sabotage, hold, diagnose };
const USAGE = `npm run truth:record -- [options]

Records anew how real Medics live through the cases of other suites.

  --only NAME   one suite only: ${Object.keys(SUITES).join(', ')}; hold and diagnose need root
`;
const values = optionsOf(USAGE, { only: { type: 'string' } });
if (values.only !== undefined && !Object.hasOwn(SUITES, values.only))
  misused(`There is no suite "${values.only}".`, USAGE);
for (const [name, live] of Object.entries(SUITES)) {
  if (values.only !== undefined && values.only !== name) continue;
  const scratch = await scratchDir(name);
  try {
    const file = join(scratch.path, 'witnessed.jsonl');
    await live(file, scratch.path);
    keepStreams(name, file, name === 'diagnose' ? isAsked : undefined);
    say(`${name} is recorded`);
  } finally {
    await scratch.remove();
  }
}
