import type { Series } from '../../../../evidence/evidence.ts';

type Points = Series['points'];

/** At most so many points: of each stretch the least and the greatest, at their own times, and the last of all. */
export function thinned(points: Points, most: number): Points {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= most || first === undefined || last === undefined) return points;
  const stretches = Math.floor((most - 1) / 2);
  const width = (last[0] - first[0]) / stretches || 1;
  const groups = Map.groupBy(points, ([at]) => Math.min(stretches - 1, Math.floor((at - first[0]) / width)));
  const kept = new Set<Points[number]>();
  for (const group of groups.values()) {
    const known = group.filter(([, value]) => Number.isFinite(value));
    const lowest = known.reduce<Points[number] | undefined>((a, b) => (a && a[1] <= b[1] ? a : b), undefined);
    const highest = known.reduce<Points[number] | undefined>(
      (a, b) => (a && a[1] >= b[1] ? a : b),
      undefined,
    );
    kept.add(lowest ?? group[0] ?? last).add(highest ?? group[0] ?? last);
  }
  kept.add(last);
  return [...kept].sort(([a], [b]) => a - b);
}
