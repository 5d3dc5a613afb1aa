import type { Alert } from '../alerts/alert.ts';
import { TARGETS, WORKLOADS } from '../alerts/speaker.ts';
import { subjectOf } from '../alerts/subject.ts';
import type { Settings } from '../config/settings.ts';
import { familiesOf } from './families/families.ts';
import type { Measure } from './reading.ts';
import type { Rule } from './rule.ts';

/** What alerts of a rule will be about, by the labels that are left. */
export type About =
  /** `words` are names of labels, `namespace/pod`, and values that the rule fixes, `service=shop`. */
  | { readonly kind: 'service' | 'target'; readonly words: string }
  /** Nothing names it. `keep` are labels that would, and that the expression drops. */
  | {
      readonly kind: 'nothing';
      readonly keep: readonly string[];
      readonly how: 'dropped' | 'absent' | 'none';
    };

/** No label has this value, so where it is read the alert's own name was all that there was. */
const NAMELESS = '⟦⟧';
const sample = (label: string) => `⟦${label}⟧`;

/** What an alert of one of the ways in which a rule fires is about. */
export function aboutOf(rule: Rule, measure: Measure, settings: Settings): About {
  const labels = labelsOf(rule, measure);
  const subject = subjectOf(alertWith(labels), settings);
  if (!subject.name.includes(NAMELESS))
    return { kind: subject.kind === 'service' ? 'service' : 'target', words: wordsFor(subject.name, labels) };
  const keep = keepable(measure, settings);
  const how = measure.fires.kind === 'absent' ? 'absent' : keep.length > 0 ? 'dropped' : 'none';
  return { kind: 'nothing', keep, how };
}

/** The labels of an alert: those that the expression leaves, and those that the rule adds. */
function labelsOf(rule: Rule, { carried, selected }: Measure): Readonly<Record<string, string>> {
  const [speaker] = selected
    .filter(({ beside }) => !beside)
    .flatMap((one) => familiesOf(one).flatMap((family) => family.speaker ?? []));
  const left = [...carried.has].map(([label, value]) => {
    const unsaid = label === 'job' && speaker !== undefined ? speaker : sample(label);
    return [label, value ?? unsaid] as const;
  });
  const added = Object.entries(rule.labels).flatMap(([label, value]) => {
    const filled = filledIn(value, new Set(carried.has.keys()), carried.open);
    return filled === '' ? [] : [[label, filled === null ? sample(label) : filled] as const];
  });
  return Object.fromEntries([...left, ...added]);
}

/** The value of a rule's label: null where a template makes it of labels that are there, empty where those are gone. */
function filledIn(value: string, has: ReadonlySet<string>, open: boolean): string | null {
  if (!value.includes('{{')) return value;
  const used = [...value.matchAll(/\$labels\.(\w+)|\$labels\s+"([^"]+)"|\.Labels\.(\w+)/g)].map(
    (found) => found[1] ?? found[2] ?? found[3] ?? '',
  );
  if (used.length === 0) return null;
  return used.some((label) => open || has.has(label)) ? null : '';
}

function alertWith(labels: Readonly<Record<string, string>>): Alert {
  return {
    fingerprint: '',
    source: 'coverage',
    status: 'firing',
    name: NAMELESS,
    severity: 'warning',
    labels,
    annotations: {},
    startsAt: 0,
    endsAt: null,
    expression: null,
    link: null,
  };
}

/** `⟦namespace⟧/⟦pod⟧` as `namespace/pod`, and a value that the rule fixes with the name of its label. */
function wordsFor(name: string, labels: Readonly<Record<string, string>>): string {
  const fixed = Object.entries(labels).find(([, value]) => value === name);
  if (fixed !== undefined && !name.includes('⟦')) return `${fixed[0]}=${fixed[1]}`;
  return name.replace(/⟦([^⟧]*)⟧/g, '$1');
}

/** The labels that name something and that the expression drops, the best first. */
function keepable({ carried, selected, fires }: Measure, settings: Settings): readonly string[] {
  const dropped = new Set(carried.gone);
  const usual = selected
    .filter(({ beside }) => !beside)
    .flatMap((one) => familiesOf(one).flatMap(({ labels }) => labels));
  const hasSeries = fires.kind !== 'absent' && fires.kind !== 'always' && !carried.open;
  const order = [...settings.subject_labels, ...WORKLOADS, ...TARGETS, 'job'];
  const speaks = selected.some((one) => familiesOf(one).some(({ speaker }) => speaker !== undefined));
  return order.filter(
    (label) =>
      (dropped.has(label) || (hasSeries && usual.includes(label))) &&
      // Of an exporter that speaks for others, these name the exporter.
      !(speaks && label === 'job'),
  );
}
