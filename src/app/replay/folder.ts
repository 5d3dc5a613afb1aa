import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Alert } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import { readAs } from '../../lib/schema/explain.ts';
import { pathOf, whyUnreadable } from '../../lib/schema/mistake.ts';
import { NoReplay, type Past } from './past.ts';
import { isAsHashed, readEvidence } from './stored-evidence.ts';

/** The incident as it was; what of it fits the format of scenarios stands in `scenario.yml` again. */
export const INCIDENT = 'incident.json';
const EVIDENCE = 'evidence.jsonl';

const Kept = z.looseObject({
  id: z.string(),
  subject: z.object({
    kind: z.enum(['service', 'target', 'storm']),
    name: z.string(),
    environment: z.string(),
  }),
  title: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  openedAt: z.number(),
  at: z.number(),
  round: z.number(),
  alerts: z.array(
    z.looseObject({
      fingerprint: z.string(),
      source: z.string(),
      status: z.enum(['firing', 'resolved']),
      name: z.string(),
      severity: z.enum(['critical', 'warning', 'info']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: z.number(),
      endsAt: z.number().nullable(),
      expression: z.string().nullable(),
      link: z.string().nullable(),
    }),
  ),
  was: z.looseObject({ stands: z.boolean() }),
  judged: z.looseObject({ verdict: z.enum(['right', 'wrong']) }).nullable(),
  services: z.record(z.string(), z.unknown()).default({}),
});

/** Writes a past incident as a scenario that `medic replay`, `medic lint --try` and the evals read. */
export function keepFolder(folder: string, past: Past, { services }: Settings): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new NoReplay(`${folder} holds something already: name a folder that is empty, or not there`);
  try {
    mkdirSync(folder, { recursive: true });
    const { evidence, doubts: _doubts, ...rest } = past;
    const near = nearest(past, services);
    writeFileSync(join(folder, INCIDENT), `${JSON.stringify({ ...rest, services: near }, null, 2)}\n`);
    const lines = evidence.map((item) =>
      JSON.stringify({ ...item, at: timeOf(item.observedAt), facts: item.facts?.map(withTime) }),
    );
    writeFileSync(join(folder, EVIDENCE), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'scenario.yml'), scenarioOf(past, near));
  } catch (error) {
    throw error instanceof NoReplay ? error : new NoReplay(`${folder} ${whyUnreadable(error)}`);
  }
}

/** @throws NoReplay where it is none, or is broken */
export function readFolder(folder: string): {
  readonly past: Past;
  readonly services: Readonly<Record<string, unknown>>;
} {
  const kept = readAs(Kept, parsed(read(folder, INCIDENT), join(folder, INCIDENT)));
  if ('flaws' in kept) {
    const [flaw] = kept.flaws;
    throw new NoReplay(`${join(folder, INCIDENT)}: ${pathOf(flaw?.path ?? [])} ${flaw?.message}`);
  }
  const file = join(folder, EVIDENCE);
  const items = read(folder, EVIDENCE)
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [itemIn(line, `${file}:${index + 1}`)]));
  const found = readEvidence(items);
  if ('why' in found) throw new NoReplay(`${file}: ${found.why}`);
  const { services, ...rest } = kept.value;
  const changed = found.evidence.filter((item) => item.hash !== '' && !isAsHashed(item));
  const doubts =
    changed.length === 0
      ? []
      : [`The text of ${changed.map(({ id }) => id).join(', ')} was changed since it was found.`];
  return { past: { ...(rest as unknown as Past), evidence: found.evidence, doubts }, services };
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw new NoReplay(`${join(folder, name)} ${whyUnreadable(error)}`);
  }
}

function parsed(text: string, place: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // It is said below, as of whatever else is no object.
  }
  throw new NoReplay(`${place} is no JSON object`);
}

/** A line as it was kept: times that people read become those that are reckoned with. */
function itemIn(line: string, place: string): object {
  const { at: _at, facts, ...item } = parsed(line, place) as Readonly<Record<string, unknown>>;
  const stated = Array.isArray(facts) ? facts.map((fact) => ({ ...fact, at: Date.parse(fact?.at) })) : null;
  return { ...item, ...(stated === null ? {} : { facts: stated }) };
}

const timeOf = (at: number) => new Date(at).toISOString();
const withTime = <One extends { readonly at: number }>(fact: One) => ({ ...fact, at: timeOf(fact.at) });

/** What medic.yml has of the service, of what it needs and of what needs it. */
function nearest({ subject }: Past, services: Settings['services']): Settings['services'] {
  const own = Object.hasOwn(services, subject.name) ? services[subject.name] : undefined;
  const needed = new Set([subject.name, ...(own?.depends_on ?? [])]);
  const near = Object.entries(services).filter(
    ([name, { depends_on }]) => needed.has(name) || depends_on.includes(subject.name),
  );
  return Object.fromEntries(near);
}

/** An alert as Alertmanager sends it. */
function webhookOf({
  fingerprint,
  status,
  name,
  severity,
  labels,
  annotations,
  startsAt,
  endsAt,
  link,
}: Alert) {
  return {
    status,
    labels: { alertname: name, severity, ...labels },
    annotations,
    startsAt: timeOf(startsAt),
    endsAt: endsAt === null ? '0001-01-01T00:00:00Z' : timeOf(endsAt),
    fingerprint,
    generatorURL: link ?? '',
  };
}

function scenarioOf(
  { id, title, at, alerts, subject, was, judged }: Past,
  services: Settings['services'],
): string {
  const right = judged?.verdict !== 'wrong' && was.stands;
  const expected = {
    ...(right && was.fault !== null ? { fault: was.fault } : {}),
    ...(right && was.object !== null ? { object: was.object } : {}),
    ...(right ? { playbook: was.decision === null ? 'none' : (was.playbook ?? 'none') } : {}),
  };
  const named = Object.keys(services);
  const scenario = {
    title,
    at: timeOf(at),
    ...(alerts.length === 0 ? { question: title } : { alerts: alerts.map(webhookOf) }),
    ...(subject.kind === 'service' ? {} : { subject: { kind: 'host', name: subject.name } }),
    ...(named.length === 0 ? {} : { services }),
    tags: ['replayed'],
    expected,
  };
  const why = right
    ? 'what was concluded then: mend it where that was wrong'
    : 'nothing right was concluded then: say here what it was (fault, object, playbook), or healthy: true';
  return `# Incident ${id}, as Medic found it. Expected is ${why}.\n${stringify(scenario)}`;
}
