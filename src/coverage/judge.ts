import type { Service, Settings } from '../config/settings.ts';
import type { Fault } from '../diagnosis/faults/fault.ts';
import type { FactName } from '../evidence/facts/vocabulary.ts';
import type { Catalog, Manifest } from '../playbooks/manifest.ts';
import { modeOf } from '../policy/decide.ts';
import { tierOf } from '../policy/tier.ts';
import { type About, aboutOf } from './about.ts';
import { answers } from './answers.ts';
import { type Causes, causesOf } from './causes.ts';
import type { Reading } from './reading.ts';
import type { Rule } from './rule.ts';

/** What Medic knows before it has seen any alert. */
export interface Knowledge {
  readonly settings: Settings;
  readonly faults: readonly Fault[];
  readonly catalog: Catalog;
  /** What a playbook would act on, where nothing is registered yet: a service as it is by default. */
  readonly assumed: Service;
}

/** What could become of the alerts of a rule, the best first. */
export type Outcome =
  /** A playbook mends one of its possible causes, and the rules let it run by itself. */
  | 'heal'
  /** The same, and a person has to approve. */
  | 'ask'
  /** Its cause could be named, and nobody's playbook mends it. */
  | 'explain'
  | 'none';

/** Why nothing can be said of a rule. */
export type Lack =
  /** Its expression is not understood. */
  | 'syntax'
  /** It fires always, on purpose. */
  | 'always'
  /** Nothing names what its alerts are about. */
  | 'label'
  /** Medic reads no facts about what it measures. */
  | 'facts'
  /** No fault rests on those. */
  | 'fault';

export interface Mending {
  readonly playbook: string;
  readonly title: string;
  readonly faults: readonly string[];
  readonly how: 'at once' | 'after a cancel window' | 'asks' | 'only says so';
  /** Why a person is asked. */
  readonly because: string | null;
}

export interface Judged {
  readonly rule: Rule;
  readonly reading: Reading;
  readonly about: About;
  readonly facts: readonly FactName[];
  readonly unknown: readonly string[];
  readonly faults: readonly Fault[];
  readonly mendings: readonly Mending[];
  readonly outcome: Outcome;
  /** Null but for `none`. */
  readonly lack: Lack | null;
}

/** What Medic could make of a rule's alerts. Pure: it knows nothing but what is written. */
export function judge(rule: Rule, reading: Reading, knowledge: Knowledge): Judged {
  const { settings } = knowledge;
  const abouts = reading.map((measure) => aboutOf(rule, measure, settings));
  // Where one way in which it fires names something, that is told.
  const about = abouts.find(({ kind }) => kind !== 'nothing') ?? abouts[0] ?? NOTHING;
  const causes = causesOf(reading, knowledge.faults);
  const { facts, faults, unknown } = causes;
  const mendings = mendingsOf(causes, labelsIn(rule, reading), knowledge);
  const lack = lackOf(reading, about, causes, mendings);
  const outcome = lack === null ? outcomeOf(mendings) : 'none';
  return { rule, reading, about, facts, unknown, faults, mendings, outcome, lack };
}

const NOTHING: About = { kind: 'nothing', keep: [], how: 'none' };

function lackOf(
  reading: Reading,
  about: About,
  { facts, faults }: Causes,
  mendings: readonly Mending[],
): Lack | null {
  if (reading.length === 0) return 'syntax';
  if (reading.every(({ fires }) => fires.kind === 'always')) return 'always';
  if (facts.length === 0 && faults.length + mendings.length === 0) return 'facts';
  if (about.kind === 'nothing') return 'label';
  return faults.length + mendings.length === 0 ? 'fault' : null;
}

function outcomeOf(mendings: readonly Mending[]): Outcome {
  if (mendings.some(({ how }) => how === 'at once' || how === 'after a cancel window')) return 'heal';
  return mendings.some(({ how }) => how === 'asks') ? 'ask' : 'explain';
}

const ORDER: readonly Mending['how'][] = ['at once', 'after a cancel window', 'asks', 'only says so'];

/** The labels that alerts of a rule are known to have, in any way in which it fires. */
function labelsIn(rule: Rule, reading: Reading): ReadonlySet<string> {
  return new Set([...Object.keys(rule.labels), ...reading.flatMap(({ carried }) => [...carried.has.keys()])]);
}

/** Whether each parameter has a source: what the registry says is taken to be written there. */
function isGrounded({ parameters }: Manifest, labels: ReadonlySet<string>): boolean {
  return Object.values(parameters).every(({ from }) =>
    from.some((source) => !('label' in source) || labels.has(source.label)),
  );
}

function mendingsOf(causes: Causes, labels: ReadonlySet<string>, knowledge: Knowledge): readonly Mending[] {
  const all = [...knowledge.catalog.values()].flatMap(({ manifest }): readonly Mending[] => {
    const mended = causes.faults.map(({ name }) => name).filter((name) => manifest.mends.includes(name));
    if (!isGrounded(manifest, labels) || (mended.length === 0 && !answers(manifest, causes))) return [];
    const { name: playbook, title } = manifest;
    return [{ playbook, title, faults: mended, ...howOf(manifest, knowledge) }];
  });
  return all.toSorted((a, b) => ORDER.indexOf(a.how) - ORDER.indexOf(b.how));
}

/** What policy would say of a plan of this playbook, whose target is registered and about which an alert fires. */
function howOf(manifest: Manifest, { settings, assumed }: Knowledge): Pick<Mending, 'how' | 'because'> {
  const { risk, category, idempotent, rollback, look } = manifest;
  const mode = modeOf({ kind: 'service', name: '', environment: settings.environment }, settings.policy);
  if (mode === 'observe') return { how: 'only says so', because: 'the mode is observe' };
  if (mode === 'supervised') return { how: 'asks', because: 'the mode is supervised' };
  const tier = tierOf(
    {
      ...{ risk, category, idempotent, rollback },
      look: look === null ? null : { spec: look, hosts: null },
      ...{ targets: [''], maxTargets: 1, requestedBy: { kind: 'medic' } },
    },
    { service: assumed, alertFiring: true },
  );
  switch (tier.effective) {
    case 'low':
      return { how: 'at once', because: null };
    case 'medium':
      return { how: 'after a cancel window', because: null };
    case 'high':
      return { how: 'asks', because: tier.raisedBy[0] ?? 'its risk is high' };
    default:
      return tier.effective satisfies never;
  }
}
