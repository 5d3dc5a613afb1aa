import type { Selected } from '../reading.ts';
import { DATASTORE } from './datastore.ts';
import type { Family } from './family.ts';
import { HOST } from './host.ts';
import { KUBERNETES } from './kubernetes.ts';
import { LIMITS } from './limits.ts';
import { CONVENTIONS, SERVICE } from './service.ts';

/** All of them; what goes by a mere convention comes last. */
export const FAMILIES: readonly Family[] = [
  ...LIMITS,
  ...KUBERNETES,
  ...HOST,
  ...DATASTORE,
  ...SERVICE,
  ...CONVENTIONS,
];

/** A longer name is nobody's metric, and no pattern is tried on it. */
const LONGEST = 200;

/** The families of a metric that a rule selects: those of the first name that fits, as far as its matchers let them be meant. */
export function familiesOf(selected: Selected): readonly Family[] {
  const [first] =
    selected.metric.length > LONGEST ? [] : FAMILIES.filter(({ metric }) => metric.test(selected.metric));
  if (first === undefined) return [];
  const same = FAMILIES.filter(({ metric }) => metric.source === first.metric.source);
  const fitting = same.filter(
    ({ where }) =>
      where === undefined ||
      (mayBe(selected, where.label, where.is) && (where.said !== true || isSaid(selected, where.label))),
  );
  // A rule that says which value it means is about that one alone.
  const [exact] = fitting.filter(({ where }) => where !== undefined && isSaid(selected, where.label));
  return exact === undefined ? fitting : fitting.filter(({ where }) => where !== undefined);
}

/** The labels that series of a metric usually have. */
export function labelsOf(metric: string): readonly string[] {
  const known = metric.length > LONGEST ? undefined : FAMILIES.find((family) => family.metric.test(metric));
  const labels = known?.labels ?? [];
  return [...labels, 'instance', 'job'];
}

function isSaid({ matchers }: Selected, label: string): boolean {
  return matchers.some((one) => one.label === label && one.op !== '!=' && one.op !== '!~');
}

/** Whether the series that are selected may have such a value of a label. */
function mayBe(selected: Selected, label: string, is: RegExp): boolean {
  const values = valuesOf(selected, label);
  return values === null ? !isRefused(selected, label, is) : values.some((value) => is.test(value));
}

/** Whether a matcher leaves out the one value that is meant. */
function isRefused({ matchers }: Selected, label: string, is: RegExp): boolean {
  return matchers.some(
    (one) => one.label === label && one.op === '!=' && one.value !== '' && is.test(one.value),
  );
}

/** The values of a label that a selector asks for, where it spells them out; null where it may be any. */
export function valuesOf({ matchers }: Selected, label: string): readonly string[] | null {
  const own = matchers.filter((one) => one.label === label);
  const exact = own.find(({ op, value }) => op === '=' && value !== '');
  if (exact !== undefined) return [exact.value];
  const pattern = own.find(({ op }) => op === '=~')?.value;
  if (pattern === undefined) return null;
  return pattern.replace(/^\^?\(?(?:\?:)?|\)?\$?$/g, '').split('|');
}
