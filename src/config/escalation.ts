import { z } from 'zod';
import { Duration } from '../playbooks/manifest.ts';

/** Those who are told outside Slack, each by a sink of that name. */
export const PAGERS = ['pagerduty', 'webhook'] as const;
export type PagerName = (typeof PAGERS)[number];

/** People who are known by what they are to an incident: its service's owners, and those who may approve. */
const PEOPLE = ['owners', 'approvers'] as const;

const Tell = z
  .string()
  .transform((written) => (written === 'owner' ? 'owners' : written))
  .refine(
    (written) =>
      [...PEOPLE, ...PAGERS].some((name) => name === written) || /^[USW][A-Z0-9]{2,}$/.test(written),
    'write owners, approvers, the id of a Slack user or user group (U…, W… or S…), pagerduty or webhook',
  );

/** One rung of the ladder: who is told, by which sink, how long after the call began, and from which severity on. */
const Rung = z
  .strictObject({
    tell: Tell,
    after: Duration.default(0),
    severity: z.enum(['critical', 'warning', 'info']).default('info'),
  })
  .transform((rung) => ({ ...rung, sink: isPager(rung.tell) ? rung.tell : ('slack' as const) }));
export type Rung = z.infer<typeof Rung>;

/** Who is told when a person is needed and nobody says that they are on it. The owners are mentioned at once, ladder or not. */
export const Escalation = z
  .array(Rung)
  .check(({ value, issues }) => {
    for (const [index, { tell, after }] of value.entries()) {
      const before = value[index - 1];
      if (before !== undefined && after < before.after)
        issues.push({
          code: 'custom',
          message:
            'comes before the rung above it: write the rungs in the order of their times, which all count from the call',
          input: after,
          path: [index, 'after'],
        });
      if (isPager(tell) && value.findIndex((one) => one.tell === tell) < index)
        issues.push({
          code: 'custom',
          message: `${tell} is told already by a rung above: whoever is paged there stays so until somebody takes it`,
          input: tell,
          path: [index, 'tell'],
        });
    }
  })
  .default([]);

export function isPager(tell: string): tell is PagerName {
  return PAGERS.some((name) => name === tell);
}
