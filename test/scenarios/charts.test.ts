import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../kit/slack/server.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { cardThat } from '../kit/world/test-env.ts';
import { CHANNEL, startWorld, type World } from '../kit/world/world.ts';

/** Detection by Prometheus, a run of Ansible and the proof of recovery, on a machine that has other things to do. */
const PATIENCE = 60_000;

describe('with real metrics', () => {
  let scratch: Scratch;
  let world: World;

  beforeAll(async () => {
    scratch = await scratchDir('charts');
    world = await startWorld({ dir: scratch.path, pace: { cooldown: '1s' } });
  });
  afterAll(async () => {
    await world?.stop();
    await scratch?.remove();
  });

  const thread = (card: Message) => world.slack.thread(CHANNEL, card.ts);
  const keyOf = ({ metadata }: Message) => String(metadata?.event_payload.key);
  const messagesOf = (card: Message, key: string) => thread(card).filter((one) => keyOf(one) === key);
  const imageOf = (card: Message, key: string) =>
    messagesOf(card, key)[0]?.blocks?.find(({ type }) => type === 'image') as
      | { readonly slack_file: { readonly id: string }; readonly alt_text: string }
      | undefined;
  const pictured = async (card: Message, key: string) => {
    await world.slack.until(() => imageOf(card, key) !== undefined, `the picture ${key}`, PATIENCE);
    return imageOf(card, key);
  };
  const pngOf = (id: string) => world.slack.state.files.get(id)?.content;

  it('the alert’s metric is shown with the diagnosis, and again when recovery is proven', async () => {
    await world.stack.fleet.break('crash');
    const card = await world.slack.message(CHANNEL, cardThat(/catalog/), PATIENCE);
    const first = await pictured(card, 'chart-diagnosis');
    expect(first?.alt_text).toMatch(/^ServiceDown of catalog: .*\bworst 0\b/);
    const keys = thread(card).map(keyOf);
    expect(keys[keys.indexOf('chart-diagnosis') - 1]).toMatch(/^diagnosis-/);
    const second = await pictured(card, 'chart-recovery');
    expect(second?.alt_text).toMatch(/back at 1 .* of the fix/);
    const pictures = [first, second].map((image) => pngOf(image?.slack_file.id ?? ''));
    for (const png of pictures) expect(png?.subarray(1, 4).toString()).toBe('PNG');
    expect(thread(card).map(keyOf).at(-1)).toBe('chart-recovery');
  });

  it('a Medic that is killed while it brings a picture leaves one message, and the next one brings it', async () => {
    world.slack.faults.hang('files.completeUploadExternal');
    const uploads = () =>
      world.slack.calls.filter(({ method }) => method === 'files.completeUploadExternal').length;
    const before = uploads();
    await world.stack.fleet.break('release');
    await world.slack.until(() => uploads() > before, 'an upload to hang', PATIENCE);
    await world.medic.kill();
    world.slack.faults.clear();
    await world.restart();
    const card = await world.slack.message(CHANNEL, cardThat(/: storefront\n/), PATIENCE);
    const image = await pictured(card, 'chart-diagnosis');
    expect(image?.alt_text).toMatch(/^HighErrorRate of storefront: .* above 5 %/);
    expect(messagesOf(card, 'chart-diagnosis')).toHaveLength(1);
  });
});
