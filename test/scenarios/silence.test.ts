import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { startAlertmanager } from '../kit/stack/monitoring.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { answer } from '../kit/world/reply.ts';
import { openTestEnv, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const remedies = [ease, mend];
/** A silence that is lifted is noticed within half a minute. */
const SOON = 45_000;

const heal = (env: TestEnv, text: string, user = 'U0BOB') => answer(env.slack, user, '/heal', text);

/** Everything that is to be done has been, and that was nothing. */
async function nothingWasDone(env: TestEnv): Promise<void> {
  await env.quiet();
  expect(env.service.playbookRuns()).toEqual([]);
  expect(env.slack.print(CHANNEL)).not.toMatch(/A person is needed|@oncall/);
}

describe('what /heal silence is answered', () => {
  let env: TestEnv;
  beforeAll(async () => {
    env = await openTestEnv({ remedies, services: ['shop', 'store'] });
  });
  afterAll(() => env.stop());

  it('names the forms among the others', async () => {
    expect(await heal(env, 'help')).toMatch(
      /\/heal silence <service\|all> <duration>[\s\S]*\/heal unsilence[\s\S]*\/heal reset/,
    );
  });

  it.each([
    [
      'silence',
      /could not read that: a silence needs[\s\S]*`\/heal silence <service\|all> <duration> \[reason\]`/,
    ],
    ['silence shop soon', /"soon" is no duration such as 45m, 2h or 1d/],
    ['silence shop 8d', /lasts from 1 minute to 7 days/],
    ['silence nowhere 2h', /I know no service `nowhere`\. Services I know: `shop`, `store`/],
    ['unsilence s-1234', /no silence `s-1234` is in force\. `\/heal silences` shows/],
    ['unsilence all', /no silence of everything is in force/],
    ['reset nowhere', /I know no service `nowhere`\. Services I know/],
    ['reset shop', /automation was not stopped on `test\/shop`, `test\/localhost`/],
    ['silences', /^Nothing is silenced\.$/],
  ])('%s: what is wrong, and nothing changes', async (text, expected) => {
    expect(await heal(env, text)).toMatch(expected);
  });

  it.each(['silence shop 2h', 'unsilence shop', 'reset shop'])('%s: no, without the role', async (text) => {
    expect(await heal(env, text, 'U0DAVE')).toMatch(
      /Nothing was changed: this needs the operator role: ask .*Bob/,
    );
    expect(await heal(env, 'silences', 'U0DAVE')).toBe('Nothing is silenced.');
  });

  it('lists what is silenced with who, why and until when, in words that name nobody else', async () => {
    const answer = await heal(env, 'silence shop 2h moving <!channel> racks');
    const [, id = ''] = /`\/heal unsilence (s-[0-9a-f]+)`/.exec(answer) ?? [];
    expect(answer).toContain('*shop* is silenced until');
    await heal(env, 'silence all 1d');
    const list = (await heal(env, 'silences', 'U0DAVE')).split('\n');
    expect(list).toHaveLength(2);
    expect(list[0]).toMatch(
      new RegExp(`\`${id}\`: \\*shop\\* until .*, silenced by @.*: moving <!channel> racks`),
    );
    expect(list[1]).toMatch(/: everything until .*, silenced by @/);
    expect(await heal(env, `unsilence ${id}`)).toContain(`No longer silenced: *shop* (\`${id}\`)`);
    expect(await heal(env, 'unsilence all')).toContain('No longer silenced: everything');
    expect(await heal(env, 'silences')).toBe('Nothing is silenced.');
  });

  it('says for which targets automation may act again', async () => {
    const redis = connect(env.redisUrl, { failFast: true });
    await redis.hset(keysOf('medic').tripped, 'test/shop', '1', 'test/store', '1');
    expect(await heal(env, 'reset shop')).toBe('Automation may act again on `test/shop`.');
    expect(await heal(env, 'reset shop')).toContain('automation was not stopped');
    expect(await redis.hkeys(keysOf('medic').tripped)).toEqual(['test/store']);
    await redis.quit();
  });
});

describe.concurrent('a silence from Slack', () => {
  it(
    'lets an alert be recorded and diagnosed and nothing be done, until it is lifted: then what still fires is healed',
    inTestEnv({ remedies }, async (env) => {
      await heal(env, 'silence shop 1h deploy');
      await env.fireAlert('Small');
      const card = await env.card(/Muted: shop/);
      await nothingWasDone(env);
      expect(env.slack.textOf(card)).toMatch(/nothing is done until .*: silenced by @.*: deploy/);
      expect(env.slack.print(CHANNEL, card.ts)).toMatch(/Evidence:[\s\S]*Mend by ease[\s\S]*Muted until/);

      await heal(env, 'unsilence shop');
      await env.card(/Resolved: shop/, SOON);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
      expect(env.slack.print(CHANNEL)).not.toContain('A person is needed');
    }),
  );

  it(
    'keeps a plan that waited in its cancel window from starting',
    inTestEnv({ remedies, pace: { cancel_window: '4s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await heal(env, 'silence all 1h');
      await env.card(/Muted: shop/);
      await nothingWasDone(env);
    }),
  );

  it(
    'of one service leaves the others alone, and an alert that resolves meanwhile closes its incident',
    inTestEnv({ remedies, services: ['shop', 'store'] }, async (env) => {
      await heal(env, 'silence shop 1h');
      await Promise.all([env.fireAlert('Small'), env.fireAlert('Small', { service: 'store' })]);
      await env.card(/Resolved: store/);
      await env.card(/Muted: shop/);
      expect(env.service.playbookRuns()).toEqual([]);
      env.service.recover();
      await env.resolve('Small');
      await env.card(/Recovered by itself: shop/);
      await nothingWasDone(env);
    }),
  );

  it(
    'does not hinder a person, who may run a playbook all the same',
    inTestEnv({ remedies }, async (env) => {
      await heal(env, 'silence shop 1h');
      env.service.breakDown();
      await heal(env, 'ease service=shop');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );
});

describe.concurrent('a maintenance window', () => {
  /** Open now, for as many seconds, counted from the moment at which the scenario begins: Medic starts within them, on a busy machine too. */
  const openFor = (seconds: number) => ({
    name: 'patching',
    services: ['shop'],
    from: new Date(Date.now() - 60_000).toISOString(),
    to: new Date(Date.now() + seconds * 1_000).toISOString(),
  });

  it('lets an alert be diagnosed and nothing be done; at its end what still fires is healed', () =>
    inTestEnv({ remedies, settings: { maintenance: [openFor(45)] } }, async (env) => {
      await env.fireAlert('Small');
      const card = await env.card(/Muted: shop/, 20_000);
      await nothingWasDone(env);
      expect(env.slack.textOf(card)).toMatch(/nothing is done until .*: maintenance "patching"/);
      expect(await heal(env, 'silences')).toMatch(
        /`maintenance:patching`: \*shop\* until .*, maintenance "patching"/,
      );
      expect(await heal(env, 'unsilence shop')).toContain(
        'the maintenance window `patching` stands in `medic.yml`',
      );
      await env.card(/Resolved: shop/, SOON + 20_000);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    })());

  it('survives the death of Medic, and calls nobody for what no playbook answers until it is over', () =>
    inTestEnv({ remedies, settings: { maintenance: [openFor(45)] } }, async (env) => {
      await env.fireAlert('Strange');
      await env.card(/Muted: shop/, 20_000);
      await nothingWasDone(env);
      await env.kill();
      await env.restart();
      await env.card(/Needs a person: shop/, SOON + 20_000);
      expect(env.service.playbookRuns()).toEqual([]);
    })());
});

describe("Alertmanager's own silence", () => {
  it('lets an alert be diagnosed and nothing be done, until it expires: then what still fires is healed', async () => {
    const scratch = await scratchDir('alertmanager');
    const webhook = { url: 'http://127.0.0.1:9/', token: 'x' };
    const alertmanager = await startAlertmanager({ dir: scratch.path, webhook });
    try {
      const id = await silenceIn(alertmanager.url, 'service', 'sh.p');
      await inTestEnv({ remedies, env: { ALERTMANAGER_URL: alertmanager.url } }, async (env) => {
        await env.fireAlert('Small');
        const card = await env.card(/Muted: shop/);
        await nothingWasDone(env);
        expect(env.slack.textOf(card)).toMatch(/silenced in Alertmanager by ops: noise/);
        expect(await heal(env, 'silences')).toContain(`alerts with \`service=~"sh.p"\``);
        expect(await heal(env, `unsilence alertmanager:${id}`)).toContain('to be ended in Alertmanager');
        await fetch(`${alertmanager.url}/api/v2/silence/${id}`, { method: 'DELETE' });
        await env.card(/Resolved: shop/, SOON + 15_000);
        expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
      })();
    } finally {
      await alertmanager.stop();
      await scratch.remove();
    }
  });
});

/** Silences alerts by a label for an hour, as a person does in Alertmanager; resolves with the id of the silence. */
async function silenceIn(url: string, name: string, value: string): Promise<string> {
  const at = (time: number) => new Date(time).toISOString();
  const response = await fetch(`${url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name, value, isRegex: true, isEqual: true }],
      startsAt: at(Date.now()),
      endsAt: at(Date.now() + 3_600_000),
      createdBy: 'ops',
      comment: 'noise',
    }),
  });
  return ((await response.json()) as { silenceID: string }).silenceID;
}
