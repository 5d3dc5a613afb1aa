import type { KnownBlock, PlainTextOption, RichTextBlock } from '@slack/types';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const cell = (text: string) => ({ type: 'raw_text' as const, text });
const figure = (value: number) => ({ type: 'raw_number' as const, value, text: String(value) });
const option = (text: string): PlainTextOption => ({ text: plain(text), value: text.toLowerCase() });
const services = ['Checkout', 'Search', 'Payments'].map(option);
const button = (text: string, action_id: string, style?: 'primary' | 'danger') => ({
  type: 'button' as const,
  text: plain(text),
  action_id,
  ...(style ? { style } : {}),
});
const rich = (text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const alert = (level: 'default' | 'info' | 'warning' | 'error' | 'success', text: string): KnownBlock => ({
  type: 'alert',
  level,
  text: mrkdwn(text),
});

const markdown = `# Diagnosis
The **pool** is *full*; see [graph](https://example.com) and \`pool.max\`.

- one
  - nested
- two

1. first
2. second

- [x] done

| Host | CPU |
|------|-----|
| a    | 93 % |

\`\`\`sql
select 1
\`\`\`
> quoted **text**`;

/** Texts, notices and tables: what a reader only looks at. */
export const reading: KnownBlock[] = [
  { type: 'header', text: plain(':large_orange_circle: search leaks memory') },
  {
    type: 'section',
    text: mrkdwn('*Cause* Memory grows by 20 MB a second since `1.4.2` <https://example.com|E1>.'),
    fields: [mrkdwn('*Service*\nsearch'), mrkdwn('*Confidence*\n0.86, two witnesses')],
  },
  alert('error', '*Refused.* Dave may not approve.'),
  alert('warning', 'One witness only.'),
  alert('success', 'Proven healthy.'),
  alert('info', 'Nothing was changed.'),
  alert('default', 'Noted.'),
  { type: 'divider' },
  { type: 'markdown', text: markdown },
  {
    type: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      [cell('Playbook'), cell('Runs')],
      [cell('restart_service'), cell('12')],
      [rich('free_disk'), cell('3')],
    ],
  },
  {
    type: 'data_table',
    caption: 'Past incidents',
    page_size: 2,
    rows: [
      [cell('Service'), cell('Seconds')],
      [cell('checkout'), figure(40)],
      [cell('search'), figure(5)],
      [cell('payments'), figure(20)],
    ],
  },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'Rich ', style: { bold: true } },
          { type: 'user', user_id: 'U0BOB' },
          { type: 'emoji', name: 'tada' },
          { type: 'link', url: 'https://example.com', text: ' link ' },
          { type: 'date', timestamp: 1_700_000_000, format: '{date_num}', fallback: 'then' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first' }] }],
      },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quoted' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'as it stands' }] },
    ],
  },
  { type: 'context', elements: [mrkdwn('Incident `inc-7` · <@U0ALICE> is on call')] },
];

/** Cards, plans and everything that answers to a click. */
export const acting: KnownBlock[] = [
  {
    type: 'plan',
    title: 'Gathering evidence',
    tasks: [
      {
        type: 'task_card',
        task_id: 't1',
        title: 'Alert metric',
        status: 'complete',
        output: rich('104 MB to 980 MB'),
      },
      {
        type: 'task_card',
        task_id: 't2',
        title: 'Log of search',
        status: 'in_progress',
        details: rich('200 lines'),
      },
      {
        type: 'task_card',
        task_id: 't3',
        title: 'Changes',
        status: 'error',
        output: rich('no answer in 5 s'),
      },
      { type: 'task_card', task_id: 't4', title: 'Neighbours', status: 'pending' },
    ],
  },
  {
    type: 'card',
    title: mrkdwn('Restart search'),
    subtitle: mrkdwn('low risk'),
    body: mrkdwn('Restarts the service and waits until it answers.'),
    actions: [button('Run', 'run', 'primary'), button('Details', 'details')],
  },
  {
    type: 'carousel',
    elements: [
      { type: 'card', title: mrkdwn('One') },
      { type: 'card', title: mrkdwn('Two') },
    ],
  },
  {
    type: 'container',
    title: plain('Evidence'),
    is_collapsible: true,
    child_blocks: [{ type: 'section', text: mrkdwn('inside') }],
  },
  {
    type: 'section',
    text: mrkdwn('Which service?'),
    accessory: {
      type: 'static_select',
      action_id: 'service',
      placeholder: plain('Pick a service'),
      options: services,
    },
  },
  {
    type: 'section',
    text: mrkdwn('More to do'),
    accessory: { type: 'overflow', action_id: 'more', options: [option('Silence'), option('Runbook')] },
  },
  {
    type: 'actions',
    elements: [
      { type: 'multi_static_select', action_id: 'many', placeholder: plain('Services'), options: services },
      { type: 'users_select', action_id: 'person', placeholder: plain('Person') },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-11-20' },
      { type: 'timepicker', action_id: 'hour', initial_time: '10:30' },
    ],
  },
  {
    type: 'actions',
    elements: [
      { type: 'checkboxes', action_id: 'boxes', options: [option('Notify'), option('Freeze')] },
      {
        type: 'radio_buttons',
        action_id: 'tier',
        options: [option('Low'), option('High')],
        initial_option: option('Low'),
      },
      button('Approve', 'yes', 'primary'),
      button('Hold', 'hold'),
      button('Cancel', 'no', 'danger'),
    ],
  },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: { text: plain('Good'), value: 'good' },
        negative_button: { text: plain('Bad'), value: 'bad' },
      },
      { type: 'icon_button', icon: 'trash', action_id: 'remove', text: plain('Remove') },
    ],
  },
  {
    type: 'input',
    label: plain('Why?'),
    hint: plain('One sentence for the record.'),
    element: { type: 'plain_text_input', action_id: 'why', placeholder: plain('Because…') },
  },
];
