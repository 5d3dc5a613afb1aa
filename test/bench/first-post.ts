import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleSeed } from '../kit/slack/defaults.ts';
import type { LocalSlack } from '../kit/slack/server.ts';
import type { Change } from '../kit/slack/types.ts';
import { until } from '../kit/stack/process.ts';
import { isCard } from '../kit/world/said.ts';
import { alertBody, shotOf } from './alerts.ts';
import { spreadOf } from './spread.ts';
import { NO_STORM, onStage, type Stage } from './stage.ts';
import type { Row, Section } from './table.ts';

const SECONDS = 15;
/** How many new incidents a second there are at most while the alerts of known ones go on. */
const OPENINGS = 2;

/** How long it takes from a webhook to the first post about it. */
export async function firstPost(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  for (const rate of [1, 10, 100]) rows.push(...(await amid(rate)));
  return [
    {
      title: `From webhook to first Slack post, ${SECONDS} s each, at most ${OPENINGS} new incidents a second, a channel each`,
      rows,
    },
    {
      title: 'The same where every alert is about a service of its own, all in one channel',
      rows: await allAtOnce(),
    },
  ];
}

async function amid(rate: number): Promise<readonly Row[]> {
  const services = Array.from({ length: SECONDS * Math.min(rate, OPENINGS) }, (_, index) => `shop-${index}x`);
  const channels = services.map((_, index) => `C0BENCH${index}`);
  const registry = services.map((service, index) => [
    service,
    { environment: 'bench', channel: channels[index] },
  ]);
  const settings = { ...NO_STORM, services: Object.fromEntries(registry) };
  return onStage({ fsync: 'always', settings, slack: { channels: channelsOf(channels) } }, async (stage) => {
    const posts = watch(stage.slack, services);
    const every = Math.max(1, rate / OPENINGS);
    const begun = performance.now();
    const sent = new Map<string, number>();
    const answers: Promise<number>[] = [];
    for (let ordinal = 0; ordinal < rate * SECONDS; ordinal += 1) {
      const due = begun + (ordinal * 1000) / rate;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      const isFirst = ordinal % every === 0;
      const service = services[isFirst ? ordinal / every : ordinal % (Math.floor(ordinal / every) + 1)] ?? '';
      if (isFirst) sent.set(service, performance.now());
      answers.push(stage.gun.post(shotOf([alertBody(ordinal, service)]).body));
    }
    const spread = spreadOf(await delays(sent, posts));
    await Promise.all(answers);
    const name = `${rate} alert${rate === 1 ? '' : 's'}/s, ${spread.count} incidents`;
    return [
      { name: `${name}: p50`, value: spread.p50, unit: 'ms' },
      { name: `${name}: p99`, value: spread.p99, unit: 'ms', aim: { at: 'most', value: 1_000 } },
    ];
  });
}

/** Thirty incidents in three seconds in one channel, into which Slack lets an app write once a second. */
async function allAtOnce(): Promise<readonly Row[]> {
  const services = Array.from({ length: 30 }, (_, index) => `shop-${index}x`);
  return onStage({ fsync: 'always', settings: NO_STORM }, async (stage: Stage) => {
    const posts = watch(stage.slack, services);
    const sent = new Map<string, number>();
    const answers: Promise<number>[] = [];
    for (const [ordinal, service] of services.entries()) {
      sent.set(service, performance.now());
      answers.push(stage.gun.post(shotOf([alertBody(ordinal, service)]).body));
      await sleep(100);
    }
    const spread = spreadOf(await delays(sent, posts));
    await Promise.all(answers);
    // Five may come at once, the others one a second; the last was sent after three seconds.
    return [
      { name: '10 alerts/s for 3 s: p50', value: spread.p50, unit: 'ms' },
      { name: '10 alerts/s for 3 s: last', value: spread.max, unit: 'ms' },
      { name: 'the least that Slack’s one message a second allows for the last', value: 22_000, unit: 'ms' },
    ];
  });
}

/** Notes when the card of each service was posted. The names must not be part of one another. */
function watch(slack: LocalSlack, services: readonly string[]): ReadonlyMap<string, number> {
  const posts = new Map<string, number>();
  slack.state.changes.on('change', (change: Change) => {
    if (change.type !== 'message' || !isCard(change.message)) return;
    const text = slack.textOf(change.message);
    const service = services.find((name) => text.includes(name) && !posts.has(name));
    if (service !== undefined) posts.set(service, performance.now());
  });
  return posts;
}

async function delays(
  sent: ReadonlyMap<string, number>,
  posts: ReadonlyMap<string, number>,
): Promise<readonly number[]> {
  await until(() => posts.size === sent.size, { what: 'a card for every incident', ms: 60_000 });
  return [...sent].map(([service, at]) => (posts.get(service) ?? Number.NaN) - at);
}

function channelsOf(ids: readonly string[]) {
  const { channels } = exampleSeed();
  const [model] = channels;
  if (model === undefined) throw new Error('the example workspace has no channel');
  return [...channels, ...ids.map((id) => ({ ...structuredClone(model), id, name: id.toLowerCase() }))];
}
