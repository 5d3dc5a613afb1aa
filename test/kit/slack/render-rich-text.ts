import type { Block } from './types.ts';
import { objects } from './walk.ts';

/** Looks up a person, channel or group id; undefined leaves the id as it stands. */
export type Names = (id: string) => string | undefined;

/** Knows nobody. */
export const noNames: Names = () => undefined;

/** Slack's mrkdwn as plain text: mentions by name, links as `text (url)`, dates by their fallback, entities unescaped. */
export function plainMrkdwn(words: string, names: Names = noNames): string {
  return words
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => `@${names(id) ?? id}`)
    .replace(
      /<#(C[A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, id: string, label?: string) => `#${label || (names(id) ?? id)}`,
    )
    .replace(
      /<!subteam\^([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, id: string, label?: string) => label ?? `@${names(id) ?? id}`,
    )
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<(https?:[^|>]+|mailto:[^|>]+)\|([^>]*)>/g, '$2 ($1)')
    .replace(/<(https?:[^>]+|mailto:[^>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function inlineText(element: Block, names: Names): string {
  switch (element.type) {
    case 'user':
      return `@${names(String(element.user_id)) ?? String(element.user_id)}`;
    case 'usergroup':
      return `@${names(String(element.usergroup_id)) ?? String(element.usergroup_id)}`;
    case 'channel':
      return `#${names(String(element.channel_id)) ?? String(element.channel_id)}`;
    case 'broadcast':
      return `@${String(element.range)}`;
    case 'emoji':
      return `:${String(element.name)}:`;
    case 'link':
      return element.text ? `${String(element.text)} (${String(element.url)})` : String(element.url);
    case 'date':
      return String(element.fallback ?? new Date(Number(element.timestamp) * 1000).toISOString());
    case 'color':
      return String(element.value);
    case 'team':
      return String(element.team_id);
    default:
      return String(element.text ?? '');
  }
}

function richLines(part: Block, names: Names): string[] {
  const inline = (elements: unknown) =>
    objects(elements)
      .map((element) => inlineText(element, names))
      .join('');
  switch (part.type) {
    case 'rich_text_list':
      return objects(part.elements).map((item, index) => {
        const mark = part.style === 'ordered' ? `${index + 1}.` : '•';
        return `${'  '.repeat(Number(part.indent ?? 0))}${mark} ${inline(item.elements)}`;
      });
    case 'rich_text_quote':
      return inline(part.elements)
        .split('\n')
        .map((line) => `> ${line}`);
    default:
      return inline(part.elements).replace(/\n$/, '').split('\n');
  }
}

/** A `rich_text` block as lines of plain text. */
export function richText(block: Block, names: Names): string[] {
  return objects(block.elements).flatMap((part) => richLines(part, names));
}
