import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const changes = {
  name: 'changes',
  kind: 'change',
  reads: 'its deploys',
  instrument:
    'whoever deployed it, where the webhook was told; the service itself, of its own list of deploys',
  section: z
    .strictObject({
      /** Where its deploys are written down on its hosts. */
      file: z.string().optional(),
      /** What else senders call it: an application of Argo CD, an older name. */
      names: z.array(z.string().min(1)).default([]),
      /** `owner/name`, as GitHub has them. */
      repositories: z.array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/name')).default([]),
      /** What senders call its environment. */
      environments: z.array(z.string().min(1)).default([]),
      /** What of GitHub deploys it, besides deployments: a release, a push to the default branch, workflows by their names. */
      deploys_on: z
        .strictObject({
          release: z.boolean().default(false),
          push: z.boolean().default(false),
          workflows: z.array(z.string().min(1)).default([]),
        })
        .prefault({}),
    })
    .nullable()
    .default(null),
  arguments: Plain,
  lacks: (service, reach) =>
    service.changes?.file === undefined && reach.changes !== true
      ? '`changes: { file }`, or CHANGE_TOKEN in the environment'
      : null,
  ask: (inquiry) => (inquiry.service === null ? null : plainly(inquiry)),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
