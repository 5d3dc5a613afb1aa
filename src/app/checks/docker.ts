import { accessSync, constants, statSync } from 'node:fs';
import type { Settings } from '../../config/settings.ts';
import { type Flaw, whyUnreadable } from '../../lib/schema/mistake.ts';

/** What keeps Docker from being asked, as far as its socket says: whether an engine answers behind it is seen when it is asked. */
export function dockerFlaws({ docker, services }: Pick<Settings, 'docker' | 'services'>): readonly Flaw[] {
  if (docker === null)
    return Object.entries(services).flatMap(([name, { docker: own }]) =>
      own === null
        ? []
        : [
            {
              path: ['services', name, 'docker'],
              message: 'Medic does not know where Docker is: say docker: { socket: /var/run/docker.sock }',
            },
          ],
    );
  if (!('socket' in docker)) return [];
  const path = ['docker', 'socket'];
  try {
    if (!statSync(docker.socket).isSocket()) return [{ path, message: `${docker.socket} is no socket` }];
    accessSync(docker.socket, constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    return [{ path, message: `${docker.socket} ${whyUnreadable(error)}` }];
  }
}
