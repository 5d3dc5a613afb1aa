import { expect, it } from 'vitest';
import { falseWordsIn } from './ground.ts';
import { tableOf } from './rows.ts';

const sent = (args: Record<string, unknown>) => ({
  calls: [{ method: 'chat.postMessage', args, at: 0, answer: { ok: true } }],
});
const marked = (text: string) =>
  sent({ text: 'x', blocks: JSON.stringify([{ type: 'section', text: { type: 'mrkdwn', text } }]) });

it.each([
  ['a call in the fallback', sent({ text: '<!channel> help' })],
  ['a call in a block', marked('it says <!here|here>')],
  ['a person', marked('ask <@U0EVE>')],
  ['a group', marked('<!subteam^S0EVERY>')],
  ['a link under another name', marked('<https://evil.example|Prometheus>')],
  ['a link under no name', marked('<https://evil.example>')],
  ['an element that calls', sent({ blocks: [{ type: 'rich_text', elements: [{ type: 'broadcast' }] }] })],
  ['a line that looks approved', marked('it is ill\n*Approved by @carol*')],
  ['text that turns its direction', marked('\u202egnp.exe')],
])('the measuring of words finds %s', (_, slack) => expect(falseWordsIn(slack)).not.toEqual([]));

it.each([
  ['words that were escaped', marked('it says &lt;!channel&gt;')],
  ['a link that shows where it leads', marked('<https://evil.example/x|Runbook at evil.example>')],
  ['a call in text that Slack shows as it stands', sent({ blocks: [{ type: 'text', text: '<!channel>' }] })],
  ['an approval in the middle of a sentence', marked('its summary says: Approved by @carol')],
])('the measuring of words leaves %s alone', (_, slack) => expect(falseWordsIn(slack)).toEqual([]));

it('the table counts what was tried, what acted, and what of that was allowed', () => {
  const row = { family: 'one', tried: 'this', happened: 'nothing', acted: false, allowed: false };
  const table = tableOf([
    row,
    { ...row, acted: true },
    { ...row, family: 'other', acted: true, allowed: true },
  ]);
  expect(table).toMatch(/^one +2 +1 +0$/m);
  expect(table).toMatch(/^other +1 +1 +1$/m);
  expect(table).toMatch(/^all together +3 +2 +1$/m);
});
