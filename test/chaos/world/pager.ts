import { setTimeout as delay } from 'node:timers/promises';
import type { Act } from './act.ts';
import type { Stage } from './stage.ts';

type Deed = Extract<Act, { readonly kind: 'pager' }>;

/** PagerDuty says a thing again and again until it is taken, for hours; here for as long, milliseconds. */
const PATIENCE = 120_000;
const PAUSE = 250;

const BEHAVIOURS = { down: { status: 503 }, 'loses-answers': 'answer-lost', hangs: 'hangs' } as const;

/** What goes wrong at the pager, and what people do there. */
export async function atThePager(stage: Stage, { what, forMs }: Deed): Promise<void> {
  const { pagerDuty } = stage;
  switch (what) {
    case 'down':
    case 'loses-answers':
    case 'hangs':
      pagerDuty.behave(BEHAVIOURS[what]);
      await delay(forMs);
      pagerDuty.behave('works');
      return;
    case 'acknowledges':
      return say(stage, pagerDuty.acknowledge());
    case 'gives-back':
      return say(stage, pagerDuty.giveBack());
    default:
      return what satisfies never;
  }
}

type Word = ReturnType<Stage['pagerDuty']['acknowledge']>;

async function say({ replicas }: Stage, word: Word): Promise<void> {
  if (word === null) return;
  const able = replicas.filter(({ role }) => role !== 'runner');
  const until = Date.now() + PATIENCE;
  for (let turn = 0; Date.now() < until; turn += 1) {
    const url = able[turn % able.length]?.url ?? '';
    const request = {
      method: 'POST',
      body: word.body,
      headers: word.headers,
      signal: AbortSignal.timeout(5_000),
    };
    const answer = await fetch(`${url}/pagerduty`, request).catch(() => null);
    if (answer?.ok) return;
    await delay(PAUSE);
  }
}
