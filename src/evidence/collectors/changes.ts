import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const changes = {
  name: 'changes',
  kind: 'change',
  reads: 'its deploys',
  instrument: 'the service itself: its own list of deploys',
  section: z.strictObject({ file: z.string() }).nullable().default(null),
  arguments: Plain,
  lacks: (service) => (service.changes === null ? '`changes`' : null),
  ask: (inquiry) => ((inquiry.service?.changes ?? null) === null ? null : plainly(inquiry)),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
