import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Raw, Workload } from '../../kubernetes/objects.ts';
import { type PatchStep, put, type Route, take, valueAt } from './patch.ts';

/** The number of the latest fix, and what it found, as annotations of the object itself: they are written in one with the change. */
export const FENCE = 'medic/fence';
export const BEFORE = 'medic/before';

/** The parts that are small enough to stand as they are; null for what was not there. */
export const AMOUNTS = [
  z.strictObject({ replicas: z.int().nonnegative() }),
  z.strictObject({
    memory: z.strictObject({
      container: z.string(),
      limit: z.string().nullable(),
      request: z.string().nullable(),
    }),
  }),
] as const;

/** A part of a workload that an operation changes, as it was. */
const Part = z.union([z.strictObject({ template: z.record(z.string(), z.unknown()) }), ...AMOUNTS]);
export type Part = Readonly<z.infer<typeof Part>>;

const Capture = z.strictObject({
  /** Of the claim that it was captured under: what another claim found is none of its business. */
  fence: z.int().nonnegative(),
  was: Part,
  /** A hash over the same part as the fix left it. Where another stands there, somebody else has changed it since. */
  set: z.string(),
});
export type Capture = Readonly<z.infer<typeof Capture>>;

/** More than this no object takes along with what others write there. */
const LARGEST = 100_000;

export function annotationOf(capture: Capture): string | null {
  const text = JSON.stringify(capture);
  return Buffer.byteLength(text) > LARGEST ? null : text;
}

/** Null where there is none, or none that can be understood. */
export function captureIn({ metadata }: Raw): Capture | null {
  const text = metadata?.annotations?.[BEFORE];
  if (text === undefined) return null;
  try {
    return Capture.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The number of the latest fix that an object knows of. */
export function fenceIn({ metadata }: Raw): number | null {
  const number = Number(metadata?.annotations?.[FENCE] ?? Number.NaN);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** The same part of a workload as it is now. */
export function partNow(part: Part, workload: Workload): Part {
  if ('template' in part) return { template: (workload.spec?.template ?? {}) as Record<string, unknown> };
  if ('replicas' in part) return { replicas: workload.spec?.replicas ?? 1 };
  return memoryPart(workload, part.memory.container);
}

export function memoryPart(workload: Workload, container: string): Part {
  const route = containerRoute(workload, container);
  const amount = (kind: 'limits' | 'requests') => {
    const value = route === null ? undefined : valueAt(workload, [...route, 'resources', kind, 'memory']);
    return typeof value === 'string' ? value : null;
  };
  return { memory: { container, limit: amount('limits'), request: amount('requests') } };
}

/** Where a container stands in the template; null where the template has none of that name. */
export function containerRoute({ spec }: Workload, container: string): Route | null {
  const place = spec?.template?.spec?.containers?.findIndex(({ name }) => name === container) ?? -1;
  return place === -1 ? null : ['spec', 'template', 'spec', 'containers', place];
}

/** The steps that make a part what it was; null where there is no place for it any more. */
export function stepsTo(part: Part, workload: Workload): readonly PatchStep[] | null {
  if ('template' in part) return [put(workload, ['spec', 'template'], part.template)];
  if ('replicas' in part) return [put(workload, ['spec', 'replicas'], part.replicas)];
  const route = containerRoute(workload, part.memory.container);
  if (route === null) return null;
  const amount = (kind: 'limits' | 'requests', value: string | null) => {
    const at = [...route, 'resources', kind, 'memory'];
    return value === null ? take(workload, at) : [put(workload, at, value)];
  };
  return [...amount('limits', part.memory.limit), ...amount('requests', part.memory.request)];
}

/** A hash that knows no order of names: the API may write them in another. */
export function hashOfPart(part: Part): string {
  return createHash('sha256').update(canonical(part)).digest('hex').slice(0, 32);
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

/** A part in words, for people. */
export function partWords(part: Part): string {
  if ('replicas' in part) return part.replicas === 1 ? '1 replica' : `${part.replicas} replicas`;
  if ('template' in part) return `the template with ${imagesIn(part.template)}`;
  const { container, limit, request } = part.memory;
  const asked = request === null ? '' : `, request ${request}`;
  return `the memory limit ${limit ?? 'none'}${asked} of the container ${container}`;
}

function imagesIn(template: unknown): string {
  const containers = valueAt(template, ['spec', 'containers']);
  const images = Array.isArray(containers)
    ? containers.flatMap((one) => {
        const image = valueAt(one, ['image']);
        return typeof image === 'string' ? [image] : [];
      })
    : [];
  return images.length === 0 ? 'no image' : images.slice(0, 3).join(', ');
}
