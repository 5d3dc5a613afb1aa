import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import { formatBytes } from '../../../quantity.ts';
import type { Of } from '../../objects.ts';
import { type Cluster, claimsOf } from '../cluster.ts';
import { provisioningCause } from '../pods/messages.ts';
import { idOf, named, nameOf, quantityOf, selects, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';

type Claim = Of<'PersistentVolumeClaim'>;
type Volume = Of<'PersistentVolume'>;

/** All that is known of one volume claim, and of what could fill it. */
export function claimFacts(claim: Claim, cluster: Cluster): readonly Statement[] {
  const { metadata, spec, status } = claim;
  const name = nameOf(metadata);
  const users = cluster.pods.filter(
    (pod) =>
      pod.metadata?.namespace === metadata?.namespace && claimsOf(pod.spec, pod.metadata).includes(name),
  );
  const within: readonly ObjectId[] = [
    ...new Set(users.map(cluster.ownerOf)),
    named('namespace', undefined, metadata?.namespace),
  ];
  const say = sayOf(idOf('persistentvolumeclaim', metadata), within);
  const phase = status?.phase ?? 'Unknown';
  const bound = phase === 'Bound';
  const wanted = quantityOf(spec?.resources?.requests?.storage);
  return [
    ...say(
      `${name} is ${phase}`,
      { 'k8s.claim.phase': phase },
      { weight: bound ? 'well' : 'ill', at: bound ? null : timeOf(metadata?.creationTimestamp) },
    ),
    ...say(
      `${users.length} pods mount ${name}`,
      { 'k8s.claim.users': cluster.objects.Pod === undefined ? null : users.length },
      { weight: 'well' },
    ),
    ...(wanted === null
      ? []
      : say(
          `${name} asks for ${formatBytes(wanted)}`,
          { 'k8s.claim.request': wanted },
          { weight: bound ? 'well' : 'plain' },
        )),
    ...(bound
      ? []
      : [
          ...classOf(claim, name, say, cluster),
          ...volumes(claim, name, say, cluster),
          ...provisioning(claim, name, say, cluster),
        ]),
  ];
}

function classOf({ spec }: Claim, name: string, say: Say, { objects }: Cluster): readonly Statement[] {
  const wanted = spec?.storageClassName ?? '';
  const classes = objects.StorageClass;
  const found = classes?.find(({ metadata }) => metadata?.name === wanted);
  const exists = wanted === '' || found !== undefined;
  const provisions = found !== undefined && found.provisioner !== 'kubernetes.io/no-provisioner';
  return [
    ...say(
      wanted === '' ? `${name} asks for no storage class` : `${name} asks for the storage class ${wanted}`,
      { 'k8s.claim.class': wanted === '' ? 'none' : wanted },
    ),
    ...(classes === undefined
      ? []
      : [
          ...say(
            exists ? `the storage class of ${name} exists` : `there is no storage class ${wanted}`,
            { 'k8s.claim.class.exists': exists },
            { weight: exists ? 'plain' : 'ill' },
          ),
          ...say(
            `the storage class of ${name} ${found?.volumeBindingMode === 'WaitForFirstConsumer' ? 'waits until a pod is scheduled' : 'binds at once'} and ${provisions ? 'makes volumes by itself' : 'makes no volumes'}`,
            {
              'k8s.claim.class.waits': found?.volumeBindingMode === 'WaitForFirstConsumer',
              'k8s.claim.class.provisions': provisions,
            },
          ),
        ]),
  ];
}

const MISMATCHES = [
  'class',
  'volume mode',
  'access mode',
  'selector',
  'capacity',
  'taken',
  'released',
] as const;
type Mismatch = (typeof MISMATCHES)[number];

function volumes(claim: Claim, name: string, say: Say, { objects }: Cluster): readonly Statement[] {
  if (objects.PersistentVolume === undefined) return [];
  // A claim that names its volume can have no other.
  const named = claim.spec?.volumeName;
  const compared = objects.PersistentVolume.filter((one) => !named || one.metadata?.name === named)
    .map((volume) => ({ volume, against: mismatchesOf(claim, volume) }))
    // Of two that come as near, the free one was meant: others of its size are mostly somebody else's.
    .toSorted((a, b) => a.against.length - b.against.length || Number(isHeld(a)) - Number(isHeld(b)));
  const fitting = compared.filter(({ against }) => against.length === 0).length;
  const [nearest] = compared;
  const mismatch = nearest === undefined ? 'no volume' : (nearest.against[0] ?? 'none');
  const holder = compared.find(({ against }) => against.length === 1 && against[0] === 'taken')?.volume;
  const holds = holder?.spec?.claimRef && `${holder.spec.claimRef.namespace}/${holder.spec.claimRef.name}`;
  return [
    ...say(
      `${fitting} available volumes fit ${name}`,
      { 'k8s.claim.volumes.fitting': fitting },
      { weight: fitting === 0 ? 'ill' : 'plain' },
    ),
    ...say(
      nearest === undefined
        ? `there is no volume for ${name}`
        : mismatch === 'none'
          ? `${nameOf(nearest.volume.metadata)} fits ${name}`
          : `the nearest volume ${nameOf(nearest.volume.metadata)} does not fit ${name}: ${mismatch}`,
      { 'k8s.claim.mismatch': mismatch },
      { weight: mismatch === 'none' ? 'plain' : 'ill' },
    ),
    ...say(
      holds
        ? `a volume that would fit ${name} is bound to ${holds}`
        : `no volume that would fit ${name} is bound to another claim`,
      { 'k8s.claim.taken.by': holds || 'none' },
      { weight: holds ? 'ill' : 'plain' },
    ),
  ];
}

function isHeld({ against }: { readonly against: readonly Mismatch[] }): boolean {
  return against.includes('taken');
}

function mismatchesOf(
  { metadata, spec }: Claim,
  { metadata: of, spec: volume, status }: Volume,
): readonly Mismatch[] {
  const modes = new Set(volume?.accessModes ?? []);
  const wanted = quantityOf(spec?.resources?.requests?.storage) ?? 0;
  const claimed = volume?.claimRef;
  const mine =
    claimed === undefined || (claimed.name === metadata?.name && claimed.namespace === metadata?.namespace);
  const against: Readonly<Record<Mismatch, boolean>> = {
    class: (spec?.storageClassName ?? '') !== (volume?.storageClassName ?? ''),
    'volume mode': (spec?.volumeMode ?? 'Filesystem') !== (volume?.volumeMode ?? 'Filesystem'),
    'access mode': !(spec?.accessModes ?? []).every((mode) => modes.has(mode)),
    selector: !selects(spec?.selector, of?.labels),
    capacity: (quantityOf(volume?.capacity?.storage) ?? 0) < wanted,
    taken: !mine && status?.phase !== 'Released' && status?.phase !== 'Failed',
    released: status?.phase === 'Released' || status?.phase === 'Failed',
  };
  return MISMATCHES.filter((each) => against[each]);
}

function provisioning({ metadata }: Claim, name: string, say: Say, cluster: Cluster): readonly Statement[] {
  if (cluster.objects.Event === undefined) return [];
  const failed = cluster
    .eventsOf('PersistentVolumeClaim', metadata?.namespace, name)
    .find(({ reason }) => reason === 'ProvisioningFailed');
  const cause = failed === undefined ? 'none' : provisioningCause(failed.message ?? '');
  return say(
    failed === undefined
      ? `no failure to make a volume for ${name} is reported`
      : `no volume is made for ${name}: ${cause}`,
    { 'k8s.claim.provisioning.failed': cause },
    { weight: failed === undefined ? 'plain' : 'ill' },
  );
}
