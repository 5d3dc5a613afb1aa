import { type Subject, subjectKey } from '../alerts/alert.ts';
import { registered } from '../alerts/subject.ts';
import type { Settings } from '../config/settings.ts';

/** The subject of a service by its name, whether it is registered or only named as a dependency. */
function serviceNamed(name: string, near: Subject, { services }: Settings): Subject {
  const environment = Object.hasOwn(services, name) ? services[name]?.environment : undefined;
  return { kind: 'service', name, environment: environment ?? near.environment };
}

function dependenciesOf(subject: Subject, settings: Settings): readonly Subject[] {
  const names = registered(subject, settings)?.depends_on ?? [];
  return names.map((name) => serviceNamed(name, subject, settings));
}

/** So many services around a subject are looked at, those that it needs directly first. */
const MOST_NEEDED = 6;

/** The registered services of its environment that a subject needs, directly or by way of one other: nearest first, each once. */
export function needsOf(subject: Subject, settings: Settings): readonly Subject[] {
  const direct = dependenciesOf(subject, settings);
  const all = [...direct, ...direct.flatMap((one) => dependenciesOf(one, settings))];
  const distinct = new Map(all.map((one) => [subjectKey(one), one]));
  return [...distinct.values()]
    .filter((one) => one.environment === subject.environment && registered(one, settings) !== null)
    .filter((one) => subjectKey(one) !== subjectKey(subject))
    .slice(0, MOST_NEEDED);
}

function dependentsOf(subject: Subject, settings: Settings): readonly Subject[] {
  return Object.entries(settings.services)
    .map(([name, { environment }]): Subject => ({ kind: 'service', name, environment }))
    .filter((other) =>
      dependenciesOf(other, settings).some((one) => subjectKey(one) === subjectKey(subject)),
    );
}

/** What depends on a subject, directly or by way of others, nearest first, by name. */
export function affectedBy(subject: Subject, settings: Settings): readonly string[] {
  const found = new Map<string, Subject>([[subjectKey(subject), subject]]);
  // A map goes on to what is added to it while it is gone through.
  for (const next of found.values())
    for (const one of dependentsOf(next, settings)) {
      const key = subjectKey(one);
      if (!found.has(key)) found.set(key, one);
    }
  return [...found.values()].slice(1).map(({ name }) => name);
}

/**
 * The neighbourhoods that a subject belongs to, as names of locks: its own, which is it and what it depends on, and that of
 * each service that depends on it. Two subjects share a lock when, and only when, some neighbourhood holds both.
 */
export function neighbourhoodsOf(subject: Subject, settings: Settings): readonly string[] {
  return [subject, ...dependentsOf(subject, settings)].map((one) => `area:${subjectKey(one)}`);
}

/** What a subject depends on or what depends on it, by subject key. */
export function neighboursOf(subject: Subject, settings: Settings): readonly string[] {
  const all = [...dependenciesOf(subject, settings), ...dependentsOf(subject, settings)].map(subjectKey);
  return [...new Set(all)].filter((key) => key !== subjectKey(subject));
}

/**
 * What is looked at before a subject, by subject key: what it depends on. Services that depend on each other, directly or not,
 * have no order, or each would wait for the other.
 */
export function upstreamOf(subject: Subject, settings: Settings): readonly string[] {
  const own = subjectKey(subject);
  return dependenciesOf(subject, settings)
    .filter((one) => !reaches(one, own, settings))
    .map(subjectKey);
}

function reaches(from: Subject, key: string, settings: Settings): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (subjectKey(next) === key) return true;
    if (seen.has(subjectKey(next))) continue;
    seen.add(subjectKey(next));
    open.push(...dependenciesOf(next, settings));
  }
  return false;
}
