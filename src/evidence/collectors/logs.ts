import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const logs = {
  name: 'logs',
  kind: 'log',
  reads: 'the end of its log files',
  instrument: 'the service itself, whatever file it writes',
  section: z.array(z.strictObject({ file: z.string() })).default([]),
  arguments: Plain,
  lacks: ({ logs: files }) => (files.length > 0 ? null : '`logs`'),
  ask: (inquiry) => ((inquiry.service?.logs.length ?? 0) > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
