import { describe, expect, test } from 'vitest';
import type { ToldSoFar } from '../../../../../src/desk/desk.ts';
import { code, say } from '../../../../../src/lib/text/text.ts';
import { exampleSeed } from '../../../../kit/slack/defaults.ts';
import {
  incidentIn,
  OPENED,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../../../kit/slack-sink/example.ts';
import { CHANNEL, connected, posted, shownCard } from '../../../../kit/slack-sink/scene.ts';

const told: ToldSoFar = {
  incident: waitingInWindow(OPENED + 60_000),
  timeline: timelineOf(...untilWindow),
  now: OPENED + 5000,
};
const known = { told: async () => told };
const BUTTONS = Object.fromEntries(
  ['catch-up', 'silence', 'hand-over'].map((tool) => [`plan:${tool}`, { i: 'I1', p: null }]),
);

describe('the second row of a card', () => {
  test('catches somebody up from the record, in front of them and nobody else', async () => {
    const all = await connected({ desk: known });
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, BUTTONS), 'plan:catch-up');
    const shown = JSON.stringify(await bob.modal('Catch me up'));
    expect(shown).toContain('*Now:* About to fix: catalog.');
    expect(shown).toContain('Opened by an alert: CatalogMemoryHigh');
    expect(shown).toContain('Diagnosis: catalog leaks memory (92 % sure)');
    expect(all.wishes).toEqual([]);
  });

  test('silences for as long as somebody chooses, and says so in the thread', async () => {
    const text = say`silenced until noon. ${code('/heal unsilence s-1')} ends this.`;
    const all = await connected({ desk: known, answer: () => ({ text, forEverybody: true }) });
    const card = await shownCard(all);
    const bob = all.slack.person('U0BOB');
    await bob.click(card, 'plan:silence');
    await bob.submit(await bob.modal('Silence it'), { for: '14400000', scope: 'service', why: 'a drill' });
    expect(all.wishes).toMatchObject([
      { to: 'silence', incident: 'I1', scope: 'service', duration: 14_400_000, reason: 'a drill' },
    ]);
    const message = await all.slack.message(
      CHANNEL,
      ({ text: said }) => said?.startsWith('silenced until') === true,
    );
    expect(message.thread_ts).toBe(card.ts);
  });

  test('a silence that is refused stays open with the reason, and keeps what was typed', async () => {
    const answer = () => ({
      text: say`Nothing was changed: this needs the operator role.`,
      refused: true as const,
    });
    const all = await connected({ desk: known, answer });
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, BUTTONS), 'plan:silence');
    await bob.submit(await bob.modal('Silence it'), { for: '1800000' });
    expect(JSON.stringify(await bob.modal('Silence it'))).toContain('needs the operator role');
  });

  test('an incident whose alerts have all resolved has nothing to silence', async () => {
    const over = incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null }, { alerts: {} });
    const all = await connected({ desk: { told: async () => ({ ...told, incident: over }) } });
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, BUTTONS), 'plan:silence');
    expect(JSON.stringify(await bob.modal('Silence it'))).toContain('No alert of it fires any more');
  });

  test('hands over to whom somebody picks', async () => {
    const all = await connected({ desk: known });
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, BUTTONS), 'plan:hand-over');
    await bob.submit(await bob.modal('Hand over'), { to: 'U0ALICE' });
    expect(all.wishes).toMatchObject([
      { to: 'handOver', incident: 'I1', whom: 'U0ALICE', by: { id: 'U0BOB' } },
    ]);
  });

  test.each([
    ['an app', 'U0MEDIC', 'Medic is an app. Choose a person.'],
    ['whoever has left', 'U0GONE', 'Grace’s account is deactivated. Choose somebody else.'],
    ['Slack itself', 'USLACKBOT', 'Slackbot is an app. Choose a person.'],
  ])('hands nothing over to %s, says why under the choice, and lets another be made', async (_, id, why) => {
    const [alice] = exampleSeed().users;
    if (alice === undefined) return expect.fail();
    const gone = { ...alice, id: 'U0GONE', name: 'grace', real_name: 'Grace', deleted: true } as const;
    const slackbot = { ...alice, id: 'USLACKBOT', name: 'slackbot', real_name: 'Slackbot' };
    const users = [...exampleSeed().users, gone, slackbot];
    const all = await connected({ desk: known, slack: { users } });
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, BUTTONS), 'plan:hand-over');
    const view = await bob.modal('Hand over');
    expect(await bob.submit(view, { to: id })).toMatchObject({ errors: { to: why } });
    expect(all.wishes).toEqual([]);
    await bob.submit(view, { to: 'U0ALICE' });
    expect(all.wishes).toMatchObject([{ to: 'handOver', whom: 'U0ALICE' }]);
  });
});

describe('a fix that is offered', () => {
  test('is a plan of whoever presses it, with its own values, and a refusal is told to them', async () => {
    const answer = () => ({
      text: say`Nothing was changed: this needs the operator role.`,
      refused: true as const,
    });
    const all = await connected({ answer });
    const bob = all.slack.person('U0BOB');
    await bob.click(
      await posted(all, { 'plan:fix:0': { i: 'I1', p: null, b: 'restart_service' } }),
      'plan:fix:0',
    );
    await bob.told(CHANNEL, /needs the operator role/);
    expect(all.wishes).toMatchObject([
      {
        to: 'replan',
        incident: 'I1',
        plan: null,
        playbook: 'restart_service',
        parameters: {},
        by: { id: 'U0BOB' },
      },
    ]);
  });

  test('that names no playbook does nothing', async () => {
    const all = await connected();
    const bob = all.slack.person('U0BOB');
    await bob.click(await posted(all, { 'plan:fix:0': { i: 'I1', p: null } }), 'plan:fix:0');
    await bob.told(CHANNEL, /no longer works/);
    expect(all.wishes).toEqual([]);
  });
});
