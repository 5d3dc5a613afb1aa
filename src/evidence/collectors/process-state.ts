import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const processState = {
  name: 'process state',
  kind: 'state',
  reads: 'what its command says of its process',
  instrument: 'the service itself, since such a command may print lines that it wrote',
  /** A read-only command, as an argument vector. */
  section: z.array(z.string()).min(1).nullable().default(null),
  arguments: Plain,
  around: true,
  lacks: (service) => (service.state === null ? '`state`' : null),
  ask: (inquiry) => ((inquiry.service?.state ?? null) === null ? null : plainly(inquiry)),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
