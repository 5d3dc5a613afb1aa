import type { Settings } from '../config/settings.ts';
import type { Alert } from '../intake/alert.ts';
import { subjectKey } from '../intake/alert.ts';
import { subjectOf } from '../intake/subject.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Engine } from './engine.ts';

/** What became of the alerts of one webhook. */
export interface Accepted {
  readonly accepted: number;
  /** Incidents that the alerts belong to. */
  readonly incidents: readonly string[];
}

export interface Intake {
  /** Resolves when every alert is stored durably; rejects when one could not be. */
  accept(alerts: readonly Alert[]): Promise<Accepted>;
}

export interface IntakeParts {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly redact: (text: string) => string;
}

/** Sorts alerts by what they are about and hands each lot to its incident, several side by side. */
export function createIntake({ engine, settings, metrics, redact }: IntakeParts): Intake {
  return {
    async accept(received) {
      const alerts = received.map((alert) => withoutSecrets(alert, redact));
      const results = await Promise.all(
        [...lots(alerts, settings)].map(async ({ subject, alerts: lot }) => {
          const result = await engine.receive({ type: 'alerts', subject, alerts: lot });
          if (result.kind === 'refused')
            metrics.alertsDeduplicated.inc({ source: 'alertmanager' }, lot.length);
          return result.kind === 'done' ? [result.incident.id] : [];
        }),
      );
      for (const { source, status } of alerts) metrics.alertsReceived.inc({ source, status });
      return { accepted: alerts.length, incidents: results.flat() };
    },
  };
}

function lots(alerts: readonly Alert[], settings: Settings) {
  const bySubject = new Map<string, { subject: ReturnType<typeof subjectOf>; alerts: Alert[] }>();
  for (const alert of alerts) {
    const subject = subjectOf(alert, settings);
    const lot = bySubject.get(subjectKey(subject));
    if (lot === undefined) bySubject.set(subjectKey(subject), { subject, alerts: [alert] });
    else lot.alerts.push(alert);
  }
  return bySubject.values();
}

/** Alerts are shown, kept and asked about, so what looks like a secret is taken out before anything else sees it. */
function withoutSecrets(alert: Alert, redact: (text: string) => string): Alert {
  const clean = (texts: Alert['labels']) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, redact(text)]));
  return { ...alert, labels: clean(alert.labels), annotations: clean(alert.annotations) };
}
