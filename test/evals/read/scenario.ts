import { z } from 'zod';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { Settings } from '../../../src/config/settings.ts';
import type { Finding } from '../../../src/evidence/collector.ts';

/** One recorded incident, read whole but for what the replay servers read themselves. */
export interface Scenario {
  /** Its folder, from the suite's on. */
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  readonly title: string;
  /** The moment of the alert, epoch milliseconds: every age is relative to it. */
  readonly at: number;
  readonly alerts: readonly Alert[];
  /** What a person asked; null where alerts open it. */
  readonly question: string | null;
  readonly subject: NamedObject | null;
  readonly settings: Settings;
  readonly tags: readonly string[];
  readonly expected: Expected;
  readonly recorded: Recorded;
  /** Whether `medic replay` kept it, so that its evidence is all there is. */
  readonly kept: boolean;
  /** What of its recordings fits no source of the format, in words. */
  readonly unread: readonly string[];
}

/** An object as a person names it, each part as far as it is known. */
export interface NamedObject {
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string;
}

export interface Recorded {
  /** Objects of the API as they stand in `kubernetes.json`; null where there is no such file. */
  readonly kubernetes: readonly KubernetesObject[] | null;
  /** OpenMetrics text, and the file in which it stands; null where there is none. */
  readonly metrics: { readonly file: string; readonly text: string } | null;
  readonly logs: readonly LogLine[];
  readonly changes: readonly Change[];
  readonly commands: readonly Command[];
  readonly evidence: readonly Finding[];
}

export const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
  }),
});
export type KubernetesObject = z.infer<typeof KubernetesObject>;

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const LogLine = z.object({
  at: Time,
  labels: z.record(z.string(), z.coerce.string()).default({}),
  line: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

export const Change = z.object({
  at: Time,
  service: z.string(),
  kind: z.string().default('deploy'),
  version: z.coerce.string().nullish(),
  previous: z.coerce.string().nullish(),
  by: z.string().nullish(),
  text: z.string().nullish(),
});
export type Change = z.infer<typeof Change>;

export const Command = z.object({
  host: z.string(),
  argv: z.array(z.string()).min(1),
  stdout: z.string().default(''),
  stderr: z.string().default(''),
  exit: z
    .int()
    .nullish()
    .transform((code) => code ?? 0),
});
export type Command = z.infer<typeof Command>;

const Names = z.union([z.string(), z.array(z.string()).min(1)]).transform((one) => [one].flat());

/** What is to come of it. Nothing but `healthy` has a default: what is not given is not scored. */
export const Expected = z.object({
  healthy: z.boolean().default(false),
  fault: Names.optional(),
  category: z.string().optional(),
  root_cause: z.string().optional(),
  object: Names.optional(),
  required: z.array(z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)])).default([]),
  forbidden: z.array(z.string()).default([]),
  /** `none`: nothing may run. */
  playbook: z.string().nullish(),
});
export type Expected = z.infer<typeof Expected>;

const Subject = z.union([
  z.string().min(1).transform(objectFrom),
  z
    .object({ kind: z.string().optional(), namespace: z.string().optional(), name: z.string().min(1) })
    .transform(
      ({ kind, namespace, name }): NamedObject => ({
        kind: kind?.toLowerCase() ?? null,
        namespace: namespace ?? null,
        name,
      }),
    ),
]);

/** `scenario.yml`. Names that this does not know are another reader's. */
export const Written = z.object({
  title: z.string().min(1),
  at: Time,
  alerts: z.union([z.array(z.unknown()), z.looseObject({ alerts: z.array(z.unknown()) })]).default([]),
  question: z.string().nullish(),
  services: z.record(z.string(), z.unknown()).default({}),
  subject: Subject.nullish(),
  namespace: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  expected: Expected,
});

/** `app/cart`, `pod/shop/cart-1`, `cart`. */
export function objectFrom(text: string): NamedObject {
  const parts = text.split('/');
  if (parts.length === 1) return { kind: null, namespace: null, name: text };
  const [kind = '', ...rest] = parts;
  const [namespace, ...name] = rest.length > 1 ? rest : [null, ...rest];
  return { kind: kind.toLowerCase(), namespace: namespace ?? null, name: name.join('/') };
}
