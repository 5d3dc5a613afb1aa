import { button, image, only } from './element-schemas.ts';
import { richText } from './rich-text-schemas.ts';
import {
  anything,
  array,
  boolean,
  byType,
  type Check,
  integer,
  number,
  object,
  oneOf,
  string,
  where,
} from './schema.ts';
import { mrkdwn, plain, text, url } from './text-schemas.ts';

const type = anything;
const blockId = { block_id: string({ max: 255 }) };

const SELECTS = ['static', 'external', 'users', 'channels', 'conversations'].flatMap((source) => [
  `${source}_select`,
  `multi_${source}_select`,
]);
const PICKERS = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...SELECTS];
const TYPED = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input'];

const accessory = byType(() => ({ ...only('button', 'overflow', 'workflow_button', ...PICKERS)(), image }));
const actionElement = byType(
  only('button', 'overflow', 'workflow_button', 'datetimepicker', 'rich_text_input', ...PICKERS),
);
const inputElement = byType(only('datetimepicker', 'rich_text_input', 'file_input', ...TYPED, ...PICKERS));
const contextElement = byType(() => ({ image, plain_text: plain(3000), mrkdwn: mrkdwn(3000) }));

const rawText = object({ type, text: string({ min: 1 }) });
const rawNumber = object({ type, value: number, text: string({ min: 1 }) });
const cell = byType(() => ({ raw_text: rawText, raw_number: rawNumber, rich_text: richText }));

/** Slack counts the characters of all table cells of a message together. */
export const TABLE_CHARACTERS = 10_000;

function sameWidth(value: Record<string, unknown>): string | undefined {
  const rows = Array.isArray(value.rows) ? value.rows.filter(Array.isArray) : [];
  return new Set(rows.map((row) => row.length)).size > 1
    ? 'all rows must have the same number of cells'
    : undefined;
}

function plainHeader(value: Record<string, unknown>): string | undefined {
  const header = Array.isArray(value.rows) ? (value.rows[0] as { type?: string }[] | undefined) : undefined;
  const rich = Array.isArray(header) && header.some((entry) => entry?.type === 'rich_text');
  return rich ? 'header cells cannot be rich_text' : sameWidth(value);
}

const card: Check = where(
  object(
    { type },
    {
      ...blockId,
      hero_image: image,
      icon: image,
      title: mrkdwn(150),
      subtitle: mrkdwn(150),
      body: mrkdwn(200),
      actions: array(
        byType(() => ({ button })),
        { min: 1, max: 3 },
      ),
    },
  ),
  (value) =>
    value.hero_image || value.title || value.actions || value.body
      ? undefined
      : 'must define at least one of `hero_image`, `title`, `actions`, `body`',
);

const taskCard = object(
  {
    type,
    task_id: string({ min: 1, max: 255 }),
    title: string({ min: 1, max: 255 }),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  {
    ...blockId,
    details: richText,
    output: richText,
    sources: array(byType(() => ({ url: object({ type, url, text: string({ min: 1 }) }) }))),
  },
);

const section: Check = where(
  object(
    { type },
    {
      ...blockId,
      text: text(3000),
      fields: array(text(2000), { min: 1, max: 10 }),
      accessory,
      expand: boolean,
    },
  ),
  (value) => (value.text || value.fields ? undefined : 'must define either `text` or `fields`'),
);

const imageBlock: Check = where(
  object(
    { type, alt_text: string({ min: 1, max: 2000 }) },
    { ...blockId, image_url: url, slack_file: anything, title: plain(2000) },
  ),
  (value) =>
    Boolean(value.image_url) === Boolean(value.slack_file)
      ? 'must define either `image_url` or `slack_file`'
      : undefined,
);

const container: Check = where(
  object(
    {
      type,
      child_blocks: array(
        byType(() => pick(CHILD_BLOCKS)),
        { min: 1, max: 10 },
      ),
    },
    {
      ...blockId,
      title: plain(150),
      rich_text_title: richText,
      subtitle: text(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: image,
      is_collapsible: boolean,
      default_collapsed: boolean,
      has_header_divider: boolean,
    },
  ),
  (value) =>
    value.title || value.rich_text_title ? undefined : 'must define either `title` or `rich_text_title`',
);

const CHILD_BLOCKS = [
  'actions',
  'context',
  'divider',
  'file',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
];

const BLOCKS: Record<string, Check> = {
  actions: object({ type, elements: array(actionElement, { min: 1, max: 25 }) }, blockId),
  alert: object(
    { type, text: text(3000) },
    { ...blockId, level: oneOf('default', 'info', 'warning', 'error', 'success') },
  ),
  card,
  carousel: object(
    {
      type,
      elements: array(
        byType(() => ({ card })),
        { min: 1, max: 10 },
      ),
    },
    blockId,
  ),
  container,
  context: object({ type, elements: array(contextElement, { min: 1, max: 10 }) }, blockId),
  context_actions: object(
    { type, elements: array(byType(only('feedback_buttons', 'icon_button')), { min: 1, max: 5 }) },
    blockId,
  ),
  data_table: where(
    object(
      {
        type,
        caption: string({ min: 1 }),
        rows: array(array(cell, { min: 1, max: 20 }), { min: 2, max: 101 }),
      },
      { ...blockId, page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
    ),
    plainHeader,
  ),
  divider: object({ type }, blockId),
  file: object({ type, source: oneOf('remote'), external_id: string({ min: 1 }) }, blockId),
  header: object({ type, text: plain(150) }, blockId),
  image: imageBlock,
  input: object(
    { type, label: plain(2000), element: inputElement },
    { ...blockId, hint: plain(2000), optional: boolean, dispatch_action: boolean },
  ),
  markdown: object({ type, text: string({ min: 1, max: 12_000 }) }, blockId),
  plan: where(
    object(
      { type, title: string({ min: 1, max: 255 }) },
      {
        ...blockId,
        tasks: array(
          byType(() => ({ task_card: taskCard })),
          { max: 50 },
        ),
      },
    ),
    (plan) => {
      const ids = Array.isArray(plan.tasks) ? plan.tasks.map((task) => task?.task_id) : [];
      return new Set(ids).size < ids.length ? '`task_id` must be unique in a plan' : undefined;
    },
  ),
  rich_text: richText,
  section,
  table: object(
    { type, rows: array(array(cell, { min: 1, max: 20 }), { min: 1, max: 100 }) },
    {
      ...blockId,
      column_settings: array(object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }), {
        max: 20,
      }),
    },
  ),
  task_card: taskCard,
  video: object(
    { type, video_url: url, thumbnail_url: url, alt_text: string({ min: 1 }), title: plain(199) },
    {
      ...blockId,
      title_url: url,
      author_name: string({ max: 49 }),
      provider_name: string(),
      provider_icon_url: url,
      description: plain(200),
    },
  ),
};

function pick(types: string[]): Record<string, Check> {
  return Object.fromEntries(types.map((name) => [name, BLOCKS[name] ?? anything]));
}

const ONLY_IN_MESSAGES = new Set([
  'file',
  'markdown',
  'plan',
  'task_card',
  'context_actions',
  'data_table',
  'table',
]);

/** Any block a message may hold. */
export const messageBlock: Check = byType(() => BLOCKS);

/** Any block a modal or Home tab may hold. */
export const viewBlock: Check = byType(() =>
  pick(Object.keys(BLOCKS).filter((name) => !ONLY_IN_MESSAGES.has(name))),
);

/** Every type of block Slack knows. */
export const BLOCK_TYPES = Object.keys(BLOCKS);
