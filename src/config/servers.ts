import type { Flaw } from '../lib/schema/mistake.ts';
import type { Environment } from './environment.ts';
import type { Server, Settings } from './settings.ts';

/** The servers that Medic may ask, the first of each kind first. */
export interface Servers {
  readonly prometheus: readonly Server[];
  readonly alertmanager: readonly Server[];
  /** The Prometheus that knows a service best, by the service's name; the first knows the others. */
  readonly homes: Readonly<Record<string, string>>;
}

type Written = Pick<Settings, 'prometheus' | 'alertmanager' | 'services'>;
type Addresses = Pick<Environment, 'PROMETHEUS_URL' | 'ALERTMANAGER_URL'>;

/** The servers of the environment, named after what they are, and those of `medic.yml` after them. Pure. */
export function serversOf({
  env,
  settings,
}: {
  readonly env: Addresses;
  readonly settings: Written;
}): Servers {
  const homes = Object.entries(settings.services).flatMap(([service, { prometheus }]) =>
    prometheus === undefined ? [] : [[service, prometheus] as const],
  );
  return {
    prometheus: [...given('prometheus', env.PROMETHEUS_URL), ...settings.prometheus],
    alertmanager: [...given('alertmanager', env.ALERTMANAGER_URL), ...settings.alertmanager],
    homes: Object.fromEntries(homes),
  };
}

const given = (name: string, url: string | undefined): readonly Server[] =>
  url === undefined ? [] : [{ name, url }];

/** What names a server twice, or one that is not there, by its path within the settings. */
export function serverFlaws(env: Addresses, settings: Written): readonly Flaw[] {
  const servers = serversOf({ env, settings });
  const fromEnvironment = [
    ...(env.PROMETHEUS_URL === undefined ? [] : ['prometheus']),
    ...(env.ALERTMANAGER_URL === undefined ? [] : ['alertmanager']),
  ];
  const written = (['prometheus', 'alertmanager'] as const).flatMap((kind) =>
    settings[kind].map(({ name }, place) => ({ name, path: [kind, place, 'name'] })),
  );
  const twice = written.filter(
    ({ name }, place) =>
      fromEnvironment.includes(name) || written.findIndex((each) => each.name === name) < place,
  );
  const names = servers.prometheus.map(({ name }) => name);
  const unknown = Object.entries(servers.homes).filter(([, name]) => !names.includes(name));
  return [
    ...twice.map(({ name, path }) => ({ path, message: `"${name}" is the name of another server` })),
    ...unknown.map(([service, name]) => ({
      path: ['services', service, 'prometheus'],
      message: `"${name}" is no Prometheus server: ${names.join(', ') || 'none is configured'}`,
    })),
  ];
}
