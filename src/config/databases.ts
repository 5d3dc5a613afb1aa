import { type Flaw, type Mistake, mistake } from '../lib/schema/mistake.ts';
import type { Role } from './environment.ts';
import { bringInSecrets, type ReadSecret, type SecretSource } from './secrets.ts';
import type { Settings } from './settings.ts';

/** The variable that holds the password of Medic's own user in a database: of `orders-db`, `DATABASE_PASSWORD_ORDERS_DB`. */
function passwordVariable(database: string): string {
  return `DATABASE_PASSWORD_${database.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Whether a variable holds such a password, or would if `medic.yml` named that database. */
export function isDatabasePassword(name: string): boolean {
  return /^DATABASE_PASSWORD_[A-Z0-9_]+$/.test(name) && !name.endsWith('_FILE');
}

/** Where names of databases do not tell them apart: a password would go to the wrong one, and facts of two would be of one. */
export function databaseFlaws(settings: Settings): readonly Flaw[] {
  return [...passwordFlaws(settings), ...exportedFlaws(settings)];
}

/** Of what exporters tell of, two that have one name would be one. Those of two environments never meet. */
function exportedFlaws({ services }: Settings): readonly Flaw[] {
  const known = new Map<string, string>();
  for (const { environment, postgresql, redis } of Object.values(services))
    for (const { name, address } of [...postgresql, ...redis])
      known.set(`${environment} mysql ${name}`, address);
  return Object.entries(services).flatMap(([service, entry]) =>
    (['mysql', 'queues'] as const).flatMap((kind) =>
      entry[kind].flatMap(({ name, labels }, place) => {
        const own = JSON.stringify(Object.entries(labels).toSorted());
        const key = `${entry.environment} ${kind} ${name}`;
        const first = known.get(key) ?? own;
        known.set(key, first);
        const message = `is the name of ${kind === 'queues' ? 'a queue' : 'a database'} already, which is another one; give this one a name of its own`;
        return first === own ? [] : [{ path: ['services', service, kind, place, 'name'], message }];
      }),
    ),
  );
}

function passwordFlaws({ services }: Settings): readonly Flaw[] {
  const known = new Map<string, { readonly name: string; readonly address: string }>();
  return Object.entries(services).flatMap(([service, entry]) =>
    (['postgresql', 'redis'] as const).flatMap((kind) =>
      entry[kind].flatMap(({ name, address }, place) => {
        const path = ['services', service, kind, place, 'name'];
        const first = known.get(passwordVariable(name));
        known.set(passwordVariable(name), first ?? { name, address });
        if (first === undefined || (first.name === name && first.address === address)) return [];
        const message =
          first.name === name
            ? `is the name of the database at ${first.address} already; give this one a name of its own`
            : `has the same password variable as ${first.name}, ${passwordVariable(name)}; give it another name`;
        return [{ path, message }];
      }),
    ),
  );
}

/** The passwords of Medic's own users in databases, and what is wrong with them. A brain touches no database, and takes none. */
export function databasePasswords(
  role: Role,
  variables: Readonly<Record<string, string | undefined>>,
  settings: Settings | null,
  read: ReadSecret,
): {
  readonly names: readonly string[];
  readonly passwords: Readonly<Record<string, string>>;
  readonly sources: readonly SecretSource[];
  readonly problems: readonly Mistake[];
  readonly doubts: readonly Mistake[];
} {
  const services = role === 'brain' ? [] : Object.values(settings?.services ?? {});
  const databases = [
    ...new Set(
      services.flatMap(({ postgresql, redis }) => [...postgresql, ...redis]).map(({ name }) => name),
    ),
  ];
  const names = [...new Set(databases.map(passwordVariable))];
  const found = bringInSecrets(variables, read, names);
  const wrong = (name: string, message: string) => mistake('environment', name, message);
  const given = Object.keys(variables).filter((name) => isDatabasePassword(name.replace(/_FILE$/, '')));
  return {
    names,
    sources: found.sources,
    passwords: Object.fromEntries(
      databases.flatMap((database) => {
        const password = found.variables[passwordVariable(database)];
        return password === undefined ? [] : [[database, password] as const];
      }),
    ),
    doubts: names
      .filter((name) => found.variables[name] === undefined)
      .map((name) =>
        mistake('environment', name, 'is not set: Medic asks that database without a password', 'doubtful'),
      ),
    problems: [
      ...found.problems.map(({ name, message }) => wrong(name, message)),
      ...(role === 'brain'
        ? given.map((name) => wrong(name, 'unset it: a brain touches no database; only a runner may have it'))
        : []),
    ],
  };
}
