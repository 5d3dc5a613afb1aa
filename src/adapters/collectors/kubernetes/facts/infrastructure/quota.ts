import { formatBytes, threeDigits } from '../../../quantity.ts';
import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { idOf, named, nameOf, quantityOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { quotaResource } from '../workloads/create.ts';
import { writtenBy } from '../written.ts';

/** From here on, little may be left. */
const TIGHT = 0.9;

/** How much of a quota is used, by kind of resource: of several that are about one kind, the fullest counts. */
export function quotaFacts(quota: Of<'ResourceQuota'>, { now, objects }: Cluster): readonly Statement[] {
  const { metadata, status, spec } = quota;
  const name = nameOf(metadata);
  const say = sayOf(idOf('resourcequota', metadata), [named('namespace', undefined, metadata?.namespace)]);
  const read = Object.entries(status?.hard ?? spec?.hard ?? {}).flatMap(([resource, hard]) => {
    const limit = quantityOf(hard);
    const used = quantityOf(status?.used?.[resource]);
    if (limit === null || used === null) return [];
    return [
      {
        resource,
        kind: quotaResource(resource),
        limit,
        used,
        ratio: limit === 0 ? (used > 0 ? 2 : 1) : used / limit,
      },
    ];
  });
  const fullest = [...Map.groupBy(read, ({ kind }) => kind).values()].flatMap(
    (some) => some.toSorted((a, b) => b.ratio - a.ratio)[0] ?? [],
  );
  return [
    ...fullest.flatMap(({ resource, kind, limit, used, ratio }) => {
      const shown = /memory|storage$/.test(resource) ? formatBytes : threeDigits;
      return say(
        `${name}: ${shown(used)} of ${shown(limit)} ${resource} is used`,
        {
          [`k8s.quota.${kind}.ratio` as const]: ratio,
          [`k8s.quota.${kind}.left` as const]: Math.max(0, limit - used),
        },
        { weight: ratio >= TIGHT ? 'ill' : 'plain' },
      );
    }),
    ...(fullest.some(({ kind }) => kind === 'storage') ? waiting(name, say, objects) : []),
    ...writtenBy(metadata, name, say, now),
  ];
}

/** Volumes that were made for claims that are not there. */
function waiting(name: string, say: Say, { PersistentVolume }: Cluster['objects']): readonly Statement[] {
  const sizes = (PersistentVolume ?? []).flatMap(({ status, spec }) =>
    status?.phase === 'Available' ? (quantityOf(spec?.capacity?.storage) ?? []) : [],
  );
  const least = Math.min(...sizes);
  return sizes.length === 0
    ? []
    : say(`the smallest volume that no claim of ${name} has taken is of ${formatBytes(least)}`, {
        'k8s.quota.storage.waiting': least,
      });
}
