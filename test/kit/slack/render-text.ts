import { type Names, noNames, plainMrkdwn, richText } from './render-rich-text.ts';
import type { Block, Message, View } from './types.ts';
import { objects, optionsOf } from './walk.ts';

type Writer = (block: Block, names: Names) => string[];

function text(value: unknown, names: Names): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const object = value as Block;
  const words = typeof object.text === 'string' ? object.text : '';
  return object.type === 'mrkdwn' ? plainMrkdwn(words, names) : words;
}

function imageText(block: Block): string {
  return `[image: ${String(block.alt_text ?? '')}]`;
}

/** What a menu, picker or field shows before anybody touches it: its initial value, else its placeholder. */
function chosen(element: Block, names: Names): string {
  const option = element.initial_option as Block | undefined;
  if (option) return text(option.text, names);
  const [, initial] =
    Object.entries(element).find(
      ([name, value]) => name.startsWith('initial_') && ['string', 'number'].includes(typeof value),
    ) ?? [];
  return initial === undefined ? text(element.placeholder, names) : String(initial);
}

/** An element as a reader would name it: `[Approve]` for a button, `[Choose one ▾]` for a menu. */
export function elementText(element: Block, names: Names = noNames): string {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return `[${text(element.text, names)}]`;
    case 'feedback_buttons': {
      const sides = [element.positive_button, element.negative_button] as (Block | undefined)[];
      return sides.map((side) => `[${text(side?.text, names)}]`).join(' ');
    }
    case 'overflow':
      return `[⋯ ${optionsOf(element)
        .map((option) => text(option.text, names))
        .join(' | ')}]`;
    case 'checkboxes':
      return optionsOf(element)
        .map((option) => `[ ] ${text(option.text, names)}`)
        .join('  ');
    case 'radio_buttons':
      return optionsOf(element)
        .map((option) => `( ) ${text(option.text, names)}`)
        .join('  ');
    case 'image':
      return imageText(element);
    case 'plain_text':
    case 'mrkdwn':
      return text(element, names);
    default:
      return element.type.endsWith('select')
        ? `[${chosen(element, names)} ▾]`
        : `[${chosen(element, names)}___]`;
  }
}

function cellText(cell: Block, names: Names): string {
  return cell.type === 'rich_text' ? richText(cell, names).join(' ') : String(cell.text ?? '');
}

const table: Writer = (block, names) => [
  ...(typeof block.caption === 'string' ? [block.caption] : []),
  ...(Array.isArray(block.rows) ? block.rows : []).map((row) =>
    objects(row)
      .map((cell) => cellText(cell, names))
      .join(' | '),
  ),
];

const row: Writer = (block, names) => [
  objects(block.elements)
    .map((element) => elementText(element, names))
    .join(' '),
];

const TASK_MARKS: Record<string, string> = { pending: '○', in_progress: '◐', complete: '●', error: '✗' };

const taskCard: Writer = (block, names) => [
  `${TASK_MARKS[String(block.status)] ?? '?'} ${String(block.title)}`,
  ...objects([block.details, block.output]).flatMap((part) =>
    richText(part, names).map((line) => `  ${line}`),
  ),
  ...objects(block.sources).map((source) => `  ${String(source.text)} (${String(source.url)})`),
];

const card: Writer = (block, names) => [
  ...objects([block.hero_image, block.icon]).map(imageText),
  ...[block.title, block.subtitle, block.body].map((part) => text(part, names)).filter(Boolean),
  ...(block.actions ? row({ type: 'actions', elements: block.actions }, names) : []),
];

const ALERT_MARKS: Record<string, string> = { info: 'ℹ', warning: '⚠', error: '✖', success: '✔' };

const WRITERS: Record<string, Writer> = {
  actions: row,
  alert: (block, names) => [`${ALERT_MARKS[String(block.level)] ?? '!'} ${text(block.text, names)}`],
  card,
  carousel: (block, names) => objects(block.elements).flatMap((child) => blockLines(child, names)),
  container: (block, names) => [
    ...(block.rich_text_title ? richText(block.rich_text_title as Block, names) : [text(block.title, names)]),
    ...[text(block.subtitle, names)].filter(Boolean),
    ...objects(block.child_blocks).flatMap((child) => blockLines(child, names).map((line) => `  ${line}`)),
  ],
  context: row,
  context_actions: row,
  data_table: table,
  divider: () => ['---'],
  file: (block) => [`[file: ${String(block.external_id)}]`],
  header: (block, names) => [`# ${text(block.text, names)}`],
  image: (block, names) => [[imageText(block), text(block.title, names)].filter(Boolean).join(' ')],
  input: (block, names) => [
    `${text(block.label, names)}: ${objects([block.element])
      .map((element) => elementText(element, names))
      .join('')}`,
    ...[text(block.hint, names)].filter(Boolean),
  ],
  markdown: (block) => String(block.text ?? '').split('\n'),
  plan: (block, names) => [
    String(block.title),
    ...objects(block.tasks).flatMap((task) => taskCard(task, names)),
  ],
  rich_text: richText,
  section: (block, names) => [
    ...(block.text ? text(block.text, names).split('\n') : []),
    ...objects(block.fields).flatMap((field) => text(field, names).split('\n')),
    ...objects([block.accessory]).map((element) => elementText(element, names)),
  ],
  table,
  task_card: taskCard,
  video: (block, names) => [`[video: ${text(block.title, names)}] ${String(block.video_url)}`],
};

/** One block as lines of plain text. */
function blockLines(block: Block, names: Names = noNames): string[] {
  return WRITERS[block.type]?.(block, names) ?? [`[${block.type}]`];
}

/** The types of block `renderText` can put into words. */
export const RENDERED_BLOCKS = Object.keys(WRITERS);

function attachmentLines(attachment: Record<string, unknown>, names: Names): string[] {
  const inner = objects(attachment.blocks).flatMap((block) => blockLines(block, names));
  const classic = [attachment.pretext, attachment.title, attachment.text]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .map((part) => plainMrkdwn(part, names));
  return [...classic, ...inner].map((line) => `| ${line}`);
}

/**
 * A message as plain text, the way a reader sees it: its blocks (or its text when it has none), buttons as
 * `[Approve]`, attachments, files and reactions.
 */
export function renderText(message: Message, names: Names = noNames): string {
  const blocks = objects(message.blocks);
  const body =
    blocks.length > 0
      ? blocks.flatMap((block) => blockLines(block, names))
      : [plainMrkdwn(message.text, names)];
  const attachments = objects(message.attachments).flatMap((attachment) =>
    attachmentLines(attachment, names),
  );
  const files = (message.files ?? []).map(
    (file) => `[file: ${file.title}]${file.alt_txt ? ` ${file.alt_txt}` : ''}`,
  );
  const reactions = (message.reactions ?? []).map((reaction) => `:${reaction.name}: ${reaction.count}`);
  return [...body, ...attachments, ...files, ...(reactions.length > 0 ? [reactions.join('  ')] : [])]
    .filter((line, index, lines) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .trim();
}

/** A modal or Home tab as plain text. */
export function renderView(view: View, names: Names = noNames): string {
  const buttons = [view.close, view.submit].filter(Boolean).map((label) => `[${text(label, names)}]`);
  return [
    ...(view.title ? [`# ${text(view.title, names)}`] : []),
    ...view.blocks.flatMap((block) => blockLines(block, names)),
    ...(buttons.length > 0 ? [buttons.join(' ')] : []),
  ].join('\n');
}
