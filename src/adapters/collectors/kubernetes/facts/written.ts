import type { Metadata } from '../objects.ts';
import { timeOf } from './read.ts';
import type { Say, Statement } from './statement.ts';

/** Who wrote the specification of an object last, as the API server keeps it; nothing where it does not. */
export function writtenBy(
  metadata: Metadata | undefined,
  name: string,
  say: Say,
  now: number,
): readonly Statement[] {
  const last = lastWrite(metadata);
  if (last === null) return [];
  const age = Math.max(0, (now - last.at) / 1000);
  return say(
    `${name}: its specification was written ${Math.round(age)} s ago by ${last.by}`,
    { 'k8s.spec.age': age, 'k8s.spec.by': last.by },
    { at: last.at },
  );
}

export function lastWrite(
  metadata: Metadata | undefined,
  /** What has to be among the fields that were written. */
  field = 'f:spec',
): { readonly at: number; readonly by: string } | null {
  const writes = (metadata?.managedFields ?? []).flatMap(({ manager, time, subresource, fieldsV1 }) => {
    const at = timeOf(time);
    const wrote = JSON.stringify(fieldsV1 ?? {}).includes(`"${field}"`);
    // Whoever scales writes by a subresource; any other is the word of a controller.
    const isSpec = [undefined, '', 'scale'].includes(subresource);
    return at === null || !wrote || !isSpec ? [] : [{ at, by: (manager ?? '?').slice(0, 100) }];
  });
  return writes.toSorted((a, b) => b.at - a.at)[0] ?? null;
}
