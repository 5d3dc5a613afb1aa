import { z } from 'zod';
import type { Declaration } from '../collector.ts';
import { AlertArgument, BoundArgument, boundTo, Plain, plainly } from './arguments.ts';

const Arguments = Plain.extend({
  /** What the values of a look may come from. */
  alerts: z.array(AlertArgument),
  /** Their rules, as they stand at their sources. */
  rules: z.array(BoundArgument),
  /** Whether nothing is looked at but the unit that runs it. */
  unitAlone: z.literal(true).exactOptional(),
});
export type LooksArguments = z.infer<typeof Arguments>;

/** Which looks there are the catalog says, of whoever takes them: nobody can ask for another. */
export const looks = {
  name: 'looks',
  kind: 'state',
  reads: 'what the playbooks look at before they act',
  instrument: 'systemd, supervisor or the kernel of each host, or a command of the playbook',
  arguments: Arguments,
  around: true,
  lacks: () => null,
  ask: (inquiry) =>
    inquiry.service === null
      ? null
      : {
          ...plainly(inquiry),
          alerts: [...inquiry.alerts],
          rules: inquiry.alerts.flatMap((alert) => boundTo(alert, inquiry) ?? []),
          ...(inquiry.neededBy === undefined ? {} : { unitAlone: true }),
        },
} as const satisfies Declaration<LooksArguments>;
