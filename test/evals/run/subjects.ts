import type { Alert, Subject } from '../../../src/alerts/alert.ts';
import { subjectOf } from '../../../src/alerts/subject.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { hasName } from '../../../src/lib/pattern.ts';
import type { NamedObject, Scenario } from '../read/scenario.ts';

/** One incident that a scenario opens: about what, and by which alerts; none where a person asked. */
export interface Opening {
  readonly subject: Subject;
  readonly alerts: readonly Alert[];
  /** What was asked; null where alerts open it. */
  readonly question: string | null;
}

/** So many incidents of one scenario are looked into. */
const MOST = 5;

/** The incidents that a scenario opens, the one of its first alert first: as in production, each subject has its own. */
export function openingsOf(scenario: Scenario): readonly Opening[] {
  const { alerts, question, title, settings, subject } = scenario;
  if (alerts.length === 0) {
    const text = question ?? title;
    return [{ subject: askedAbout(text, subject, settings), alerts: [], question: text }];
  }
  const bySubject = Map.groupBy(alerts, (alert) => JSON.stringify(subjectIn(alert, scenario)));
  return [...bySubject.entries()].slice(0, MOST).map(([key, lot]) => ({
    subject: JSON.parse(key) as Subject,
    alerts: lot,
    question: null,
  }));
}

/** What an alert is about; where it names nothing, what the scenario says. */
function subjectIn(alert: Alert, { settings, subject }: Scenario): Subject {
  const own = subjectOf(alert, settings);
  const saysNothing = own.kind === 'target' && own.name === alert.name;
  return saysNothing && subject !== null ? aboutObject(subject, settings) : own;
}

function askedAbout(text: string, subject: NamedObject | null, settings: Settings): Subject {
  const named = Object.keys(settings.services).find((name) => hasName(text, name));
  if (named !== undefined && (subject === null || subject.name === named))
    return aboutObject({ kind: 'service', namespace: null, name: named }, settings);
  return subject === null
    ? { kind: 'target', name: text.slice(0, 60), environment: settings.environment }
    : aboutObject(subject, settings);
}

/** The labels by which an alert would name each kind of object. */
const LABELS: Readonly<Record<string, string>> = {
  app: 'deployment',
  workload: 'deployment',
  host: 'instance',
};

/** An object as the subject that an alert about it would have. */
function aboutObject({ kind, namespace, name }: NamedObject, settings: Settings): Subject {
  const service = Object.hasOwn(settings.services, name) ? settings.services[name] : undefined;
  const mayBe = kind === null || kind === 'service' || kind === 'app' || kind === 'deployment';
  if (service !== undefined && mayBe) return { kind: 'service', name, environment: service.environment };
  const { environment } = settings;
  if (kind === 'namespace') return { kind: 'target', name, environment };
  const label = kind === null ? 'deployment' : (LABELS[kind] ?? kind);
  const labels = { [label]: name, ...(namespace === null ? {} : { namespace }) };
  return subjectOf(
    {
      fingerprint: 'asked',
      source: 'person',
      status: 'firing',
      name,
      severity: 'info',
      labels,
      annotations: {},
      startsAt: 0,
      endsAt: null,
      expression: null,
      link: null,
    },
    settings,
  );
}
