import { z } from 'zod';
import { pathProblem } from '../lib/schema/json-path.ts';

/** Where in a body something stands: names with dots between them, and places in lists, e.g. `event.tags[0].value`. */
const Path = z.string().check(({ value, issues }) => {
  const problem = pathProblem(value);
  if (problem !== null) issues.push({ code: 'custom', message: problem, input: value });
});

/** Words of a sender for what fires and for what has ended; `firing`, `alerting`, `problem`, `resolved`, `ok` and the like are known. */
const State = z.union([
  Path.transform((path) => ({ path, firing: [] as readonly string[], resolved: [] as readonly string[] })),
  z.strictObject({
    path: Path,
    firing: z.array(z.string()).default([]),
    resolved: z.array(z.string()).default([]),
  }),
]);

/** Labels by their names: from a path each, or all of an object. */
const Labels = z.union([Path, z.record(z.string().min(1), Path)]);

/**
 * A system that posts JSON of its own: where in its body an alert's parts stand. It posts to `/alert/<name>`, with the secret
 * `ALERT_TOKEN_<NAME>`.
 */
export const Source = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'write lower-case letters, digits and hyphens'),
  /** Where the list of alerts stands; without it, the body is one alert. */
  alerts: Path.optional(),
  /** The name of the alert, as `alertname` is in Prometheus. */
  alert: Path,
  state: State.optional(),
  severity: Path.optional(),
  service: Path.optional(),
  labels: Labels.default({}),
  summary: Path.optional(),
  description: Path.optional(),
  began: Path.optional(),
  ended: Path.optional(),
  /** What tells one alert from another; its labels where none is given. */
  id: Path.optional(),
  link: Path.optional(),
});
export type Source = z.infer<typeof Source>;

/** Names that Medic's own paths have. */
const TAKEN = ['alertmanager', 'grafana', 'person', 'batch', 'immediate'];

export const Sources = z
  .array(Source)
  .check(({ value, issues }) => {
    for (const [index, { name }] of value.entries()) {
      const isTwice = value.findIndex((one) => one.name === name) < index;
      const message = TAKEN.includes(name)
        ? `"${name}" is taken: write another name`
        : isTwice
          ? `there is another source "${name}"`
          : null;
      if (message !== null) issues.push({ code: 'custom', message, input: name, path: [index, 'name'] });
    }
  })
  .default([]);

/** The variable that holds the secret of a source. */
export function tokenVariable(name: string): string {
  return `ALERT_TOKEN_${name.toUpperCase().replaceAll('-', '_')}`;
}
