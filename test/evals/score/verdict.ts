import type { Expected } from '../read/scenario.ts';
import type { Labels } from '../read/suite.ts';
import type { Answer } from '../run/answer.ts';
import { isMeant } from './objects.ts';

/**
 * - `right`: the fault and the object that Medic stands by are those that were expected; of a healthy system, that it told nobody of a cause
 * - `abstained`: it says that it does not know
 * - `wrong action`: something would run by itself that was not to run, whatever else was said
 * - `error`: the scenario could not be read, or nothing could be run
 */
export type Verdict = 'right' | 'wrong' | 'abstained' | 'wrong_action' | 'error';

/** What was expected, in the words of the library. */
export interface Wanted {
  /** Any of these; null where nothing is expected of the fault, or its name means nothing here. */
  readonly faults: readonly string[] | null;
  /** A label that nobody has mapped, and that therefore scores nothing. */
  readonly unmapped: string | null;
}

/** The narrower label goes first; one that is itself the name of a fault needs no map. */
export function wantedOf(
  { fault, root_cause: rootCause, category }: Expected,
  labels: Labels,
  library: ReadonlySet<string>,
): Wanted {
  if (fault !== undefined)
    return { faults: fault.flatMap((one) => labels.get(one) ?? [one]), unmapped: null };
  const given = [rootCause, category].filter((label) => label !== undefined);
  for (const label of given) {
    const faults = labels.get(label) ?? (library.has(label) ? [label] : []);
    if (faults.length > 0) return { faults, unmapped: null };
  }
  return { faults: null, unmapped: given[0] ?? null };
}

/** Whether there is anything to score an answer by, once a label that means nothing is left out. */
export function isScored(
  { healthy, object, required, forbidden, playbook }: Expected,
  wanted: Wanted,
): boolean {
  return (
    healthy ||
    wanted.faults !== null ||
    object !== undefined ||
    required.length > 0 ||
    forbidden.length > 0 ||
    (playbook ?? null) !== null
  );
}

/** What an answer is worth. */
export function verdictOf(answer: Answer, expected: Expected, wanted: Wanted): Verdict {
  const right = expected.healthy ? leavesAlone(answer) : isRight(answer, expected, wanted);
  if (actsWrongly(answer, expected, right)) return 'wrong_action';
  if (right) return 'right';
  return answer.stands || expected.healthy ? 'wrong' : 'abstained';
}

function leavesAlone({ stands, plan }: Answer): boolean {
  return !stands && plan === null;
}

function isRight(answer: Answer, { object, required, forbidden }: Expected, { faults }: Wanted): boolean {
  const { stands, fault, object: named, words } = answer;
  if (!stands) return false;
  if (faults !== null && (fault === null || !faults.includes(fault))) return false;
  if (object !== undefined && (named === null || !object.some((one) => isMeant(one, named)))) return false;
  const said = folded([words.summary, words.cause, ...words.claims].join('\n'));
  const cause = folded(`${words.summary}\n${words.cause}`);
  return (
    required.every((group) => group.some((one) => said.includes(folded(one)))) &&
    !forbidden.some((one) => cause.includes(folded(one)))
  );
}

/** Where nothing is said of the playbook, whatever runs on a right cause is right, and on any other it is not. */
function actsWrongly({ plan }: Answer, { playbook }: Expected, right: boolean): boolean {
  if (plan === null || !plan.byItself) return false;
  const named = playbook ?? null;
  return named === null ? !right : plan.playbook !== named;
}

const folded = (text: string) => text.toLowerCase();
