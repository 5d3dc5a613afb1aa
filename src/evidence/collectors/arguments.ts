import { z } from 'zod';
import type { Alert, Subject } from '../../alerts/alert.ts';
import type { BoundAlert } from '../alert-source.ts';
import type { Inquiry } from '../collector.ts';

const Labels = z.record(z.string(), z.string());
/** Epoch milliseconds. */
const Time = z.number();

const About: z.ZodType<Subject> = z.strictObject({
  kind: z.enum(['service', 'target', 'storm']),
  name: z.string().min(1),
  environment: z.string(),
});

/** What is missing where nothing can be asked of metrics. */
export const A_PROMETHEUS = '`prometheus`, or PROMETHEUS_URL in the environment';

/** What most collectors are asked: about what, and since when something seems wrong; null where nobody knows. */
export const Plain = z.strictObject({ about: About, since: Time.nullable() });
export type Plain = z.infer<typeof Plain>;

/** More lines than these no thread holds. */
const MOST_LINES = 50;

/** What a log is asked: the newest lines to the letter too, where somebody wants to read them. */
export const Lines = Plain.extend({ last: z.int().min(1).max(MOST_LINES).exactOptional() });
export type Lines = z.infer<typeof Lines>;

export const AlertArgument: z.ZodType<Alert> = z.object({
  fingerprint: z.string(),
  source: z.string(),
  status: z.enum(['firing', 'resolved']),
  name: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  labels: Labels,
  omitted: z.number().exactOptional(),
  annotations: Labels,
  startsAt: Time,
  endsAt: Time.nullable(),
  expression: z.string().nullable(),
  link: z.string().nullable(),
  manager: z.string().exactOptional(),
});

export const BoundArgument: z.ZodType<BoundAlert> = z.object({
  server: z.string(),
  labels: Labels,
  expression: z.string().nullable(),
  comparison: z.string().nullable().exactOptional(),
  reads: z.array(z.string()),
  instruments: z.array(z.string()),
  interval: z.number().nullable(),
});

/** The least that every collector is asked. */
export function plainly({ subject, since, alerts }: Inquiry): Plain {
  return { about: subject, since: since ?? symptomOf(alerts) };
}

/** When the first of the alerts began; null where there is none. */
export function symptomOf(alerts: readonly Alert[]): number | null {
  return alerts.length === 0 ? null : Math.min(...alerts.map(({ startsAt }) => startsAt));
}

/** The same, for a log. */
export function linesOf(inquiry: Inquiry): Lines {
  const { last } = inquiry;
  return { ...plainly(inquiry), ...(last === undefined ? {} : { last: Math.min(last, MOST_LINES) }) };
}

/** An alert as its source knows it, where that has it active. */
export function boundTo({ fingerprint }: Alert, { bindings }: Inquiry): BoundAlert | null {
  const binding = Object.hasOwn(bindings, fingerprint) ? bindings[fingerprint] : undefined;
  return binding?.kind === 'bound' ? binding.bound : null;
}
