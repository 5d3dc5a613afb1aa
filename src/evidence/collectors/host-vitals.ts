import { z } from 'zod';
import type { Alert } from '../../alerts/alert.ts';
import type { Declaration } from '../collector.ts';
import { A_PROMETHEUS, Plain, plainly } from './arguments.ts';

const Arguments = Plain.extend({
  /** Hosts that are named where the registry names none. */
  guessed: z.array(z.string().min(1)),
});
export type HostVitalsArguments = z.infer<typeof Arguments>;

export const hostVitals = {
  name: 'host vital signs',
  kind: 'metric',
  reads: 'load, memory and filesystems of its hosts, as Prometheus has them',
  instrument: 'the node exporter of each host',
  arguments: Arguments,
  lacks: (_service, { prometheus }) => (prometheus ? null : A_PROMETHEUS),
  ask: (inquiry) => {
    const { service, subject, alerts } = inquiry;
    const guessed = [...(subject.kind === 'target' ? [subject.name] : []), ...alerts.flatMap(named)];
    return guessed.length + (service?.hosts ?? []).length === 0 ? null : { ...plainly(inquiry), guessed };
  },
} as const satisfies Declaration<HostVitalsArguments>;

/** The hosts that an alert names. */
function named({ labels }: Alert): readonly string[] {
  return [labels.host ?? '', hostIn(labels.instance ?? '')].filter((host) => host !== '');
}

/** Of `web-1:9100`, or of the address that a probe asked. */
function hostIn(instance: string): string {
  return URL.canParse(instance) && instance.includes('://')
    ? new URL(instance).hostname
    : instance.replace(/:\d+$/, '');
}
