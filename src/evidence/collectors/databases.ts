import { z } from 'zod';
import { Duration } from '../../lib/schema/schemas.ts';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

/** What a database or an endpoint is called where it is told of. */
export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'use up to 63 letters, digits, dots, dashes and underscores');

export const Address = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\]):[1-9]\d{0,4}$/,
    'write a host and a port such as db-1.example.com:5432, without a user or a password',
  );

/** Whether the connection is encrypted, and whether the certificate of the server is looked at. */
const Encryption = z.enum(['off', 'unverified', 'verified']).default('off');

const Database = z.strictObject({
  name: Name,
  address: Address,
  tls: Encryption,
  /** How long reading it may take. */
  timeout: Duration.default(3000),
});

const PostgresqlSection = z.array(
  Database.extend({
    user: z.string().min(1).default('medic'),
    database: z.string().min(1).default('postgres'),
  }),
);
export type PostgresqlSource = z.infer<typeof PostgresqlSection>[number];

const RedisSection = z.array(Database.extend({ user: z.string().min(1).optional() }));
export type RedisSource = z.infer<typeof RedisSection>[number];

export const postgresql = {
  name: 'postgresql',
  kind: 'state',
  reads: 'connections, locks, replication and archive of its PostgreSQL databases',
  instrument: 'each database, asked as a user who may only read',
  section: PostgresqlSection.default([]),
  arguments: Plain,
  lacks: (service) => ((service.postgresql ?? []).length > 0 ? null : '`postgresql`'),
  ask: (inquiry) => ((inquiry.service?.postgresql ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };

export const redis = {
  name: 'redis',
  kind: 'state',
  reads: 'memory, clients, persistence and role of its Redis databases',
  instrument: 'each database, asked as a user who may only read',
  section: RedisSection.default([]),
  arguments: Plain,
  lacks: (service) => ((service.redis ?? []).length > 0 ? null : '`redis`'),
  ask: (inquiry) => ((inquiry.service?.redis ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
