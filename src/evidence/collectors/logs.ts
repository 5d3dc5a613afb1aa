import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Lines, linesOf } from './arguments.ts';

export const logs = {
  name: 'logs',
  kind: 'log',
  reads: 'the end of its log files',
  instrument: 'the service itself, whatever file it writes',
  section: z.array(z.strictObject({ file: z.string() })).default([]),
  arguments: Lines,
  lacks: ({ logs: files }) => (files.length > 0 ? null : '`logs`'),
  ask: (inquiry) => ((inquiry.service?.logs.length ?? 0) > 0 ? linesOf(inquiry) : null),
} as const satisfies Declaration<Lines> & { readonly section: z.ZodType };
