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
} from './schema.ts';

const type = anything;
const style = object(
  {},
  { bold: boolean, code: boolean, italic: boolean, strike: boolean, underline: boolean },
);
const styled = { style };
const border = integer(0, 1);

/** What may stand in a line of rich text. */
const inline: Check = byType(() => ({
  text: object({ type, text: string({ min: 1 }) }, styled),
  link: object({ type, url: string({ min: 1 }) }, { ...styled, text: string(), unsafe: boolean }),
  emoji: object({ type, name: string({ min: 1 }) }, { ...styled, unicode: string(), url: string() }),
  user: object({ type, user_id: string({ min: 1 }) }, styled),
  usergroup: object({ type, usergroup_id: string({ min: 1 }) }, styled),
  channel: object({ type, channel_id: string({ min: 1 }) }, styled),
  team: object({ type, team_id: string({ min: 1 }) }, styled),
  broadcast: object({ type, range: oneOf('here', 'channel', 'everyone') }, styled),
  color: object({ type, value: string({ min: 1 }) }, styled),
  date: object(
    { type, timestamp: number, format: string({ min: 1 }) },
    { ...styled, url: string(), fallback: string() },
  ),
}));

const section = object({ type, elements: array(inline) });

/** A `rich_text` block. */
export const richText: Check = object(
  {
    type: oneOf('rich_text'),
    elements: array(
      byType(() => ({
        rich_text_section: section,
        rich_text_list: object(
          {
            type,
            elements: array(byType(() => ({ rich_text_section: section }))),
            style: oneOf('bullet', 'ordered'),
          },
          { indent: integer(0, 8), border, offset: integer(0, 1000) },
        ),
        rich_text_quote: object({ type, elements: array(inline) }, { border }),
        rich_text_preformatted: object({ type, elements: array(inline) }, { border }),
      })),
    ),
  },
  { block_id: string({ max: 255 }) },
);
