import { describe, expect, test } from 'vitest';
import type { Desk, Progress } from '../../../../../src/desk/desk.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import {
  CHANNEL,
  connected,
  overHttp,
  ready,
  type Scene,
  type SceneOptions,
} from '../../../../kit/slack-sink/scene.ts';
import { memoryStore } from '../../../../kit/slack-sink/stage.ts';

const SERVICES = ['shop', 'catalog', 'checkout'];
const THREAD = { channel: CHANNEL, ts: '1700000000.000100' };

const knows: Pick<Desk, 'services'> = {
  services: (text) => SERVICES.filter((name) => name.includes(text.toLowerCase())),
};

/** A desk that opens an incident, and says each time it is asked how far that is. */
function going(...steps: readonly Progress[]): SceneOptions {
  const left = [...steps];
  let now = steps[0];
  return {
    answer: () => ({ text: say`Looking at *shop*.`, incident: 'I1' }),
    desk: {
      ...knows,
      async progress() {
        now = left.length > 1 ? left.shift() : left[0];
        return now ?? null;
      },
    },
    app: {
      projections: {
        ...memoryStore(),
        threads: async (ids) => new Map(now === began ? [] : ids.map((id) => [id, THREAD])),
      },
    },
  };
}

const began: Progress = { text: say`gathering evidence`, settled: false };
/** By then the card stands, as its thread does. */
const threaded: Progress = { ...began };
const settled: Progress = { text: say`cause: a full disk, 92 % sure`, settled: true };

/** A desk that has something to say at once, and a card that stands only once the test lets it: then it is settled. */
function cardComesLate(first: Progress): SceneOptions & { readonly stand: () => void } {
  let stands = false;
  return {
    stand: () => {
      stands = true;
    },
    answer: () => ({ text: say`Looking at *shop*.`, incident: 'I1' }),
    desk: { ...knows, progress: async () => (stands ? settled : first) },
    app: {
      projections: {
        ...memoryStore(),
        threads: async (ids) => new Map(stands ? ids.map((id) => [id, THREAD]) : []),
      },
    },
  };
}

/** What one person was told by themselves, in order. */
function toldTo({ slack }: Scene, user: string): string[] {
  return (slack.state.messages.get(CHANNEL) ?? [])
    .filter((message) => message.ephemeral_to === user)
    .map((message) => slack.textOf(message));
}

describe('"Diagnose this" on a message', () => {
  test('asks what to look at: the service it names is chosen, and its words stand there to be edited', async () => {
    const all = await connected(going(settled));
    const bob = all.slack.person('U0BOB');
    const message = bob.say('C0PAYMENTS', 'since noon Catalog is <slow> & odd');
    await bob.shortcut('diagnose_message', message);
    const view = await bob.modal('Diagnose');
    expect(view.state.values).toMatchObject({
      service: { service: { selected_option: { value: 'catalog' } } },
      seen: { seen: { value: 'since noon Catalog is <slow> & odd' } },
    });
    await bob.submit(view, { seen: 'it is slow' });
    expect(all.wishes).toMatchObject([
      { to: 'diagnose', text: 'catalog: it is slow', by: { id: 'U0BOB', channel: 'C0PAYMENTS' } },
    ]);
    const end = await bob.modal('Cause: a full disk');
    expect(JSON.stringify(end.blocks)).toContain('/archives/C0INCIDENTS/p1700000000000100');
  });

  test('shows in the dialog how it goes', async () => {
    const all = await connected(going(began, threaded, settled));
    const bob = all.slack.person('U0BOB');
    await bob.shortcut('diagnose_message', bob.say(CHANNEL, 'shop is down'));
    await bob.submit(await bob.modal('Diagnose'));
    await bob.modal('Gathering evidence');
    await bob.modal('[Open the thread]');
    await bob.modal('Cause: a full disk');
  });

  test('ends with the button that opens the thread, also where the answer is there before the card', async () => {
    const late = cardComesLate(settled);
    const all = await connected(late);
    const bob = all.slack.person('U0BOB');
    await bob.shortcut('diagnose_message', bob.say(CHANNEL, 'shop is down'));
    await bob.submit(await bob.modal('Diagnose'));
    expect(JSON.stringify(await bob.modal('Cause: a full disk'))).not.toContain('Open the thread');
    late.stand();
    await bob.modal('[Open the thread]');
  });

  test('shows the end once more where Slack did not take it', async () => {
    const all = await connected(going(settled));
    all.slack.faults.answerError('views.update', 'fatal_error');
    const bob = all.slack.person('U0BOB');
    await bob.shortcut('diagnose_message', bob.say(CHANNEL, 'shop is down'));
    await bob.submit(await bob.modal('Diagnose'));
    await bob.modal('[Open the thread]');
  });

  test.each([
    ['before there is an answer', began, 'Gathering evidence'],
    ['before the card stands', settled, 'Cause: a full disk'],
  ])(
    'whose dialog is closed %s tells the end once where it was asked for, with the thread',
    async (_when, first, shown) => {
      const late = cardComesLate(first);
      const all = await connected(late);
      const bob = all.slack.person('U0BOB');
      await bob.shortcut('diagnose_message', bob.say(CHANNEL, 'shop is down'));
      await bob.submit(await bob.modal('Diagnose'));
      await bob.close(await bob.modal(shown));
      late.stand();
      await bob.told(CHANNEL, 'Open the thread');
      expect(toldTo(all, 'U0BOB')).toEqual([
        expect.stringMatching(/^Cause: a full disk, 92 % sure .*Open the thread/),
      ]);
    },
  );

  test('reads what other apps say in attachments', async () => {
    const all = await connected(going(settled));
    const { ts = '', channel = '' } = await all.app.client.chat.postMessage({
      channel: CHANNEL,
      text: '',
      attachments: [{ title: 'FIRING', text: 'checkout: <https://x.example|errors> &gt; 5 %', fallback: '' }],
    });
    const bob = all.slack.person('U0BOB');
    await bob.shortcut('diagnose_message', await all.slack.message(channel, (one) => one.ts === ts));
    expect((await bob.modal('Diagnose')).state.values).toMatchObject({
      service: { service: { selected_option: { value: 'checkout' } } },
      seen: { seen: { value: 'FIRING: checkout: errors > 5 %' } },
    });
  });

  test('with nothing in it is not taken', async () => {
    const all = await connected(going(settled));
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/diagnose', ' ');
    expect(await bob.submit(await bob.modal('Diagnose'))).toEqual({
      ok: false,
      errors: { service: 'Choose a service, or say below what you see.' },
    });
    expect(all.wishes).toEqual([]);
  });

  test('that is refused stays open with the reason', async () => {
    const all = await connected({
      desk: knows,
      answer: () => ({ text: say`Too many are open.`, refused: true }),
    });
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/diagnose');
    await bob.submit(await bob.modal('Diagnose'), { seen: 'odd' });
    const view = await bob.modal('Too many are open.');
    expect(view.state.values.seen).toMatchObject({ seen: { value: 'odd' } });
  });
});

test.each(['socket', 'http'] as const)(
  '/diagnose alone opens the same dialog, whose menu finds services as one types (%s)',
  async (mode) => {
    const all = mode === 'socket' ? await connected(going(settled)) : await overHttp(going(settled));
    if (mode === 'http') {
      all.app.start();
      await ready(all);
    }
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/diagnose');
    const view = await bob.modal('Diagnose');
    expect(await bob.suggestions(view, 'service', '')).toHaveLength(3);
    expect(await bob.suggestions(view, 'service', 'CH')).toEqual([{ label: 'checkout', value: 'checkout' }]);
    await bob.submit(view, { service: 'checkout' });
    expect(all.wishes).toMatchObject([{ to: 'diagnose', text: 'checkout' }]);
  },
);

describe('a command that opens an incident', () => {
  test('is answered at once, then with the thread, then with what was found, and no more than that', async () => {
    const all = await connected(
      going(began, threaded, { ...threaded, text: say`asking the model` }, settled),
    );
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/diagnose', 'shop');
    await bob.told(CHANNEL, 'Cause: a full disk');
    expect(toldTo(all, 'U0BOB')).toEqual([
      'Looking at *shop*.',
      expect.stringMatching(/^Gathering evidence .*Open the thread/),
      expect.stringMatching(/^Cause: a full disk, 92 % sure .*Open the thread/),
    ]);
  });

  test('and answers before the card stands tells what was found once, with the thread', async () => {
    const late = cardComesLate(settled);
    let looks = 0;
    const progress = async () => {
      looks += 1;
      if (looks > 1) late.stand();
      return settled;
    };
    const all = await connected({ ...late, desk: { progress } });
    await all.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
    await all.slack.person('U0BOB').told(CHANNEL, 'Cause: a full disk');
    expect(toldTo(all, 'U0BOB')).toEqual([
      'Looking at *shop*.',
      expect.stringMatching(/^Cause: a full disk, 92 % sure .*Open the thread/),
    ]);
  });

  test('/heal with a playbook gives the thread as soon as there is one', async () => {
    const all = await connected(going(began, threaded));
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/heal', 'restart service=shop');
    await bob.told(CHANNEL, 'Open the thread');
    expect(toldTo(all, 'U0BOB')).toHaveLength(2);
  });

  test('whose progress cannot be read any more ends quietly', async () => {
    const all = await connected({
      answer: () => ({ text: say`Looking at *shop*.`, incident: 'I1' }),
      desk: { progress: () => Promise.reject(new Error('Redis is gone')) },
    });
    await all.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
    await all.slack.until(
      () => all.log.lines.some(({ message }) => message.includes('not told any more')),
      'it to end',
    );
    expect(toldTo(all, 'U0BOB')).toHaveLength(1);
  });

  test('is followed no further once Medic stops', async () => {
    let looked = 0;
    const all = await connected({
      answer: () => ({ text: say`Looking at *shop*.`, incident: 'I1' }),
      desk: {
        progress: async () => {
          looked += 1;
          return began;
        },
      },
    });
    await all.slack.person('U0BOB').command(CHANNEL, '/diagnose', 'shop');
    await all.slack.until(() => looked > 0, 'it to be followed');
    await all.app.stop();
    const before = looked;
    const stopped = performance.now();
    await all.slack.until(() => performance.now() - stopped > 1_200, 'the next look, had there been one');
    expect(looked).toBe(before);
  });
});

describe('what concerns everybody', () => {
  const paused = { text: say`Paused: nothing new starts.`, forEverybody: true } as const;

  test('is answered in the channel where it was done', async () => {
    const all = await connected({ answer: () => paused });
    await all.slack.person('U0BOB').command(CHANNEL, '/heal', 'pause');
    const message = await all.slack.message(CHANNEL, 'Paused: nothing new starts.');
    expect(message.ephemeral_to).toBeUndefined();
  });

  test('is answered to the one who did it where there is nobody else', async () => {
    const all = await connected({ answer: () => paused });
    const bob = all.slack.person('U0BOB');
    await bob.command(bob.directMessage(), '/heal', 'pause');
    await bob.told(bob.directMessage(), 'Paused: nothing new starts.');
  });

  test('and was not done is told to the one who tried, and to nobody else', async () => {
    const all = await connected({
      answer: () => ({ text: say`This needs the operator role.`, refused: true }),
    });
    const dave = all.slack.person('U0DAVE');
    await dave.command(CHANNEL, '/heal', 'pause');
    await dave.told(CHANNEL, 'operator role');
  });
});
