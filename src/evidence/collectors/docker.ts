import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const docker = {
  name: 'docker',
  kind: 'state',
  reads:
    'its containers in Docker: how they are, how they ended, their health checks, memory and the end of their logs',
  instrument: 'the Docker engine; the kernel, of memory; the service itself, of its log',
  section: z
    .strictObject({
      /** What docker compose calls it; its own name where none is given. */
      service: z.string().min(1).optional(),
      /** Or the name of its container. */
      container: z
        .string()
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'write the name of a container')
        .optional(),
    })
    .nullable()
    .default(null),
  arguments: Plain,
  around: true,
  lacks: (service, reach) => {
    if (reach.docker !== true) return '`docker`, beside `services`';
    return service.docker == null ? '`docker: {}`' : null;
  },
  ask: (inquiry) => (inquiry.service?.docker == null ? null : plainly(inquiry)),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
