import type { Incident } from '../../src/incident/model/incident.ts';
import * as faults from '../kit/hosts/faults.ts';
import type { Healing } from '../kit/hosts/medic.ts';
import { until } from '../kit/stack/process.ts';
import { CHANNEL } from '../kit/world/world.ts';

/** What somebody asks with `/diagnose` on real hosts. */
interface Asked {
  readonly name: string;
  readonly service: string;
  readonly text: string;
  /** What is broken right before, sooner than any alert tells of it. */
  break?(healing: Healing): Promise<unknown>;
}

/** Of a service that is well, of faults that Medic can mend, and of one that it cannot. */
const ASKED: readonly Asked[] = [
  { name: 'a service that is well', service: 'storefront', text: 'storefront' },
  {
    name: 'a crashed unit',
    service: 'storefront',
    text: 'storefront is down',
    break: ({ kit }) => faults.crash(kit.host('web-1'), 'shop.service'),
  },
  {
    name: 'a full disk',
    service: 'storefront',
    text: 'the storefront cannot write files',
    break: ({ kit }) => faults.fillDisk(kit.host('web-1'), { deletable: 0.5 }),
  },
  {
    name: 'a dependency that is away',
    service: 'storefront',
    text: 'is anything wrong with the storefront?',
    break: ({ kit }) => faults.loseDependency(kit.host('web-1')),
  },
];

/** How long one of them may take, and how long it has to stay as it is; milliseconds. */
const PATIENCE = 180_000;
const SETTLED = 5_000;

/** How often a question is asked anew that an alert forestalled: what follows is no life of `/diagnose`. */
const TRIES = 4;

/** Asks all of that, each to its end. */
export async function askAll(healing: Healing, say: (words: string) => void): Promise<void> {
  for (const asked of ASKED) {
    for (let left = TRIES; left > 0; left -= 1) {
      const { phase, openedBy } = await ask(healing, asked);
      say(`${asked.name}: ${phase.at}, opened by ${openedBy.kind}`);
      await healing.rest();
      if (openedBy.kind === 'person') break;
      if (left === 1) throw new Error(`${asked.name}: an alert opened the incident first, ${TRIES} times`);
    }
  }
}

async function ask(healing: Healing, { name, service, text, break: breaks }: Asked): Promise<Incident> {
  const since = Date.now();
  await breaks?.(healing);
  await healing.slack.person('U0BOB').command(CHANNEL, '/diagnose', text);
  let last = { version: 0, at: 0 };
  const atRest = async () => {
    const incident = await healing.incident(service, since);
    if (incident === undefined) return false;
    if (incident.version !== last.version) last = { version: incident.version, at: Date.now() };
    return isOver(incident) && Date.now() - last.at >= SETTLED && incident;
  };
  return until(atRest, { what: `the end of ${name}`, ms: PATIENCE });
}

const isOver = ({ phase }: Incident) => phase.at === 'closed' || phase.at === 'escalated';
