import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

const declared = {
  kind: 'state',
  instrument: 'the kernel of each host, and its systemd',
  arguments: Plain,
  lacks: () => null,
  ask: (inquiry) => (inquiry.service !== null || inquiry.subject.kind === 'target' ? plainly(inquiry) : null),
} as const satisfies Omit<Declaration<Plain>, 'name' | 'reads'>;

/** What is read at once. */
export const host = {
  ...declared,
  name: 'host',
  reads: 'load, memory, disks, limits, failed units and the greediest processes of its hosts',
} as const satisfies Declaration<Plain>;

/** What takes two readings, or a search. */
export const hostActivity = {
  ...declared,
  takesLong: true,
  name: 'host activity',
  reads:
    'what its hosts compute and write, their connections and clock, the kernel’s log, recent changes and what fills a disk',
} as const satisfies Declaration<Plain>;
