import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { Lines, linesOf } from './arguments.ts';

export const journal = {
  name: 'journal',
  kind: 'log',
  reads: 'the journal of its unit: what it wrote, and what systemd did with it',
  instrument: 'the service itself for its own lines, systemd for those of systemd',
  /** Whether it is read; where nobody says, for a service that names no log files. */
  section: z.boolean().nullable().default(null),
  arguments: Lines,
  lacks: (service) => (wanted(service) ? null : '`journal: true`'),
  ask: (inquiry) => (inquiry.service !== null && wanted(inquiry.service) ? linesOf(inquiry) : null),
} as const satisfies Declaration<Lines> & { readonly section: z.ZodType };

function wanted({
  journal: asked,
  logs,
}: {
  readonly journal: boolean | null;
  readonly logs: readonly unknown[];
}): boolean {
  return asked ?? logs.length === 0;
}
