import { z } from 'zod';
import { Duration } from '../lib/schema/schemas.ts';
import { nearest } from '../lib/text/nearest.ts';
import { shown } from '../lib/text/words.ts';

export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

/**
 * A structured read over the access that the fix will use, and the predicate that makes it the fault. It is taken when Medic decides and
 * again right before the plan starts; templates in it are filled in from the plan's parameters.
 */
export const Look = z.union([
  /** The service's unit, as systemd or supervisor has it: failed, and neither stopped on purpose nor in its start limit. */
  z.strictObject({ unit: z.strictObject({ is: z.literal('failed') }) }),
  /** The filesystem of a path: at least this part of it is used, and inodes are left. */
  z.strictObject({
    disk: z.strictObject({ path: z.string().min(1), used: z.number().gt(0).lte(1).default(0.9) }),
  }),
  /**
   * Resident memory of the service's processes, page cache not counted: over `limit` bytes. Where that is null: over the service's
   * `memory_limit`, or else most of a host that is short of memory.
   */
  z.strictObject({ memory: z.strictObject({ limit: z.number().positive().nullable().default(null) }) }),
  /**
   * The service's workload in Kubernetes, by what its controller, its scheduler and its kubelets say. `within` is how long before the
   * symptom a rollout may have begun that is to blame.
   */
  z.strictObject({
    workload: z.strictObject({
      is: z.enum(['badly_rolled_out', 'out_of_memory', 'hung', 'scaled_to_zero', 'cordoned_out']),
      within: Duration.default(1_800_000),
    }),
  }),
  /** The release that the hosts run, by the link or file that names it: newer than `within` before the symptom. */
  z.strictObject({ release: z.strictObject({ within: Duration.default(1_800_000) }) }),
  /**
   * A read-only command on Medic's own machine, as the playbook's own commands, or on the hosts, with the rights of fixes; its whole output
   * is matched.
   */
  z.strictObject({
    command: z.strictObject({
      argv: z.array(z.string().min(1)).min(1),
      fault: z.string().min(1),
      well: z.string().min(1),
      on: z.literal('hosts').optional(),
      /** What it reads, in a few words for people: `the served certificate`. Without it the command itself is told. */
      reads: z
        .string()
        .regex(/^[A-Za-z][A-Za-z ,-]{0,59}$/, 'use up to 60 letters, spaces, commas and dashes')
        .optional(),
    }),
  }),
]);
export type Look = z.infer<typeof Look>;

/** Something that is asked of the world and compared: before a waiting plan starts, and after a fix. */
export const Check = z.union([
  z.strictObject({ alert: z.enum(['firing', 'resolved']) }),
  z.strictObject({
    metric: z.strictObject({
      query: z.string().min(1),
      is: z.enum(['<', '<=', '>', '>=', '==', '!=']),
      value: z.number(),
    }),
  }),
  z.strictObject({ probe: z.enum(['healthy', 'unhealthy']) }),
  /** The playbook's own look. Every plan whose playbook has one checks it before it starts and afterwards, whatever else it names. */
  z.strictObject({ look: z.enum(['fault', 'well']) }),
  /** The service's unit runs, by its supervisor, on every host of the plan. */
  z.strictObject({ unit: z.literal('running') }),
]);
export type Check = z.infer<typeof Check>;

/** What the registry says of a service, besides the settings of its own. */
const REGISTRY = [
  'name',
  'environment',
  'host',
  'hosts',
  'group',
  'unit',
  'cleanable',
  'namespace',
  'workload',
  'replicas_min',
  'replicas_max',
  'memory_ceiling',
] as const;

const RegistryField = z
  .string()
  .refine((field) => /^settings\..+/.test(field) || REGISTRY.includes(field as never), {
    error: ({ input }) => {
      const near = nearest(String(input), REGISTRY);
      const meant =
        near === null ? `write ${REGISTRY.join(', ')} or settings.<key>` : `did you mean ${near}?`;
      return `${shown(input)} is nothing that the registry says of a service: ${meant}`;
    },
  });

/** Where a parameter's value may come from. A value that comes from none of these never reaches a command. */
export const ParameterSource = z.union([
  z.strictObject({ label: z.string() }),
  z.strictObject({ registry: RegistryField }),
  z.strictObject({ fact: z.string() }),
  /**
   * The hosts on which the playbook's look shows the fault, separated by commas; or, where it looks at a workload of Kubernetes, what that
   * look says it would take: which pod, container or node, and how much of it.
   */
  z.strictObject({
    look: z.enum(['hosts', 'pod', 'container', 'node', 'memory_limit', 'replicas']),
  }),
  z.strictObject({ oneOf: z.array(z.string()).min(1) }),
  z.strictObject({ range: z.strictObject({ min: z.number(), max: z.number(), default: z.number() }) }),
]);
export type ParameterSource = z.infer<typeof ParameterSource>;

export const Parameter = z.strictObject({
  description: z.string().min(1),
  /** Tried in order. */
  from: z.array(ParameterSource).min(1),
  /** Where every value must also be listed, whoever gives it. */
  among: z.strictObject({ registry: RegistryField }).optional(),
  /** What every value must look like, whoever gives it; the whole value has to match. */
  pattern: z.string().default('[A-Za-z0-9][A-Za-z0-9._-]{0,62}'),
});
export type Parameter = z.infer<typeof Parameter>;

const Argv = z.array(z.string().min(1)).min(1);
/** One vector for all hosts, or one for each of what manages services there. */
const HostArgv = z.union([Argv, z.strictObject({ systemd: Argv.optional(), supervisor: Argv.optional() })]);

/** An argument vector on hosts of the inventory over OpenSSH, one host after the other. */
export const SshRun = z.strictObject({
  /** Which hosts, separated by commas; where that is empty, those of `group`. */
  hosts: z.string(),
  /** The group of the inventory that they have to be in. */
  group: z.string().min(1).nullable().default(null),
  argv: HostArgv,
  /** What a dry run looks with at how things stand there; it must change nothing. */
  state: HostArgv.nullable().default(null),
  /** What has to end with 0 on a host, twice in a row, before the next one has its turn; it must change nothing. */
  between: HostArgv.nullable().default(null),
  /** Whether it is run with the rights that the inventory gives to fixes. */
  become: z.boolean().default(true),
  /** Names the file in which a host keeps the number of the latest fix, as other playbooks of the same service do. */
  fence: z.string().min(1),
});
export type SshRun = z.infer<typeof SshRun>;

/**
 * One operation on a workload of Kubernetes, or on something of it. There is no other: no text becomes a patch. Everything in it is a
 * template.
 */
const KubernetesOperation = z.union([
  z.enum([
    /** New pods of the same template, as `kubectl rollout restart` makes them. */
    'restart',
    /** The template before this one, as `kubectl rollout undo`. */
    'undo',
    /** What the fix of the same claim found before it changed something. */
    'put_back',
  ]),
  /** How many pods it should have; no fewer and no more than these. */
  z.strictObject({
    scale: z.strictObject({ replicas: z.string().min(1), min: z.string().min(1), max: z.string().min(1) }),
  }),
  /** How much memory a container may hold, `512Mi`; no more than `most`. */
  z.strictObject({
    memory: z.strictObject({
      container: z.string().min(1),
      limit: z.string().min(1),
      most: z.string().min(1),
    }),
  }),
  /** A pod of it, by name: its controller makes another. */
  z.strictObject({ delete_pod: z.string().min(1) }),
  /** A node, by name: that no more pods come to it, or that they may come again. */
  z.strictObject({ cordon: z.string().min(1) }),
  z.strictObject({ uncordon: z.string().min(1) }),
]);
export type KubernetesOperation = z.infer<typeof KubernetesOperation>;

export const KubernetesRun = z.strictObject({
  namespace: z.string().min(1),
  /** `deployment/cart`, as the registry has it. */
  workload: z.string().min(1),
  do: KubernetesOperation,
});
export type KubernetesRun = z.infer<typeof KubernetesRun>;

/** What runs: an Ansible playbook of the folder, an argument vector on hosts, one here, or an operation of Kubernetes. Never a shell string. */
export const Run = z.union([
  z.strictObject({
    ansible: z.strictObject({
      playbook: z.string().min(1),
      /** Which hosts of the inventory, where the playbook does not choose them by itself. */
      limit: z.string().min(1).nullable().default(null),
    }),
  }),
  z.strictObject({ ssh: SshRun }),
  z.strictObject({ kubernetes: KubernetesRun }),
  z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
]);
export type Run = z.infer<typeof Run>;

/** The kinds of evidence that a condition may be about. */
const Kind = z.enum(['alert', 'metric', 'log', 'trace', 'event', 'change', 'state', 'history', 'probe']);

const Quoted = z.strictObject({ evidence: Kind, claim: z.string().min(1), quote: z.string().min(1) });

/**
 * What a pattern asks of the evidence: that some item of a kind matches a regular expression, or that an alert fires whose rule reads
 * certain metrics, by their names. What an alert is called, and says of itself, decides nothing.
 */
export const Condition = z.union([
  Quoted,
  z.strictObject({
    alert: z.union([z.literal('any'), z.strictObject({ reads: z.string().min(1) })]),
    claim: z.string().min(1),
  }),
]);
export type Condition = z.infer<typeof Condition>;

/**
 * A known pattern: evidence that, found together, names the cause without a model. Where its playbook declares a look, that must show the
 * fault as well.
 */
export const Pattern = z.strictObject({
  pattern: z.string().min(1),
  summary: z.string().min(1),
  cause: z.string().min(1),
  prevention: z.string().min(1).nullable().default(null),
  /** All must match; each match becomes a claim that cites what it matched. */
  when: z.array(Condition).min(1),
  /** Any match speaks against the playbook, whoever proposes it: it is cited as such and lowers the confidence. */
  against: z.array(Quoted).default([]),
  /** Patterns whose finding this one explains: they are its consequences, and no rivals. */
  explains: z.array(z.string().min(1)).default([]),
});
export type Pattern = z.infer<typeof Pattern>;

/** A playbook's manifest, `playbooks/<name>/playbook.yml`. */
export const Manifest = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]{1,40}$/,
      'use 2 to 41 small letters, digits and underscores, and begin with a letter',
    ),
  title: z.string().min(1).max(80),
  description: z.string().min(1),
  risk: Risk,
  category: z.enum(['restart', 'clean', 'rollback', 'scale', 'configuration', 'security', 'schema']),
  idempotent: z.boolean(),
  parameters: z.record(
    z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'use small letters, digits and underscores, and begin with a letter'),
    Parameter,
  ),
  /** What the plan acts on: the names of its locks and cooldowns, as templates over the parameters. */
  targets: z.array(z.string().min(1)).min(1),
  run: Run,
  /** `check` asks what runs for its own: Ansible's `--check --diff`, a look at each host over ssh, or a rehearsal by the API server. A command names another; null means there is none. */
  dry_run: z
    .union([z.literal('check'), z.strictObject({ command: z.array(z.string()).min(1) })])
    .nullable()
    .default(null),
  timeout: Duration,
  blast_radius: z.strictObject({ max_targets: z.int().positive().default(1) }).default({ max_targets: 1 }),
  /**
   * How it is undone, or why it is not: people read that reason after “Cannot be undone:”, so it says in a few words what is left behind or
   * what they can do instead, without a full stop and without saying again that it cannot be undone.
   */
  rollback: z.union([
    z.strictObject({ none: z.string().min(1) }),
    z.strictObject({ run: Run, rehearsed: z.boolean() }),
  ]),
  /** How Medic sees for itself that the fault is there. Without one, people are asked for every run. */
  look: Look.nullable().default(null),
  answers: z.array(Pattern).default([]),
  /** The faults of the library that it mends. */
  mends: z.array(z.string().min(1)).default([]),
  /** Faults that it does not mend, where a person may run it for relief: it is offered as a button, and never chosen by Medic. */
  eases: z.array(z.string().min(1)).default([]),
  preconditions: z.array(Check).default([]),
  verify: z.strictObject({
    checks: z.array(Check).min(1),
    within: Duration,
    every: Duration,
    stable: Duration,
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** A playbook of the catalog: its manifest, where it lives, and the hash over every file of its folder. */
export interface Playbook {
  readonly manifest: Manifest;
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly hash: string;
}

export type Catalog = ReadonlyMap<string, Playbook>;
