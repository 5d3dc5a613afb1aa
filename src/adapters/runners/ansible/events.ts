import { z } from 'zod';

const subject = { task: z.string(), host: z.string() };
/** Whether the task may change something; what is not said to look only, may. */
const acts = z.boolean().default(true);
/** The message cannot tell whether the task began: several items of a loop had their turn, or it was a raw command. */
const unsure = z.boolean().default(false);

/** What the callback plugin `callback/medic.py` writes, one JSON object per line. */
export const AnsibleEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('play_start'), play: z.string(), hosts: z.array(z.string()) }),
  z.object({ event: z.literal('no_hosts'), play: z.string() }),
  z.object({ event: z.literal('task_start'), task: z.string(), acts }),
  z.object({
    event: z.literal('ok'),
    ...subject,
    acts,
    changed: z.boolean(),
    diff: z.string().optional(),
    msg: z.string().optional(),
    /** What a task with the tag `medic_before` has read. */
    found: z.string().optional(),
  }),
  z.object({
    event: z.literal('failed'),
    ...subject,
    acts,
    unsure,
    msg: z.string(),
    stderr: z.string().optional(),
    ignored: z.boolean().default(false),
    /** The playbook decided so itself, by an assertion with words of its own. */
    refused: z.boolean().default(false),
  }),
  z.object({ event: z.literal('unreachable'), ...subject, acts, unsure, msg: z.string() }),
  z.object({ event: z.literal('skipped'), ...subject }),
  z.object({ event: z.literal('retry'), ...subject, acts, attempt: z.number(), retries: z.number() }),
  z.object({ event: z.literal('stats'), hosts: z.record(z.string(), z.record(z.string(), z.number())) }),
]);
export type AnsibleEvent = z.infer<typeof AnsibleEvent>;

/** Null for a line that is none of the callback's. */
export function readEvent(line: string): AnsibleEvent | null {
  if (!line.startsWith('{"event":')) return null;
  try {
    return AnsibleEvent.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
