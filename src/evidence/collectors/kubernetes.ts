import { z } from 'zod';
import type { Alert } from '../../alerts/alert.ts';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';

/** More objects than these no incident is about. */
const MOST = 8;
const KINDS = [
  'deployment',
  'statefulset',
  'daemonset',
  'replicaset',
  'job',
  'pod',
  'node',
  'service',
] as const;

const Name = z.string().min(1).max(253);
/** A namespace is part of what is asked for: nothing else may stand there. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const Namespace = z.string().regex(NAMESPACE, 'is no name of a namespace');

const Arguments = Plain.extend({
  /** What the alerts name by their labels. */
  places: z
    .array(
      z.strictObject({
        namespace: Namespace.nullable(),
        kind: z.enum(KINDS).nullable(),
        name: Name.nullable(),
      }),
    )
    .max(MOST),
});
export type KubernetesArguments = z.infer<typeof Arguments>;
type Place = KubernetesArguments['places'][number];

export const kubernetes = {
  name: 'kubernetes',
  kind: 'state',
  reads: 'its workload, pods, services and volume claims in Kubernetes, and the nodes',
  instrument: 'whoever wrote each part of an object: a kubelet, a controller, the scheduler, a deployer',
  section: z
    .strictObject({
      namespace: Namespace,
      /** `deployment/cart`; where none is given, all of the namespace. */
      workload: z
        .string()
        .regex(
          /^(?:deployment|statefulset|daemonset)\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
          'write a kind and a name, such as deployment/cart',
        )
        .optional(),
      /** How few and how many pods it may be scaled to; without it, it is not scaled. */
      replicas: z
        .strictObject({ min: z.int().positive(), max: z.int().positive() })
        .refine(({ min, max }) => min <= max, 'has a max that is below its min')
        .optional(),
      /** The most memory that one of its containers may be given, as Kubernetes writes it; without it, none is given more. */
      memory_ceiling: z
        .string()
        .regex(/^[1-9]\d{0,9}(?:Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'write an amount of memory such as 1Gi')
        .optional(),
    })
    .nullable()
    .default(null),
  arguments: Arguments,
  lacks: (service, { kubernetes: reached }) =>
    reached ? (service.kubernetes === null ? '`kubernetes`' : null) : '`kubernetes`, beside `services`',
  ask: (inquiry) => {
    const { service, subject, alerts } = inquiry;
    const places = [...new Map(alerts.flatMap(placesIn).map((one) => [JSON.stringify(one), one])).values()];
    const unplaced = service === null && subject.kind !== 'storm';
    return places.length > 0 || unplaced || (service?.kubernetes ?? null) !== null
      ? { ...plainly(inquiry), places: places.slice(0, MOST) }
      : null;
  },
} as const satisfies Declaration<KubernetesArguments> & { readonly section: z.ZodType };

/** The label of each kind, the most telling first. An exporter that speaks of others calls theirs `exported_`. */
const LABELS: readonly (readonly [string, (typeof KINDS)[number]])[] = [
  ['deployment', 'deployment'],
  ['statefulset', 'statefulset'],
  ['daemonset', 'daemonset'],
  ['exported_pod', 'pod'],
  ['pod', 'pod'],
  ['replicaset', 'replicaset'],
  ['job_name', 'job'],
  ['exported_service', 'service'],
  ['service', 'service'],
];

function placesIn({ labels }: Alert): readonly Place[] {
  const value = (name: string) => {
    const found = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
    return found === '' || found.length > 253 ? null : found;
  };
  const namespace = value('exported_namespace') ?? value('namespace') ?? value('kubernetes_namespace');
  if (namespace !== null && !NAMESPACE.test(namespace)) return [];
  const node = value('node') ?? value('kubernetes_node');
  if (namespace === null) return node === null ? [] : [{ namespace: null, kind: 'node', name: node }];
  const [label, kind] = LABELS.find(([name]) => value(name) !== null) ?? [];
  return [
    label === undefined || kind === undefined
      ? { namespace, kind: null, name: null }
      : { namespace, kind, name: value(label) },
  ];
}
