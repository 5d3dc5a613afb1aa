import type { FaultId } from '../kit/fleet/faults.ts';
import { misused, optionsOf, wholeNumber } from '../kit/options.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { freePort } from '../kit/stack/process.ts';
import { CHANNEL, startWorld, type World } from '../kit/world/world.ts';
import { healOnce } from './once.ts';

const FAULTS = ['crash', 'leak', 'disk', 'release'] as const satisfies readonly FaultId[];
/** Where the page is, when the port is free. */
const PAGE_PORT = 3700;
/** A demonstration is for people who do not want to wait five minutes. */
const PACE = { cancel_window: '60s', cooldown: '20s' } as const;

const USAGE = `npm run demo -- [options]

A small fleet, its monitoring, a local Slack with a page, and Medic, on loopback. Nothing of it stays once it is stopped.

  --once         makes one fault, prints how it was healed, and ends
  --fault NAME   which: ${FAULTS.join(', ')} (crash)
  --port N       where the page is (${PAGE_PORT}, or any that is free)
  --yes          installs what is missing without asking
`;
const values = optionsOf(USAGE, {
  once: { type: 'boolean', default: false },
  fault: { type: 'string', default: 'crash' },
  port: { type: 'string', default: String(PAGE_PORT) },
  yes: { type: 'boolean', default: false },
});
const port = wholeNumber('port', values.port, USAGE);
const fault =
  FAULTS.find((one) => one === values.fault) ?? misused(`There is no fault "${values.fault}".`, USAGE);

const say = (line: string) => process.stdout.write(`${line}\n`);
const begun = performance.now();
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

const scratch = await scratchDir('medic-demo');
let world: World | null = null;
let stopping: Promise<void> | null = null;

/** Stops what was started, and nothing else. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    await world?.stop();
    await scratch.remove();
  })();
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    say('Stopping everything that was started...');
    void stop().then(() => {
      say('Stopped.');
      process.exit(0);
    });
  });
}

try {
  world = await startWorld({
    dir: scratch.path,
    pace: PACE,
    slackPort: values.once ? 0 : await portOr(port),
    env: modelSettings(),
    onPart: ({ name, url, upMs }) => say(`  ${name.padEnd(16)}${seconds(upMs).padStart(8)}   ${url}`),
  });
  say(`Up after ${seconds(performance.now() - begun)}.`);
  for (const one of await world.stack.fleet.faults()) {
    if (!one.available) say(`Left out: "${one.label}", because ${one.reason ?? 'it cannot be made here'}.`);
  }
  if (values.once) {
    process.exitCode = await healOnce(world, fault, say);
    await stop();
    process.exit();
  }
  invite(world);
} catch (error) {
  say(`The demo did not start: ${error instanceof Error ? error.message : String(error)}`);
  await stop();
  process.exit(1);
}

function invite({ slack }: World): void {
  say('');
  say(`Open ${slack.url}/#/${CHANNEL}?as=U0ALICE and break something: the panel is on the page.`);
  say('Choose there whom you act as; Dave may not approve. Ctrl-C stops everything that was started.');
}

/** A model is asked only where one is named, as in production. */
function modelSettings(): Record<string, string> {
  const names = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'] as const;
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** The port asked for where it is free, else any that is. */
async function portOr(port: number): Promise<number> {
  const free = await fetch(`http://127.0.0.1:${port}/`).then(
    () => false,
    () => true,
  );
  return free ? port : freePort();
}
