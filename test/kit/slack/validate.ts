import { messageBlock, TABLE_CHARACTERS, viewBlock } from './block-schemas.ts';
import {
  array,
  boolean,
  byType,
  type Check,
  object,
  oneOf,
  type Problem,
  problemsOf,
  string,
  where,
} from './schema.ts';
import { plain } from './text-schemas.ts';
import type { Block } from './types.ts';
import { objects, placedElements } from './walk.ts';

/** `must be less than 151 characters [json-pointer:/blocks/0/text/text]`, as Slack puts it. */
export function problemText(problem: Problem): string {
  return `${problem.message} [json-pointer:${problem.pointer}]`;
}

function fault(pointer: string, message: string): Problem {
  return { pointer, code: 'failed_constraint', message };
}

function duplicates(blocks: Block[], pointer: string): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  blocks.forEach((block, index) => {
    if (typeof block.block_id === 'string') {
      if (seen.has(block.block_id)) {
        problems.push(fault(`${pointer}/${index}/block_id`, `\`block_id\` ${block.block_id} already exists`));
      }
      seen.add(block.block_id);
    }
    const actions = new Set<string>();
    for (const placed of placedElements([block])) {
      const key = `${placed.block === block ? '' : placed.block.block_id}/${placed.element.action_id}`;
      if (actions.has(key)) {
        const message = `\`action_id\` ${placed.element.action_id} already exists for this block`;
        problems.push(fault(`${pointer}/${index}`, message));
      }
      actions.add(key);
    }
  });
  return problems;
}

function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + characters(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const fields = Object.entries(value);
  return fields.reduce(
    (sum, [name, field]) =>
      sum + (name === 'text' && typeof field === 'string' ? field.length : characters(field)),
    0,
  );
}

/** Limits that count over the whole message: markdown text and table cells. */
function totals(blocks: Block[], pointer: string): Problem[] {
  const markdown = blocks.filter((block) => block.type === 'markdown');
  const tables = blocks.filter((block) => block.type === 'table' || block.type === 'data_table');
  const problems: Problem[] = [];
  if (characters(markdown) > 12_000) {
    problems.push(fault(pointer, 'markdown blocks must be less than 12001 characters together'));
  }
  if (tables.reduce((sum, table) => sum + characters(table.rows), 0) > TABLE_CHARACTERS) {
    problems.push(fault(pointer, `tables must be less than ${TABLE_CHARACTERS + 1} characters together`));
  }
  return problems;
}

/** What Slack would refuse in the blocks of a message; empty when they are fine. */
export function blockProblems(blocks: unknown, pointer = '/blocks'): Problem[] {
  const problems = problemsOf(array(messageBlock, { max: 50 }), blocks, pointer);
  const list = objects(blocks);
  return [...problems, ...duplicates(list, pointer), ...totals(list, pointer)];
}

const viewFields = {
  private_metadata: string({ max: 3000 }),
  callback_id: string({ max: 255 }),
  external_id: string({ max: 255 }),
};

function blocksOfView(): Check {
  return array(viewBlock, { max: 100 });
}

const modal: Check = where(
  object(
    { type: oneOf('modal'), title: plain(24), blocks: blocksOfView() },
    {
      ...viewFields,
      close: plain(24),
      submit: plain(24),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
    },
  ),
  (view) =>
    objects(view.blocks).some((block) => block.type === 'input') && !view.submit
      ? 'missing required field: submit'
      : undefined,
);
const home: Check = object({ type: oneOf('home'), blocks: blocksOfView() }, viewFields);
const view: Check = byType(() => ({ modal, home }));

/** What Slack would refuse in a modal or Home tab. */
export function viewProblems(value: unknown, pointer = '/view'): Problem[] {
  const problems = problemsOf(view, value, pointer);
  const blocks = (value as { blocks?: unknown } | null)?.blocks;
  const focused = placedElements(objects(blocks)).filter(({ element }) => element.focus_on_load === true);
  const tooMany = focused.length > 1 ? [fault(pointer, 'only one element may set `focus_on_load`')] : [];
  return [...problems, ...duplicates(objects(blocks), `${pointer}/blocks`), ...tooMany];
}
