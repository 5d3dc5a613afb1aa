import type { ObjectId } from '../../../evidence/facts/fact.ts';

/** The host that was read, and the services that it was read for. */
export interface Place {
  readonly host: string;
  readonly serves: readonly ObjectId[];
}

/** Why a section could not be read; null where it could, undefined where it was not given at all. */
export function unreadable(section: string): string | null {
  return /^unreadable: (.*)$/m.exec(section)?.[1] ?? null;
}

/** Whether a section says of itself that it was read: only then is what it does not name not there. */
export function isRead(section: string): boolean {
  return /^readable$/m.test(section);
}

/** The lines of a section that say something. */
export function linesOf(section: string): readonly string[] {
  return section
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'readable');
}
