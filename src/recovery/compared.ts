import type { Comparison } from '../execution/attempt.ts';
import { type Said, say } from '../lib/text/text.ts';

/** Of the values that are others, so many are told where a sentence names them; the thread has them all. */
const TOLD = 3;

/** Why nobody can say what stands there after an undoing that nothing was compared of. */
const NEVER_COMPARED: Comparison = { kind: 'unknown', why: 'nothing was read again after it' };

/**
 * What is known of an undoing once it has ended, to go on after what it was for: `… did not help (why)` and this. That it was rolled back is
 * said only where what stands there was read again, and is what the fix had found.
 */
export function howUndone(compared: Comparison = NEVER_COMPARED): Said {
  switch (compared.kind) {
    case 'as-before':
      return say` and was rolled back (${compared.words}, as before the fix)`;
    case 'differs':
      return say`, and its rollback did not put back what was there before: ${whatDiffers(compared)}`;
    case 'unknown':
      return say`, and its rollback ran, but could not be compared with what was there before (${compared.why})`;
    default:
      return compared satisfies never;
  }
}

/** What was found after an undoing that did not succeed, to go on after why; null where nothing is known of it. */
export function foundAfter(compared: Comparison = NEVER_COMPARED): Said | null {
  switch (compared.kind) {
    case 'as-before':
      return say`; what was there before the fix is there again: ${compared.words}`;
    case 'differs':
      return say`; it is not as before the fix: ${whatDiffers(compared)}`;
    case 'unknown':
      return null;
    default:
      return compared satisfies never;
  }
}

function whatDiffers({ was, now, lines }: Extract<Comparison, { kind: 'differs' }>): Said {
  const told = `${lines.slice(0, TOLD).join('; ')}${lines.length > TOLD ? '; …' : ''}`;
  // What two versions have in common says nothing of how they differ.
  if (was === now && told !== '') return say`${told}`;
  return say`it was ${was}; it is ${now} now${told === '' ? '' : ` (${told})`}`;
}
