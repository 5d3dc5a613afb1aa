import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

export const host = {
  name: 'host',
  kind: 'state',
  reads:
    'load, memory, disks, limits, clock, the kernel’s log, failed units, recent changes and the greediest processes of its hosts',
  instrument: 'the kernel of each host, and its systemd',
  arguments: Plain,
  lacks: () => null,
  ask: (inquiry) => (inquiry.service !== null || inquiry.subject.kind === 'target' ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain>;
