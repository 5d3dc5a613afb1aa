import { linear } from '../lib/linear.ts';
import type { Flaw } from '../lib/schema/mistake.ts';
import { distanceOf, nearest } from '../lib/text/nearest.ts';
import { listed } from '../lib/text/words.ts';
import type { Settings } from './settings.ts';

type Written = Pick<
  Settings,
  | 'services'
  | 'routes'
  | 'policy'
  | 'environment'
  | 'maintenance'
  | 'ignore'
  | 'groups'
  | 'subjects'
  | 'roles'
  | 'escalation'
  | 'webhook'
>;

/** What parts of `medic.yml` say of each other that is not so, by its path. Pure. */
export function crossFlaws(settings: Written): readonly Flaw[] {
  return [
    ...unknownDependencies(settings),
    ...circles(settings),
    ...unknownServices(settings),
    ...unreadablePatterns(settings),
    ...unknownSubjects(settings),
    ...webhookWithoutAddress(settings),
  ];
}

/** What holds, and is probably not what was meant. Pure. */
export function crossDoubts(settings: Written): readonly Flaw[] {
  return [...unlikelyEnvironments(settings), ...neverReached(settings), ...nobodyBehind(settings)];
}

/** What is looked at first, and never mended at the same time, must be known. */
function unknownDependencies({ services }: Written): readonly Flaw[] {
  return Object.entries(services).flatMap(([name, { depends_on }]) =>
    depends_on.flatMap((other, place) =>
      Object.hasOwn(services, other)
        ? []
        : [{ path: ['services', name, 'depends_on', place], message: notRegistered(other, services) }],
    ),
  );
}

/** Which of two is the more upstream one cannot be told in a circle, so each circle is named once, where it begins. */
function circles({ services }: Written): readonly Flaw[] {
  const found = new Map<string, Flaw>();
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]) => {
    const start = way.indexOf(name);
    if (start !== -1) {
      const circle = way.slice(start);
      const key = circle.toSorted().join('\0');
      const message = `goes round in a circle, ${[...circle, name].join(' → ')}: leave one of these out`;
      const said = circle.length === 1 ? 'names the service itself: leave it out' : message;
      if (!found.has(key)) found.set(key, { path: ['services', name, 'depends_on'], message: said });
      return;
    }
    if (done.has(name) || !Object.hasOwn(services, name)) return;
    for (const other of services[name]?.depends_on ?? []) visit(other, [...way, name]);
    done.add(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return [...found.values()];
}

/** A rule about a service that nobody has: a slip would leave it without the rule, and nobody would notice. */
function unknownServices({ services, routes, policy }: Written): readonly Flaw[] {
  const lists = [
    { path: ['routes'], rules: routes },
    { path: ['policy', 'modes'], rules: policy.modes },
    { path: ['policy', 'four_eyes'], rules: policy.four_eyes },
  ];
  return lists.flatMap(({ path, rules }) =>
    rules.flatMap(({ service }, place) =>
      // Where it stands belongs to the name of what nobody registered, as in eu/team-a/api.
      service === undefined || service.includes('/') || Object.hasOwn(services, service)
        ? []
        : [{ path: [...path, place, 'service'], message: notRegistered(service, services) }],
    ),
  );
}

/** A rule whose service nobody has would never count. What is put together from labels shows only with an alert. */
function unknownSubjects({ subjects, services }: Written): readonly Flaw[] {
  return subjects.flatMap(({ service, match }, place) => {
    const path = ['subjects', place, 'service'];
    const isMade = /\{[^{}]+\}|\$\d/.test(service);
    if (!isMade)
      return Object.hasOwn(services, service) ? [] : [{ path, message: notRegistered(service, services) }];
    const hasPattern = match.some(({ isRegex, isEqual }) => isRegex && isEqual);
    const message = 'takes a group of a pattern, and no matcher of this rule has one: write one with =~';
    return /\$\d/.test(service) && !hasPattern ? [{ path, message }] : [];
  });
}

/** A pattern that cannot be read, taken for one that fits, would silence everything. */
function unreadablePatterns({ ignore, groups, subjects }: Written): readonly Flaw[] {
  const lists = [
    ...ignore.map((matchers, place) => ({ path: ['ignore', place], matchers })),
    ...groups.map(({ matchers }, place) => ({ path: ['groups', place, 'matchers'], matchers })),
    ...subjects.map(({ match }, place) => ({ path: ['subjects', place, 'match'], matchers: match })),
  ];
  return lists.flatMap(({ path, matchers }) =>
    matchers.flatMap(({ value, isRegex }) => {
      const compiled = isRegex ? linear(value) : null;
      if (compiled?.kind !== 'unreadable') return [];
      const message = `the pattern ${JSON.stringify(value)} cannot be read (${compiled.reason}): write it in the syntax of RE2`;
      return [{ path, message }];
    }),
  );
}

function notRegistered(name: string, services: Written['services']): string {
  const names = Object.keys(services);
  const near = nearest(name, names);
  const what = `"${name}" is no registered service`;
  if (near !== null) return `${what}: did you mean ${near}?`;
  return names.length === 0
    ? `${what}, and services names none: register it there`
    : `${what}: write ${listed(names)}, or register it under services`;
}

/** An alert may name any environment; one that is nearly a known one is a slip of the pen. */
function unlikelyEnvironments({
  services,
  routes,
  policy,
  environment,
  maintenance,
}: Written): readonly Flaw[] {
  const known = [...new Set([environment, ...Object.values(services).map((one) => one.environment)])];
  const lists = [
    { path: ['routes'], rules: routes },
    { path: ['policy', 'modes'], rules: policy.modes },
    { path: ['policy', 'four_eyes'], rules: policy.four_eyes },
    { path: ['maintenance'], rules: maintenance },
  ];
  return lists.flatMap(({ path, rules }) =>
    rules.flatMap(({ environment: named }, place) => {
      const near = named == null || known.includes(named) ? null : nearest(named, known);
      const message = `no service is registered in "${named}": did you mean ${near}?`;
      return near === null ? [] : [{ path: [...path, place, 'environment'], message }];
    }),
  );
}

/** The first that fits decides, so nothing after one that fits everything is ever read. */
function neverReached({ routes, policy }: Written): readonly Flaw[] {
  const lists = [
    { path: ['routes'], rules: routes },
    { path: ['policy', 'modes'], rules: policy.modes },
  ];
  return lists.flatMap(({ path, rules }) => {
    const catchAll = rules.findIndex(
      (rule) =>
        rule.service === undefined &&
        rule.environment === undefined &&
        (!('severity' in rule) || rule.severity === undefined),
    );
    return catchAll === -1
      ? []
      : rules.slice(catchAll + 1).map((_, place) => ({
          path: [...path, catchAll + 1 + place],
          message: `is never read: the one before it at ${catchAll} fits everything. Put that one last`,
        }));
  });
}

function webhookWithoutAddress({ escalation, webhook }: Written): readonly Flaw[] {
  if (webhook.url !== undefined || !escalation.some(({ tell }) => tell === 'webhook')) return [];
  const message = 'is not written: escalation tells the webhook, and nobody knows where that is';
  return [{ path: ['webhook', 'url'], message }];
}

/** A rung that mentions nobody looks as if somebody were told. */
function nobodyBehind({ escalation, services, roles }: Written): readonly Flaw[] {
  const { users, groups } = roles.approvers;
  const approvers = users.length + groups.length > 0;
  const owned = Object.values(services).some(({ owners }) => owners.length > 0);
  return escalation.flatMap(({ tell }, place) => {
    const isEmpty = (tell === 'owners' && !owned && !approvers) || (tell === 'approvers' && !approvers);
    const where =
      tell === 'owners' ? 'no service has owners, and roles names no approvers' : 'roles names no approvers';
    const message = `nobody is behind this rung: ${where}`;
    return isEmpty ? [{ path: ['escalation', place, 'tell'], message }] : [];
  });
}

/** A shorter name may be anybody's, and more slips than these make another word. */
const SLIPS = { letters: 8, most: 2 };

/** Variables that nobody reads, and that are called nearly as one that Medic would read. Pure. */
export function unreadVariables(given: readonly string[], known: readonly string[]): readonly Flaw[] {
  return given.flatMap((name) => {
    if (known.includes(name) || name.length < SLIPS.letters) return [];
    const meant = known.find(
      (one) => one.length >= SLIPS.letters && !given.includes(one) && distanceOf(name, one) <= SLIPS.most,
    );
    return meant === undefined
      ? []
      : [{ path: [name], message: `is not read by Medic: did you mean ${meant}?` }];
  });
}
