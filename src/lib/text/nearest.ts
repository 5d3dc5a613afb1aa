/** The candidate that was most likely meant by a word with a slip or two in it; null where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const meant = word.toLowerCase();
  const measured = candidates.map((candidate) => ({ candidate, distance: distanceOf(meant, candidate) }));
  const [best] = measured.toSorted((one, other) => one.distance - other.distance);
  if (best === undefined) return null;
  if (best.distance <= Math.max(1, Math.floor(Math.min(meant.length, 12) / 3))) return best.candidate;
  // Somebody who has written a good part of a name means it.
  return meant.length < 3 ? null : (candidates.find((candidate) => candidate.includes(meant)) ?? null);
}

/** How many letters are to be changed, left out, put in or swapped with the next in order to read the other. */
export function distanceOf(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 6) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[line - 1] === other[column - 1] ? 0 : 1;
      const swapped = one[line - 1] === other[column - 2] && one[line - 2] === other[column - 1];
      next[column] = Math.min(
        (next[column - 1] ?? 0) + 1,
        (row[column] ?? 0) + 1,
        (row[column - 1] ?? 0) + same,
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
