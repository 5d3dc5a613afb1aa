import { boolean, byType, type Check, object, oneOf, string } from './schema.ts';

/** A `plain_text` object of 1 to `max` characters. */
export function plain(max = 3000): Check {
  return object({ type: oneOf('plain_text'), text: string({ min: 1, max }) }, { emoji: boolean });
}

/** A `mrkdwn` object of 1 to `max` characters. */
export function mrkdwn(max = 3000): Check {
  return object({ type: oneOf('mrkdwn'), text: string({ min: 1, max }) }, { verbatim: boolean });
}

/** A text object of either kind. */
export function text(max = 3000): Check {
  return byType(() => ({ plain_text: plain(max), mrkdwn: mrkdwn(max) }));
}

/** Any address. */
export const url = string({ min: 1, max: 3000 });

/** An address that a browser can open. */
export const address: Check = (value, pointer, report) => {
  url(value, pointer, report);
  const opens =
    typeof value === 'string' && URL.canParse(value) && /^(https?|mailto|slack|tel):/i.test(value);
  if (!opens) report({ pointer, code: 'failed_constraint', message: 'must be a valid URL' });
};
