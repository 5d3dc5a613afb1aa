import { z } from 'zod';
import { Duration, HttpUrl } from '../../lib/schema/schemas.ts';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const probes = {
  name: 'probes',
  kind: 'probe',
  reads: 'its health endpoints',
  instrument: 'Medic, by a request of its own',
  section: z
    .array(z.strictObject({ name: z.string(), url: HttpUrl, timeout: Duration.default(2000) }))
    .default([]),
  arguments: Plain,
  around: true,
  lacks: (service) => (service.probes.length > 0 ? null : '`health`'),
  ask: (inquiry) => ((inquiry.service?.probes.length ?? 0) > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
