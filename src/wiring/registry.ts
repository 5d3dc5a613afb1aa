import { ConfigError } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import type { Hosts } from '../evidence/hosts.ts';

/**
 * Looks, logs and state are read where a service runs, so a host that nobody can find is an error of the registry: read anywhere else,
 * they would tell of another machine.
 *
 * @throws ConfigError that lists every such host by its path
 */
export async function checkHosts(hosts: Hosts, { services }: Pick<Settings, 'services'>): Promise<void> {
  const asked = Object.entries(services).flatMap(([service, { hosts: names }]) =>
    names.map(async (name, index) => {
      const facts = await hosts.facts(name);
      return 'refused' in facts ? [`services.${service}.hosts.${index}: ${facts.refused}`] : [];
    }),
  );
  const problems = (await Promise.all(asked)).flat();
  if (problems.length > 0) throw new ConfigError(problems);
}
