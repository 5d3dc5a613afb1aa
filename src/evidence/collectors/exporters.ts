import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { A_PROMETHEUS, Plain, plainly } from './arguments.ts';
import { Name } from './databases.ts';

/** Something that an exporter tells Prometheus of: what it is called where it is told of, and the labels of its series. */
const Source = z.strictObject({
  name: Name,
  labels: z
    .record(z.string().regex(/^(?!__)[a-zA-Z_]\w*$/, 'is no name of a label'), z.string().min(1))
    .refine((labels) => Object.keys(labels).length > 0, 'needs a label, or it would be all of them'),
});
const Section = z.array(Source).default([]);
export type ExportedSource = z.infer<typeof Source>;

const declared = {
  kind: 'metric',
  instrument: 'its exporter, as Prometheus has it',
  arguments: Plain,
  section: Section,
} as const satisfies Omit<Declaration<Plain>, 'name' | 'reads' | 'lacks' | 'ask'> & {
  readonly section: z.ZodType;
};

export const mysql = {
  ...declared,
  name: 'mysql',
  reads: 'connections and write protection of its MySQL databases',
  lacks: (service, { prometheus }) =>
    prometheus ? ((service.mysql ?? []).length > 0 ? null : '`mysql`') : A_PROMETHEUS,
  ask: (inquiry) => ((inquiry.service?.mysql ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };

export const queues = {
  ...declared,
  name: 'queues',
  reads: 'what waits in its queues, who takes it, and how fast',
  lacks: (service, { prometheus }) =>
    prometheus ? ((service.queues ?? []).length > 0 ? null : '`queues`') : A_PROMETHEUS,
  ask: (inquiry) => ((inquiry.service?.queues ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
