import type { Block } from './types.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const image = { type: 'image', image_url: 'https://example.com/chart.png', alt_text: 'A chart' };
const button = (text: string, action_id: string) => ({ type: 'button', text: plain(text), action_id });
const options = [
  { text: plain('Restart'), value: 'restart' },
  { text: plain('Roll back'), value: 'rollback' },
];
const rich = (...elements: Record<string, unknown>[]): Block => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});
const cell = (text: string) => ({ type: 'raw_text', text });
const task: Block = {
  type: 'task_card',
  task_id: 't1',
  title: 'Read the log',
  status: 'complete',
  output: rich({ type: 'text', text: '3 errors' }),
  sources: [{ type: 'url', url: 'https://example.com/log', text: 'log' }],
};
const card: Block = {
  type: 'card',
  title: mrkdwn('*catalog*'),
  body: mrkdwn('is down'),
  actions: [button('Open', 'open')],
};

/** One well-formed block of every type Slack knows. */
export const exampleBlocks: Block[] = [
  { type: 'header', text: plain('catalog is down') },
  {
    type: 'section',
    text: mrkdwn('*Cause:* killed'),
    fields: [mrkdwn('*Host*\nlocalhost'), plain('tier low')],
    accessory: { type: 'overflow', action_id: 'more', options },
  },
  { type: 'context', elements: [mrkdwn('by <@U0ALICE>'), image] },
  {
    type: 'actions',
    elements: [
      button('Approve', 'approve'),
      { type: 'static_select', action_id: 'pick', placeholder: plain('Choose'), options },
      { type: 'radio_buttons', action_id: 'radio', options },
      { type: 'checkboxes', action_id: 'checks', options },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-01-31' },
    ],
  },
  { type: 'divider' },
  {
    type: 'image',
    image_url: 'https://example.com/memory.png',
    alt_text: 'Memory',
    title: plain('Two hours'),
  },
  { type: 'markdown', text: '**bold**\n- item' },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'ask ', style: { bold: true } },
          { type: 'user', user_id: 'U0ALICE' },
          { type: 'text', text: ' in ' },
          { type: 'channel', channel_id: 'C0INCIDENTS' },
          { type: 'emoji', name: 'eyes' },
          { type: 'link', url: 'https://example.com', text: 'here' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first' }] }],
      },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quoted' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'exit 1' }] },
    ],
  },
  {
    type: 'table',
    rows: [
      [cell('name'), cell('rss')],
      [cell('catalog'), { type: 'raw_number', value: 3, text: '3' }],
    ],
  },
  { type: 'data_table', caption: 'Services', rows: [[cell('name')], [cell('orders')]] },
  { type: 'alert', level: 'warning', text: plain('Disk almost full') },
  card,
  { type: 'carousel', elements: [card] },
  { type: 'container', title: plain('Details'), child_blocks: [{ type: 'section', text: mrkdwn('inside') }] },
  task,
  { type: 'plan', title: 'Plan', tasks: [task] },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: { text: plain('Helpful'), value: 'good' },
        negative_button: { text: plain('Not helpful'), value: 'bad' },
      },
      { type: 'icon_button', icon: 'trash', text: plain('Delete'), action_id: 'delete' },
    ],
  },
  {
    type: 'input',
    label: plain('Reason'),
    element: { type: 'plain_text_input', action_id: 'reason', placeholder: plain('Why?') },
  },
  { type: 'file', source: 'remote', external_id: 'F1' },
  {
    type: 'video',
    title: plain('Walkthrough'),
    video_url: 'https://example.com/v',
    thumbnail_url: 'https://example.com/t.png',
    alt_text: 'Walkthrough',
  },
];
