import type { Settings } from '../../config/settings.ts';

/** So many services are named one by one. */
const NAMED = 5;

/**
 * What Medic cannot see of the services of the registry, in sentences that say what to add: a service that nobody can look at is never
 * mended unaided, and its recovery is proven by nobody.
 */
export function blindSpots(
  { services }: Pick<Settings, 'services'>,
  servers: { readonly prometheus: number; readonly alertmanager: number },
): readonly string[] {
  return [...unseenServices(services), ...(servers.prometheus + servers.alertmanager > 0 ? [] : [NO_SOURCE])];
}

const NO_SOURCE =
  'Neither a Prometheus nor an Alertmanager is configured: Medic cannot see whether an alert still fires, so it starts no fix that asks for that by itself.';

function unseenServices(services: Settings['services']): readonly string[] {
  const names = Object.entries(services)
    .filter(
      ([, { hosts, group, health }]) => hosts.length === 0 && group === undefined && health.length === 0,
    )
    .map(([name]) => name);
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMED).join(', ');
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const they = names.length === 1 ? 'has' : 'have';
  return [
    `${shown}${more} ${they} neither hosts nor a health check in medic.yml: Medic cannot look there, so it asks before every fix, and recovery is told by the alert alone.`,
  ];
}
