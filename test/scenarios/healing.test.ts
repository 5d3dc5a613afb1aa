import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../kit/slack/server.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { cardThat } from '../kit/world/test-env.ts';
import { CHANNEL, startWorld, type World } from '../kit/world/world.ts';

/** Detection by Prometheus, a run of a playbook and the proof of recovery, on a machine that has other things to do. */
const PATIENCE = 60_000;

describe('real services, seen by Prometheus, told by Alertmanager, mended by the playbooks', () => {
  let scratch: Scratch;
  let world: World;
  /** Cards from before a test are not its own. */
  let since = '';

  beforeAll(async () => {
    scratch = await scratchDir('healing');
    world = await startWorld({ dir: scratch.path, pace: { cancel_window: '10m', cooldown: '1s' } });
  });
  afterAll(async () => {
    await world?.stop();
    await scratch?.remove();
  });

  const card = (wanted: RegExp, ms = PATIENCE) => {
    const reads = cardThat(wanted) as (message: Message, text: string) => boolean;
    return world.slack.message(CHANNEL, (message, text) => message.ts > since && reads(message, text), ms);
  };
  const keysOf = (ts: string) =>
    world.slack.thread(CHANNEL, ts).map((message) => String(message.metadata?.event_payload.key));
  /** The thread under the card that reads so, once it tells its end. */
  const toldOf = async (wanted: RegExp) => {
    const { ts } = await card(wanted);
    await world.slack.until(() => keysOf(ts).includes('closed'), 'the end of the thread', 20_000);
    return { keys: keysOf(ts), text: world.slack.print(CHANNEL, ts) };
  };
  const startAnew = () => {
    since = world.slack.state.messages.get(CHANNEL)?.at(-1)?.ts ?? '';
  };
  const pidOf = (service: string) => world.stack.fleet.supervisorctl('pid', service);

  it('a bad release is rolled back once Carol approves, and nobody else may', async () => {
    startAnew();
    await world.stack.fleet.break('release');
    const asking = await card(/\[Approve\]/);
    const before = world.slack.print(CHANNEL, asking.ts);
    expect(before).toMatch(/Dry run: what the fix would change[\s\S]*v2[\s\S]*v1/);
    expect(before).toMatch(/rollback_release[\s\S]*to_release=v1[\s\S]*Tier high/);
    await world.slack.person('U0DAVE').click(asking, 'Approve');
    await world.slack.person('U0DAVE').told(CHANNEL, /approver role/);
    expect(keysOf(asking.ts).filter((key) => key.startsWith('attempt'))).toEqual([]);
    await world.slack.person('U0CAROL').click(asking, 'Approve');
    const { text } = await toldOf(/Resolved: storefront/);
    expect(text).toMatch(/approved by @Carol[\s\S]*Recovery proven/);
    const storefront = (await world.stack.fleet.health()).find(({ service }) => service === 'storefront');
    expect(storefront).toMatchObject({ up: true, version: 'v1' });
  });

  it('a killed service is restarted at once, and the thread tells it in order', async () => {
    startAnew();
    const received = await firing(world);
    const before = await pidOf('catalog');
    const killed = performance.now();
    await world.stack.fleet.break('crash');
    await until(async () => (await firing(world)) > received, { what: 'the webhook', ms: PATIENCE });
    const webhook = performance.now() - killed;
    const { keys, text } = await toldOf(/Resolved: catalog/);
    // A picture takes its time, and stands wherever it is ready.
    const words = keys.filter((key) => key !== 'alerts' && !key.startsWith('chart-'));
    expect(words.map((key) => key.replace(/-.*/, ''))).toEqual([
      'card',
      'opened',
      'evidence',
      'diagnosis',
      'plan',
      'attempt',
      'verify',
      'closed',
    ]);
    expect(text).toMatch(/ServiceDown[\s\S]*EXITED[\s\S]*library of faults \(`process_ended`\)/);
    expect(text).toMatch(/restart_service[\s\S]*Tier low[\s\S]*Finished after[\s\S]*Recovery proven/);
    expect(await pidOf('catalog')).not.toBe(before);
    const times = /Since it opened: (.*)/.exec(text)?.[1] ?? '';
    expect(times).toMatch(/thread after .* fix started after .* proof after /);
    process.stdout.write(`kill to webhook ${(webhook / 1000).toFixed(1)} s; from the webhook: ${times}\n`);
  });

  it('a leak waits for its cancel window, and Run now by Bob recycles the process', async () => {
    startAnew();
    const before = await pidOf('catalog');
    await world.stack.fleet.break('leak');
    const waiting = await card(/runs in \d+ min[\s\S]*\[Run now\] \[Cancel\] \[Hold\]/);
    expect(await pidOf('catalog')).toBe(before);
    await world.slack.person('U0BOB').click(waiting, 'Run now');
    const { text } = await toldOf(/Resolved: catalog/);
    expect(text).toMatch(/@Bob said: run now[\s\S]*Recovery proven/);
    expect(await pidOf('catalog')).not.toBe(before);
  });

  it('a full disk is cleaned, or the panel says why none can be filled here', async () => {
    const fault = (await world.stack.fleet.faults()).find(({ id }) => id === 'disk');
    if (fault?.available !== true) {
      expect(fault?.reason).toMatch(/root|mount/);
      await expect(world.stack.fleet.break('disk')).rejects.toThrow(fault?.reason);
      return;
    }
    startAnew();
    await world.stack.fleet.break('disk');
    const { text } = await toldOf(/Resolved: orders/);
    expect(text).toMatch(/clean_disk[\s\S]*mountpoint=[\s\S]*Recovery proven/);
  });
});

/** How many firing alerts Medic has taken so far. */
async function firing({ medic }: World): Promise<number> {
  const metrics = await (await fetch(`${medic.url}/metrics`)).text();
  return Number(/medic_alerts_received_total\{[^}]*status="firing"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}
