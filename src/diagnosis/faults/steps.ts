import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import type { Fault } from './fault.ts';
import type { Facts, Known } from './index-facts.ts';
import { fill } from './words.ts';

const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'replicaset', 'job', 'cronjob'];
/** Kinds whose objects are called by three parts that name no namespace. */
const ON_HOSTS = ['unit', 'process'];

const afterSlash = (object: ObjectId) => object.slice(object.lastIndexOf('/') + 1);
const namespaceOf = (object: ObjectId) => {
  const [kind = '', first, ...rest] = object.split('/');
  return rest.length === 0 || ON_HOSTS.includes(kind) ? null : (first ?? null);
};

/** What a step may leave open in angle brackets, and how an object that is meant there is written; null of any other object. */
interface Blank {
  readonly says: RegExp;
  readonly named: (object: ObjectId, facts: Facts) => string | null;
  /** Whether the step is nothing without it: what a host does not have cannot be done there. */
  readonly needed?: true;
  /** Whether any of those that show the fault will do. */
  readonly any?: true;
}

const ofKind = (kind: string) => (object: ObjectId) => (kindOf(object) === kind ? afterSlash(object) : null);
/** A unit by who supervises it: what is said to systemd is said to no program of supervisor. */
const supervisedBy = (who: string) => (object: ObjectId, facts: Facts) =>
  kindOf(object) === 'unit' && facts.of(object).some(({ fact }) => fact.name.startsWith(`${who}.`))
    ? afterSlash(object)
    : null;

const BLANKS: readonly Blank[] = [
  { says: /<unit>/g, named: supervisedBy('systemd'), needed: true },
  { says: /<program>/g, named: supervisedBy('supervisor'), needed: true },
  { says: /<container>/g, named: ofKind('container'), needed: true },
  {
    says: /<mountpoint>/g,
    named: (object) => (kindOf(object) === 'filesystem' ? object.slice(object.indexOf(':') + 1) : null),
    needed: true,
  },
  { says: /<namespace>/g, named: namespaceOf },
  { says: /<pod>/g, named: ofKind('pod'), any: true },
  { says: /<node>/g, named: ofKind('node') },
  { says: /<claim>/g, named: ofKind('persistentvolumeclaim') },
  {
    says: /\bdeployment\/<name>/g,
    named: (object) =>
      WORKLOADS.includes(kindOf(object)) ? `${kindOf(object)}/${afterSlash(object)}` : null,
  },
  {
    says: /\bdeployment <name>/g,
    named: (object) =>
      WORKLOADS.includes(kindOf(object)) ? `${kindOf(object)} ${afterSlash(object)}` : null,
  },
];

/**
 * The steps of a fault as they are told: names of objects are filled in where the facts know exactly one, and a step for a unit, a program, a
 * container or a mount that nobody knows of is left out. What a person has to choose stays open. Pure.
 *
 * @param shown the facts that bear the fault out: what they are about is meant before anything else that has to do with the object
 */
export function stepsOf(
  { steps }: Fault,
  object: ObjectId,
  shown: readonly Known[],
  facts: Facts,
): readonly string[] {
  const near: readonly (readonly ObjectId[])[] = [
    [object],
    shown.map(({ fact }) => fact.of),
    shown.flatMap(({ scope }) => scope),
    facts.within(object).flatMap(({ scope }) => scope),
  ];
  return steps.flatMap((step) => {
    let told = fill(step, object);
    for (const { says, named, needed, any } of BLANKS) {
      if (told.search(says) === -1) continue;
      const name = nearest(near, (one) => named(one, facts), any ?? false);
      if (name === null && needed) return [];
      if (name !== null) told = told.replaceAll(says, () => name);
    }
    return [told];
  });
}

/** What is named nearest. Of several nobody knows which is meant, unless any of them that show the fault is. */
function nearest(
  [object = [], shown = [], ...others]: readonly (readonly ObjectId[])[],
  named: (object: ObjectId) => string | null,
  any: boolean,
): string | null {
  const namesIn = (objects: readonly ObjectId[]) => [...new Set(objects.flatMap((one) => named(one) ?? []))];
  const found = [object, shown, ...others].map(namesIn).find((names) => names.length > 0) ?? [];
  const [first = null] = found;
  if (found.length <= 1) return first;
  return any && namesIn(shown).includes(first ?? '') ? first : null;
}
