import type { Evidence, EvidenceKind } from '../../evidence/evidence.ts';
import type { ObjectId } from '../../evidence/facts/fact.ts';
import { type FactName, VOCABULARY } from '../../evidence/facts/vocabulary.ts';
import type { Instrument, Word } from '../../evidence/facts/word.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import type { Lead } from '../leads.ts';
import { mending } from './ask-faults.ts';
import type { Fault, Predicate, Sign } from './fault.ts';
import type { Around } from './holds.ts';
import { indexFacts, type Known } from './index-facts.ts';
import type { Library, PreparedFault } from './library.ts';
import { nearness, neededBy } from './near.ts';
import type { Scene } from './recognise.ts';
import { stepsOf } from './steps.ts';
import { fill, soughtWords } from './words.ts';

/** What more faults than this ask for is how trouble looks, and tells none of them from the others. */
const MOST_SHARING = 3;

/** What would have shown the facts of an instrument. */
const SHOWN_IN: Readonly<Record<Instrument, EvidenceKind>> = {
  deployer: 'state',
  controller: 'state',
  scheduler: 'state',
  kubelet: 'state',
  apiserver: 'state',
  supervisor: 'state',
  kernel: 'state',
  database: 'state',
  handshake: 'probe',
  resolver: 'probe',
  probe: 'probe',
  prometheus: 'metric',
  exporter: 'metric',
  'deploy record': 'change',
  service: 'metric',
};

/**
 * The faults of the library that are half there, or more: in what the incident is about or in what that needs, with a sign that tells the
 * fault from others, and with nothing that excludes it. One of which every sign is there is none: it was recognised, or its signs are about
 * different things. Pure.
 */
export function nearMisses(
  library: Library,
  catalog: Catalog,
  evidence: readonly Evidence[],
  scene: Scene,
): readonly Lead[] {
  const facts = indexFacts(evidence);
  const { symptom, alerted = null } = scene;
  const around: Around = { facts, symptom, alerted, asked: new Map() };
  const near = nearness(facts);
  const own = new Set((scene.about ?? []).flatMap((one) => [...near(one)]));
  const needed = new Set(neededBy(scene.about ?? [], scene.needs).flatMap((one) => [...near(one)]));
  const read = new Set(evidence.filter(({ status }) => status === 'ok').map(({ kind }) => kind));
  return [...library.faults.values()].flatMap((one) => {
    const object = nearestOf(one, around, (each) => own.has(each) || needed.has(each));
    if (object === null) return [];
    const signs = one.fault.signs.map((sign, place) => {
      const asks = one.signs[place]?.any ?? [];
      const holding = asks.map((ask) => ask(around).get(object) ?? []);
      return { sign, holding, telling: isTelling(sign, holding, library) };
    });
    const held = signs.filter(({ holding }) => holding.some((list) => list.length > 0));
    if (!held.some(({ telling }) => telling) || held.length === signs.length) return [];
    if (held.length * 2 < signs.length) return [];
    const lacking = signs.filter((sign) => !held.includes(sign)).map(({ sign }) => sign);
    const unread = lacking.filter((sign) => !isReadable(sign, object, around, read));
    const { fault } = one;
    const steps = stepsOf(
      fault,
      object,
      held.flatMap(({ holding }) => holding.flat()),
      facts,
    );
    return [
      {
        // What lies elsewhere is not mended by what is done here.
        playbook: own.has(object) ? mending(fault.name, catalog, evidence) : null,
        fault: fault.name,
        title: fill(fault.title, object),
        cause: fill(fault.cause, object),
        matched: held.map(({ sign, holding }) => seenWords(sign, object, holding.flat())),
        missing: lacking.filter((sign) => !unread.includes(sign)).map(soughtWords),
        ...(unread.length === 0 ? {} : { unread: unread.map(soughtWords) }),
        ...(steps.length === 0 ? {} : { steps }),
      },
    ];
  });
}

/** The object in which most of the signs are seen, and the first of several by its name; null where something excludes it there, or none is. */
function nearestOf(
  { kinds, signs, unless }: PreparedFault,
  around: Around,
  isMeant: (object: ObjectId) => boolean,
): ObjectId | null {
  const seen = new Map<ObjectId, number>();
  for (const { any } of signs) {
    const objects = new Set(any.flatMap((ask) => [...ask(around).keys()]));
    for (const object of objects) seen.set(object, (seen.get(object) ?? 0) + 1);
  }
  const excluded = (object: ObjectId) => unless.some(({ any }) => any.some((ask) => ask(around).has(object)));
  const [best] = [...seen]
    .filter(([object]) => kinds.includes(object.slice(0, object.indexOf('/'))) && isMeant(object))
    .filter(([object]) => !excluded(object))
    .sort(([one, most], [other, less]) => less - most || (one < other ? -1 : 1));
  return best?.[0] ?? null;
}

/** Whether what shows a sign is asked for by few faults, and is no alert: that one fires is why anybody looks. */
function isTelling({ any }: Sign, holding: readonly (readonly Known[])[], library: Library): boolean {
  return any.some(
    (predicate, place) =>
      (holding[place]?.length ?? 0) > 0 &&
      !predicate.fact.startsWith('alert.') &&
      !isOrdinary(predicate) &&
      sharing(predicate, library) <= MOST_SHARING,
  );
}

/** Whether it asks for what is so on many a healthy day: that something runs, stays below a limit, or was changed lately. */
function isOrdinary({ is, below, at_most }: Predicate): boolean {
  const values: readonly unknown[] = [is].flat();
  return (
    values.includes('active') || values.includes('RUNNING') || below !== undefined || at_most !== undefined
  );
}

const shared = new WeakMap<Library, ReadonlyMap<string, number>>();

/** How many faults ask for it. */
function sharing(predicate: Predicate, library: Library): number {
  const known = shared.get(library) ?? countIn([...library.faults.values()].map(({ fault }) => fault));
  shared.set(library, known);
  return known.get(JSON.stringify(predicate)) ?? 0;
}

function countIn(faults: readonly Fault[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { signs } of faults)
    for (const key of new Set(signs.flatMap(({ any }) => any.map((one) => JSON.stringify(one)))))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Whether the sign would have been seen: something says otherwise, or what it would stand in was read. */
function isReadable(
  { any }: Sign,
  object: ObjectId,
  { facts }: Around,
  read: ReadonlySet<EvidenceKind>,
): boolean {
  const names = any.map(({ fact }) => fact);
  const told = names.some((name) => facts.named(name).some(({ scope }) => scope.includes(object)));
  const places = names.filter((name) => !name.startsWith('alert.')).map(placeOf);
  return told || places.length === 0 || places.some((kind) => read.has(kind));
}

function placeOf(name: FactName): EvidenceKind {
  const { instrument }: Word = VOCABULARY[name];
  return name.startsWith('log.') ? 'log' : SHOWN_IN[instrument];
}

/** What a sign says, and the line that says it. */
function seenWords({ claim }: Sign, object: ObjectId, holding: readonly Known[]): string {
  const [first] = holding;
  const words = fill(claim, object, holding).replace(/[.:]$/, '');
  return first === undefined ? words : `${words}: “${first.citation.quote}”`;
}
