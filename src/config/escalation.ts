import { z } from 'zod';
import { Duration } from '../lib/schema/schemas.ts';

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

function isPager(tell: string): tell is PagerName {
  return PAGERS.some((name) => name === tell);
}

/** The secrets of pagers, as far as they are set. */
interface PagerSecrets {
  readonly PAGERDUTY_ROUTING_KEY?: string | undefined;
  readonly PAGERDUTY_WEBHOOK_SECRET?: string | undefined;
  readonly WEBHOOK_SECRET?: string | undefined;
}

interface Ladder {
  readonly escalation: readonly Rung[];
}

/** What each pager must have to be told anything. */
const NEEDED: Readonly<Record<PagerName, keyof PagerSecrets>> = {
  pagerduty: 'PAGERDUTY_ROUTING_KEY',
  webhook: 'WEBHOOK_SECRET',
};

/** The secrets that the ladder needs and that are not set. */
export function pagerProblems({ escalation }: Ladder, secrets: PagerSecrets) {
  return PAGERS.filter((name) => escalation.some(({ tell }) => tell === name))
    .filter((name) => secrets[NEEDED[name]] === undefined)
    .map((name) => ({
      name: NEEDED[name],
      message: `is not set: escalation in medic.yml tells ${name}`,
    }));
}

/** Secrets of pagers that do not do what whoever set them probably wants. */
export function pagerDoubts({ escalation }: Ladder, secrets: PagerSecrets) {
  const tells = (name: PagerName) => escalation.some(({ tell }) => tell === name);
  const unused = PAGERS.filter((name) => !tells(name) && secrets[NEEDED[name]] !== undefined).map((name) => ({
    name: NEEDED[name],
    message: `is set, and no rung of escalation in medic.yml tells ${name}`,
  }));
  const deaf = tells('pagerduty') && secrets.PAGERDUTY_WEBHOOK_SECRET === undefined;
  const message =
    'is not set: whoever acknowledges in PagerDuty does not stop the ladder. Subscribe a V3 webhook to /pagerduty, and set its secret';
  return [...unused, ...(deaf ? [{ name: 'PAGERDUTY_WEBHOOK_SECRET', message }] : [])];
}
