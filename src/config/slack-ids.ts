import { z } from 'zod';

const KINDS = [
  { form: /^[UW][A-Z0-9]+$/, kind: 'a user', under: 'users' },
  { form: /^S[A-Z0-9]+$/, kind: 'a user group', under: 'groups' },
  { form: /^[CG][A-Z0-9]+$/, kind: 'a channel', under: 'channels' },
] as const;

/** How Slack writes a mention; the id in it is what is wanted. */
const MENTION = /^<?[@#!]?(?:subteam\^)?([A-Z][A-Z0-9]{2,})(?:\|[^>]*)?>?$/;

/** What is wrong with an id that is none of this kind, and where it belongs. */
function idWords(wanted: (typeof KINDS)[number]['kind'], find: string) {
  return ({ input }: { readonly input?: unknown }): string | undefined => {
    if (typeof input !== 'string') return undefined;
    const other = KINDS.find(({ form }) => form.test(input));
    if (other !== undefined)
      return `"${input}" is ${other.kind}, not ${wanted}: write it under ${other.under}`;
    const mentioned = MENTION.exec(input)?.[1];
    if (mentioned !== undefined) return `"${input}" is a mention: write its id, ${mentioned}`;
    return `"${input.slice(0, 40)}" is no id of ${wanted}: ${find}`;
  };
}

const FIND = {
  user: 'it begins with U or W; Slack copies it from the person’s profile (Copy member ID)',
  group: 'it begins with S; it stands at the end of the group’s address in Slack',
  channel: 'it begins with C or G; it stands at the end of the channel’s details in Slack',
};

export const UserId = z.string().regex(KINDS[0].form, { error: idWords('a user', FIND.user) });
export const GroupId = z.string().regex(KINDS[1].form, { error: idWords('a user group', FIND.group) });
export const ChannelId = z.string().regex(KINDS[2].form, { error: idWords('a channel', FIND.channel) });

/** Whoever is called when a person is needed: a user or a user group. */
export const OwnerId = z
  .string()
  .regex(/^[USW][A-Z0-9]+$/, 'write a Slack user or user group id, which begins with U, W or S');

/** A channel to tell something in, by id or by name. */
export const ChannelName = z.string().regex(/^(?:[CGD][A-Z0-9]{2,}|#?[^\sA-Z#@<>.,:;!?'"()]{1,80})$/u, {
  error: ({ input }) => {
    if (typeof input !== 'string') return undefined;
    const other = KINDS.slice(0, 2).find(({ form }) => form.test(input));
    if (other !== undefined)
      return `"${input}" is ${other.kind}: incidents are told in channels, by id (C…) or name`;
    return `"${input.slice(0, 40)}" is no channel: write its id, such as C0123456789, or its name in small letters`;
  },
});
