import type { Severity, Subject } from '../alerts/alert.ts';
import { registered } from '../alerts/subject.ts';
import type { Settings } from '../config/settings.ts';

/** The channel in which an incident is told: of the first route that fits, else its service's own, else the one for all. */
export function channelOf(
  subject: Subject,
  severity: Severity,
  settings: Settings,
  fallback: string,
): string {
  const route = settings.routes.find(
    (one) =>
      (one.service === undefined || (subject.kind === 'service' && one.service === subject.name)) &&
      (one.environment === undefined || one.environment === subject.environment) &&
      (one.severity === undefined || one.severity === severity),
  );
  return route?.channel ?? registered(subject, settings)?.channel ?? fallback;
}

/** Every channel that is named anywhere, with the places that name it. */
export function channelsNamed(
  { routes, services, roles }: Pick<Settings, 'routes' | 'services' | 'roles'>,
  fallback: string,
): readonly { readonly channel: string; readonly places: readonly string[] }[] {
  const all = [
    { channel: fallback, place: 'SLACK_CHANNEL' },
    ...routes.map(({ channel }, index) => ({ channel, place: `routes.${index}.channel` })),
    ...Object.entries(services).flatMap(([name, { channel }]) =>
      channel === undefined ? [] : [{ channel, place: `services.${name}.channel` }],
    ),
    ...Object.entries(roles).flatMap(([role, { channels }]) =>
      channels.map((channel, index) => ({ channel, place: `roles.${role}.channels.${index}` })),
    ),
  ];
  return [...Map.groupBy(all, ({ channel }) => channel)].map(([channel, named]) => ({
    channel,
    places: named.map(({ place }) => place),
  }));
}
