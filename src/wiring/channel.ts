import type { Settings } from '../config/settings.ts';
import type { Severity, Subject } from '../intake/alert.ts';
import { registered } from '../intake/subject.ts';

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
