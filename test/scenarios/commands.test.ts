import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { announced, reply } from '../kit/world/reply.ts';
import { inSplitWard } from '../kit/world/split.ts';
import { openTestEnv, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const undo = { name: 'undo', risk: 'high', alert: 'Grave', dryRun: true } as const;
const remedies = [ease, mend, undo];

describe('what a command is answered, to the one who typed it and to nobody else', () => {
  let env: TestEnv;
  beforeAll(async () => {
    env = await openTestEnv({ remedies });
  });
  afterAll(() => env.stop());
  const heal = (text: string, user = 'U0BOB') => reply(env.slack, user, '/heal', text);
  const diagnose = (text: string, user = 'U0DAVE') => reply(env.slack, user, '/diagnose', text);

  it('/heal alone, or with help, says what it can do', async () => {
    const help = await heal('help');
    expect(help).toMatch(/\/heal <playbook> key=value[\s\S]*\/heal list[\s\S]*\/heal pause/);
    for (const word of ['status', 'history', 'resume', 'mode', 'silence', 'unsilence', 'silences', 'reset'])
      expect(help).toContain(`/heal ${word}`);
    expect(help).toMatch(/\/diagnose[\s\S]*Approve[\s\S]*(?::x:|❌)[\s\S]*mention me[\s\S]*Home/);
    expect(await heal('')).toBe(await heal('help'));
  });

  it('/heal list shows the playbooks by risk, each with its form, what it does and what its parameters are', async () => {
    expect(await heal('list')).toMatch(
      /Low risk[^\n]*\n.*`\/heal ease service=…`: Mend by ease\n +`service`: the service to mend\n.*Medium risk[^\n]*\n.*`\/heal mend service=…`: Mend by mend\n[^\n]*\n.*High risk[^\n]*\n.*`\/heal undo service=…`: Mend by undo/,
    );
  });

  it('/heal status says that nothing is open when nothing is', async () => {
    expect(await heal('status')).toBe('No incident is open.');
  });

  it('/heal with a playbook that is not there names those that are', async () => {
    const answer = await heal('nonsense service=shop');
    expect(answer).toContain('There is no playbook `nonsense`');
    expect(answer).toContain('/heal mend service=…');
  });

  it.each([
    ['undoo service=shop', 'There is no playbook `undoo`. Did you mean `/heal undo`?'],
    ['statsu', 'There is no playbook `statsu`. Did you mean `/heal status`?'],
    ['silnce shop 2h', 'Did you mean `/heal silence`?'],
  ])('/heal %s is answered with what was probably meant', async (text, expected) => {
    expect(await heal(text)).toContain(expected);
  });

  it('/heal history says that nothing has closed when nothing has', async () => {
    expect(await heal('history')).toBe('No incident is known to have closed.');
    expect(await heal('history shop')).toBe('No incident about `shop` is known to have closed.');
  });

  it('/heal mode shows what holds, and refuses what it does not know or who may not', async () => {
    expect(await heal('mode', 'U0DAVE')).toMatch(/^Mode \*?tiered\*? by `medic\.yml`: low risk runs at once/);
    expect(await heal('mode sleepy')).toMatch(/"sleepy" is no mode[\s\S]*observe\|supervised\|tiered/);
    expect(await heal('mode observe nowhere')).toMatch(
      /Nothing was changed: I know no service and no environment `nowhere`\. Services I know: `shop`\. Environments: `test`/,
    );
    expect(await heal('mode observe', 'U0DAVE')).toMatch(/Nothing was changed: this needs the operator role/);
    expect(await heal('mode default')).toMatch(/Nothing was changed: nobody has set a mode for everything/);
  });

  it.each([
    [
      'mend',
      /Name a service I know\.[\s\S]*`shop`[\s\S]*`\/heal mend service=…`[\s\S]*`service`: the service to mend/,
    ],
    ['mend service=nowhere', /I know no service `nowhere`\.[\s\S]*`\/heal mend service=…`/],
    ['mend shop', /"shop" is not of the form key=value\. The form is `\/heal mend service=…`/],
    ['history nowhere', /No incident about `nowhere` is known to have closed\. Services I know: `shop`/],
    ['mend service=shop service=shop', /"service" is given twice/],
    ['mend service="shop', /a quote is not closed/],
    [
      'mend service=shop colour=red',
      /“colour”.* no such parameter[\s\S]*The form is `\/heal mend service=…`/,
    ],
  ])('/heal %s is answered with what is wrong and the right form', async (text, expected) => {
    expect(await heal(text)).toMatch(expected);
  });

  it('/heal by a person without the role is refused with who has it', async () => {
    const answer = await heal('mend service=shop', 'U0DAVE');
    expect(answer).toMatch(/Nothing was changed: this needs the operator role: ask .*Bob/);
    expect(answer).not.toContain('The form is');
    expect(await heal('pause', 'U0DAVE')).toMatch(/Nothing was changed: this needs the operator role/);
  });

  it('/diagnose help says what it wants and what it knows', async () => {
    expect(await diagnose('help')).toMatch(/`\/diagnose <service>`[\s\S]*Services I know: `shop`/);
  });

  it('nothing of all that opened an incident or ran anything', async () => {
    expect(await heal('status')).toBe('No incident is open.');
    expect(env.slack.thread(CHANNEL, '0')).toEqual([]);
    expect(env.slack.print(CHANNEL)).not.toContain('Opened by');
    expect(env.service.playbookRuns()).toEqual([]);
  });
});

describe.concurrent('/heal runs a playbook by its tier', () => {
  it(
    'low runs at once, once Medic has looked that it is needed',
    inTestEnv({ remedies }, async (env) => {
      env.service.breakDown();
      expect(await reply(env.slack, 'U0BOB', '/heal', 'ease service=shop')).toContain(
        'waits until I have looked whether it is needed',
      );
      await env.slack.message(CHANNEL, /asked for by \W*U0BOB/, 10_000);
      await env.card('Resolved', 15_000);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
      await env.quiet();
      expect(env.slack.print(CHANNEL)).not.toContain('A person is needed');
    }),
  );

  it(
    'medium waits for its cancel window, and meanwhile a second one is refused with the reason',
    inTestEnv({ remedies, pace: { cancel_window: '3s' } }, async (env) => {
      env.service.breakDown();
      await reply(env.slack, 'U0BOB', '/heal', 'mend service=shop');
      await env.card(/runs in/, 10_000);
      const second = await reply(env.slack, 'U0BOB', '/heal', 'ease service=shop');
      expect(second).toMatch(/Nothing was changed: shop has a plan under way already[^\n]* See thread \S+$/);
      expect(await reply(env.slack, 'U0DAVE', '/heal', 'status')).toMatch(
        /^• \*?shop\*? \(info\): about to fix at .* · for \d+ s · thread/,
      );
      expect(env.service.playbookRuns()).toEqual([]);
      await env.card('Resolved', 15_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'high shows its dry run and needs someone else’s approval',
    inTestEnv({ remedies }, async (env) => {
      env.service.breakDown();
      await reply(env.slack, 'U0CAROL', '/heal', 'undo service=shop');
      const card = await env.card('[Approve]', 10_000);
      expect(env.slack.print(CHANNEL, card.ts)).toContain('would mend shop by undo');
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.slack.person('U0CAROL').told(CHANNEL, /someone else has to approve it/);
      expect(env.service.playbookRuns()).toEqual([]);
      await env.slack.person('U0ALICE').click(card, 'Approve');
      await env.card('Resolved', 15_000);
      expect(env.service.playbookRuns()).toEqual(['cure undo shop']);
    }),
  );

  it(
    'a command that Slack delivers twice runs once',
    inTestEnv({ remedies: [{ ...ease, gated: true }] }, async (env) => {
      env.service.breakDown();
      env.slack.faults.duplicate();
      await reply(env.slack, 'U0BOB', '/heal', 'ease service=shop');
      await env.slack.until(() => env.service.isTreated(), 'remedy to begin', 10_000);
      env.service.openGate();
      await env.card('Resolved', 15_000);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
      expect(env.slack.print(CHANNEL).match(/Opened by/g)).toHaveLength(1);
    }),
  );

  it(
    'a plan whose premise does not hold is not started, which answers the one who asked and calls nobody',
    inTestEnv({ remedies: [{ ...mend, looks: false }], pace: { cancel_window: '1s' } }, async (env) => {
      // Nothing can be looked at for it, so that people are asked for it; what it says must hold is read all the same.
      await reply(env.slack, 'U0BOB', '/heal', 'mend service=shop');
      await env.slack.person('U0CAROL').click(await env.card('[Approve]'), 'Approve');
      const card = await env.card('Answered', 15_000);
      await env.quiet();
      const thread = env.slack.print(CHANNEL, card.ts);
      expect(thread).toMatch(/Mend by mend was not started; health check: health answered 200/);
      expect(thread).not.toMatch(/A person is needed/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'an alert that comes after nobody approved is looked into as any other',
    inTestEnv({ remedies, pace: { approval_expires: '1s' } }, async (env) => {
      await reply(env.slack, 'U0BOB', '/heal', 'undo service=shop');
      await env.card('Needs a person', 15_000);
      await env.fireAlert('Small');
      await env.card('Resolved', 20_000);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );

  it(
    'an alert that comes while a question is looked into is healed as any other',
    inTestEnv({ remedies }, async (env) => {
      await reply(env.slack, 'U0DAVE', '/diagnose', 'shop');
      await env.fireAlert('Small');
      await env.card('Resolved', 20_000);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );
});

describe.concurrent('/diagnose', () => {
  it(
    'looks at a service, tells what it found in a thread, and ends as answered without calling anyone',
    inTestEnv({ remedies }, async (env) => {
      expect(await reply(env.slack, 'U0DAVE', '/diagnose', 'Shop')).toContain('Looking at *shop*');
      const evidence = await env.slack.message(CHANNEL, /Evidence:/, 10_000);
      expect(env.slack.textOf(evidence)).toMatch(/Probe health:\W* answered 200/);
      const card = await env.card('Answered', 10_000);
      await env.quiet();
      const thread = env.slack.print(CHANNEL, card.ts);
      expect(thread).toMatch(/Opened by @?Dave/);
      expect(thread).toMatch(/[Ll]ooks healthy: .*health answered 200 in \d+ ms/);
      expect(thread).not.toMatch(/A person is needed|@oncall/);
      expect(env.service.playbookRuns()).toEqual([]);
      expect(await reply(env.slack, 'U0DAVE', '/heal', 'status')).toBe('No incident is open.');
    }),
  );

  it(
    'finds the service in what a person writes in their own words',
    inTestEnv({ remedies }, async (env) => {
      await reply(env.slack, 'U0DAVE', '/diagnose', 'why is shop so slow?');
      const card = await env.card('Answered: shop', 10_000);
      expect(env.slack.textOf(card)).toContain('why is shop so slow?');
    }),
  );

  it(
    'an unknown name opens nothing: who wrote it alone hears of it, with the nearest names',
    inTestEnv({ remedies }, async (env) => {
      expect(await reply(env.slack, 'U0DAVE', '/diagnose', 'cellar is damp')).toMatch(
        /I know no service, host or open incident named in `cellar is damp`\. Services I know: `shop`/,
      );
      expect(await reply(env.slack, 'U0DAVE', '/diagnose', 'shpo is slow')).toContain('Did you mean `shop`?');
      await env.quiet();
      expect(env.slack.print(CHANNEL)).not.toMatch(/Opened by|Answered|Investigating/);
      expect(await reply(env.slack, 'U0DAVE', '/heal', 'status')).toBe('No incident is open.');
    }),
  );

  it(
    'finds the incident that is open about what was described, and opens no other',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Strange');
      await env.card('Needs a person', 10_000);
      const answer = await reply(env.slack, 'U0DAVE', '/diagnose', 'what is Strange about?');
      expect(answer).toMatch(/operator role[\s\S]*Open for \d+ s: needs a person[\s\S]*thread/);
      await env.quiet();
      expect(env.slack.print(CHANNEL).match(/Opened by/g)).toHaveLength(1);
    }),
  );

  it(
    'a question about an incident that rests looks again, for an operator, and once when Slack delivers it twice',
    inTestEnv({ remedies }, async (env) => {
      await env.fireAlert('Strange');
      await env.card('Needs a person', 10_000);
      const rounds = () => env.slack.print(CHANNEL).match(/Evidence:/g)?.length;
      // The incident rests, with a person: looking again takes up the work on it.
      expect(await reply(env.slack, 'U0DAVE', '/diagnose', 'shop')).toContain('needs the operator role');
      env.slack.faults.duplicate();
      await reply(env.slack, 'U0BOB', '/diagnose', 'shop');
      await env.slack.until(() => rounds() === 2, 'second look', 15_000);
      await env.quiet();
      expect(rounds()).toBe(2);
      expect(env.slack.print(CHANNEL).match(/Opened by/g)).toHaveLength(1);
    }),
  );
});

describe.concurrent('/heal status, history and pause', () => {
  it(
    'tell what is open in the words of its card, and how it ended once it is closed',
    inTestEnv({ remedies, services: ['shop', 'cellar'] }, async (env) => {
      const heal = (text: string) => reply(env.slack, 'U0DAVE', '/heal', text);
      await env.fireAlert('Grave');
      await env.card('[Approve]');
      const asked = async () => {
        const phase = (await env.incident())?.phase;
        return phase?.at === 'waiting' && phase.deadline !== null;
      };
      await until(asked, { what: 'the time of the approval to run', ms: 10_000 });
      expect(await heal('status')).toMatch(
        /^• \*?shop\*? \(critical\): needs approval, open until .* · for /,
      );
      await env.slack.person('U0CAROL').click(await env.card('[Approve]'), 'Approve');
      await env.card('Resolved');
      expect(await heal('status')).toBe('No incident is open.');
      const told = /^The last incident.*\n• \*?shop\*?, shop is ill: resolved by `undo` · in \d+ s · /;
      expect(await heal('history')).toMatch(told);
      expect(await heal('History Shop')).toMatch(told);
      expect(await heal('history cellar')).toBe('No incident about `cellar` is known to have closed.');
    }),
  );

  it(
    'a pause says what it holds back, and the status says that all is paused, and what else is not as usual',
    inTestEnv({ remedies, services: ['shop', 'cellar'] }, async (env) => {
      const all = (text: string) => announced(env.slack, 'U0BOB', '/heal', text);
      await env.fireAlert('Grave');
      await env.card('[Approve]');
      expect(await all('pause')).toMatch(
        /Nothing runs now\.\nWaiting until then: \*?shop\*? \(needs approval/,
      );
      await all('silence cellar 2h');
      await all('mode supervised cellar');
      const status = await reply(env.slack, 'U0DAVE', '/heal', 'status');
      expect(status).toMatch(/Paused by .*: nothing new starts/);
      expect(status).toMatch(/Mode \*?supervised\*? for `cellar`, by @/);
      expect(status).toMatch(/Silenced: \*?cellar\*? until/);
      expect(await all('resume')).toMatch(/Resumed by @.*: plans that wait for their turn start again/);
      expect(await reply(env.slack, 'U0BOB', '/heal', 'resume')).toMatch(/Medic is not paused/);
    }),
  );
});

describe.concurrent('/heal mode', () => {
  it(
    'holds from now on and in every replica, also for what was decided and approved before',
    inTestEnv({ remedies }, async (env) => {
      await env.replica('second');
      await env.fireAlert('Grave');
      const card = await env.card('[Approve]');
      const order = await announced(env.slack, 'U0BOB', '/heal', 'mode observe shop');
      expect(order).toMatch(
        /set mode \*?observe\*? for `shop`.*`shop` from tiered to observe.*mode default shop/,
      );
      // Either replica may have taken the command, and either may claim.
      const logs = () =>
        ['medic', 'second'].map((name) => readFileSync(join(env.dir, `${name}.log`), 'utf8'));
      const noted = () => /"by":"U0BOB".*a person has set the mode/.test(logs().join(''));
      await until(async () => noted(), { what: 'the log to say who has set the mode', ms: 5_000 });
      await env.slack.person('U0CAROL').click(card, 'Approve');
      await env.card(/Only watching: shop/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'set to observe runs nothing until it is lifted, which takes an approver',
    inTestEnv({ remedies }, async (env) => {
      expect(await announced(env.slack, 'U0BOB', '/heal', 'mode observe')).toContain('for everything');
      await env.fireAlert('Small');
      await env.card('Only watching: shop');
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual([]);
      expect(await reply(env.slack, 'U0BOB', '/heal', 'mode default')).toMatch(
        /Nothing was changed: that lets Medic do more by itself \(`shop` from observe to tiered.*approver role/,
      );
      expect(await announced(env.slack, 'U0CAROL', '/heal', 'mode default')).toMatch(
        /lifted the mode that was set for everything/,
      );
      expect(await reply(env.slack, 'U0DAVE', '/heal', 'mode')).not.toContain('observe* for');
      await env.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
      await env.card('Resolved');
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );

  it(
    'that would let Medic do more for one service is for approvers, although it does less for the others',
    inTestEnv(
      {
        remedies,
        services: ['shop', 'cellar'],
        settings: { policy: { cooldown: '0s', modes: [{ service: 'cellar', mode: 'observe' }] } },
      },
      async (env) => {
        expect(await reply(env.slack, 'U0BOB', '/heal', 'mode supervised all')).toMatch(
          /do more by itself \(`cellar` from observe to supervised\): this needs the approver role/,
        );
        const said = await announced(env.slack, 'U0BOB', '/heal', 'mode Supervised Shop');
        expect(said).toContain('`shop` from tiered to supervised');
        await env.fireAlert('Small');
        await env.card(/Needs approval: shop[\s\S]*supervised mode asks before every run/);
      },
    ),
  );

  it(
    'means the same to a brain and to its runner, which reads fresh what was approved',
    inSplitWard({ remedies }, async ({ ward: env }) => {
      await announced(env.slack, 'U0BOB', '/heal', 'mode supervised');
      await env.fireAlert('Small');
      const asked = await env.card(
        /Needs approval: shop[\s\S]*supervised mode asks before every run[\s\S]*\[Approve\]/,
      );
      await env.slack.person('U0CAROL').click(asked, 'Approve');
      await env.card('Resolved');
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );
});
