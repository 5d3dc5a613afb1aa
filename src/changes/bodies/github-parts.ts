import { z } from 'zod';

export const User = z.object({ login: z.string(), type: z.string().nullish() });

export const Repository = z.object({
  full_name: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name')
    .max(200),
  default_branch: z.string().default('main'),
  pushed_at: z.union([z.number(), z.string()]).nullish(),
});
