import type { LogLine } from '../read/scenario.ts';
import type { RecordedCluster } from './kubernetes.ts';

/** The recorded log of a container of a pod, as the API server prints it; null where neither the pod nor its log was recorded. */
export function podLog(
  { objects, logs, at }: RecordedCluster,
  namespace: string,
  pod: string,
  query: URLSearchParams,
): string | null {
  const isThere = objects.some(
    ({ kind, metadata }) => kind === 'Pod' && metadata.name === pod && metadata.namespace === namespace,
  );
  const container = query.get('container');
  const before = query.get('previous') === 'true';
  const lines = logs.filter(
    ({ labels }) =>
      labels.pod === pod &&
      (labels.namespace ?? namespace) === namespace &&
      (container === null || labels.container === undefined || labels.container === container) &&
      (labels.previous === 'true') === before,
  );
  if (!isThere && lines.length === 0) return null;
  const since = sinceOf(query, at);
  const tail = query.has('tailLines') ? Number(query.get('tailLines')) : lines.length;
  const meant = lines.filter((line) => line.at >= since);
  const kept = tail === 0 ? [] : meant.slice(-tail);
  const stamped = query.get('timestamps') === 'true';
  const text = kept.map((line) => `${stamped ? stampOf(line) : ''}${line.line}\n`).join('');
  const limit = Number(query.get('limitBytes') ?? 0);
  return limit > 0 ? Buffer.from(text).subarray(0, limit).toString() : text;
}

function sinceOf(query: URLSearchParams, at: number): number {
  const time = Date.parse(query.get('sinceTime') ?? '');
  if (!Number.isNaN(time)) return time;
  const seconds = Number(query.get('sinceSeconds') ?? 0);
  return seconds > 0 ? at - seconds * 1000 : -Infinity;
}

const stampOf = ({ at }: LogLine) => `${new Date(at).toISOString().replace('Z', '000000Z')} `;
