import { type Judged, moment, span } from './words.ts';

/** The release that a host runs, by the link or file that names it. */
export interface RunningRelease {
  readonly release: string;
  /** When the link was made, or the file written, by the clock of record. */
  readonly changedAt: number;
  readonly previous: string | null;
}

/**
 * Whether a release came shortly before the symptom. One that came after it, or long before, is innocent.
 *
 * @param within  milliseconds
 */
export function judgeRelease(running: RunningRelease, symptomAt: number | null, within: number): Judged {
  const { release, changedAt, previous } = running;
  const runs = `release ${release} runs since ${moment(changedAt)}`;
  if (symptomAt === null)
    return { verdict: 'unknown', words: `${runs}; when the symptom began is not known`, undecided: true };
  const before = symptomAt - changedAt;
  if (before < 0) return { verdict: 'well', words: `${runs}, ${span(before)} after the symptom began` };
  if (before > within)
    return { verdict: 'well', words: `${runs}, long before the symptom (${span(before)})` };
  const from = previous === null ? '' : ` (before it: ${previous})`;
  return { verdict: 'fault', words: `${runs}, ${span(before)} before the symptom began${from}` };
}

/** A name that a release may have; whatever else a link or a folder says is none. */
export function releaseName(text: string): string | null {
  const name = text.trim().replace(/\/+$/, '').split('/').at(-1) ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) ? name : null;
}

/** Of the folders of releases, the newest one that is older than the current one; null where that cannot be told. */
export function releaseBefore(
  current: string,
  folders: readonly { readonly folder: string; readonly at: number }[],
): string | null {
  const named = folders.flatMap(({ folder, at }) => {
    const name = releaseName(folder);
    return name === null ? [] : [{ name, at }];
  });
  const now = named.find(({ name }) => name === current)?.at ?? Number.NEGATIVE_INFINITY;
  const [newest, next] = named.filter(({ at }) => at < now).toSorted((one, other) => other.at - one.at);
  return newest === undefined || newest.at === next?.at ? null : newest.name;
}
