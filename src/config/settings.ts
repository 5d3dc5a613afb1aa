import { z } from 'zod';
import { changes } from '../evidence/collectors/changes.ts';
import { postgresql, redis } from '../evidence/collectors/databases.ts';
import { docker } from '../evidence/collectors/docker.ts';
import { mysql, queues } from '../evidence/collectors/exporters.ts';
import { journal } from '../evidence/collectors/journal.ts';
import { kubernetes } from '../evidence/collectors/kubernetes.ts';
import { logs } from '../evidence/collectors/logs.ts';
import { certificates, names } from '../evidence/collectors/network.ts';
import { probes } from '../evidence/collectors/probes.ts';
import { processState } from '../evidence/collectors/process-state.ts';
import { Duration, HttpUrl } from '../lib/schema/schemas.ts';
import { Groups, Ignore, Severities, Subjects, Watchdog } from './alerts.ts';
import { Docker } from './docker.ts';
import { Escalation } from './escalation.ts';
import { Kubernetes } from './kubernetes.ts';
import { conflictsOf, MaintenanceWindow, Timezone } from './maintenance.ts';
import { ChannelId, ChannelName, GroupId, OwnerId, UserId } from './slack-ids.ts';
import { Sources } from './sources.ts';

const Members = z
  .strictObject({
    users: z.array(UserId).default([]),
    groups: z.array(GroupId).default([]),
    /** Whoever acts in one of these channels, by id. For private channels: into a public one anybody may go. */
    channels: z.array(ChannelId).default([]),
  })
  .default({ users: [], groups: [], channels: [] });

/** Who may do what, by Slack user, user group and channel. Anyone may cancel or hold a plan: stopping is always safe to offer. */
export const Roles = z.strictObject({ operators: Members, approvers: Members });
export type Roles = z.infer<typeof Roles>;

const ModeName = z.enum(['observe', 'supervised', 'tiered']);

export const PolicySettings = z.strictObject({
  mode: ModeName.default('tiered'),
  /** Exceptions to `mode`, the first match wins. */
  modes: z
    .array(
      z.strictObject({ environment: z.string().optional(), service: z.string().optional(), mode: ModeName }),
    )
    .default([]),
  cancel_window: Duration.default(300_000),
  approval_expires: Duration.default(1_800_000),
  /** How many authorised people a high-tier plan needs. */
  approvals: z.int().min(1).max(3).default(1),
  /** Where it takes two people at least; whatever is left out fits anything. */
  four_eyes: z
    .array(z.strictObject({ environment: z.string().optional(), service: z.string().optional() }))
    .default([]),
  max_concurrent: z.int().positive().default(2),
  cooldown: Duration.default(300_000),
  /** Below this confidence nothing is automatic. */
  confidence: z.number().min(0.5).max(1).default(0.7),
  /** This many fixes of one target that did not help or did not last, within this time, stop its automation until a person resets it. */
  breaker: z
    .strictObject({ fixes: z.int().positive().default(3), within: Duration.default(14_400_000) })
    .prefault({}),
  /** An incident that opens within this time of a neighbour's is told in the neighbour's thread. */
  neighbour_window: Duration.default(600_000),
  /** When people are reminded of an approval nobody has decided, as a part of `approval_expires`. */
  approval_reminder: z.number().gt(0).lt(1).default(0.5),
  /** A plan that still waits for its turn after this long is put before a person. */
  turn_expires: Duration.default(3_600_000),
});
export type PolicySettings = z.infer<typeof PolicySettings>;

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** An amount of memory as people write it, `200MB`, `1.5GiB`, `512Mi`, read as bytes. */
const Bytes = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `${input} has no unit: write ${input}MB, or another amount such as 1.5GiB`
        : undefined,
  })
  .regex(
    /^\d+(\.\d+)?\s?(k|M|G|Ki|Mi|Gi)?B?$/,
    'write an amount of memory with its unit, e.g. 200MB or 1.5GiB',
  )
  .transform((text) => {
    const [, amount = '0', unit = ''] = /^([\d.]+)\s?(\D*?)B?$/.exec(text) ?? [];
    return Math.round(Number(amount) * (BYTES[unit] ?? 1));
  });

const Name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'use up to 63 letters, digits, dots, dashes and underscores, and begin with a letter or digit',
  );

/** What is in it is shown to people, so it holds no credentials. */
const ServerUrl = HttpUrl.refine(
  (text) => !URL.canParse(text) || new URL(text).username === '',
  'must not hold a user name or password',
);

/** A Prometheus or an Alertmanager. An alert belongs to the one that its links name, or else to the one with its external labels. */
const Server = z.strictObject({
  name: Name,
  url: ServerUrl,
  /** What it calls itself in links (`--web.external-url`), where that is another address. */
  external_url: ServerUrl.optional(),
  /** Its external labels; read from itself where none are given. */
  external_labels: z.record(z.string(), z.string()).optional(),
});
export type Server = z.infer<typeof Server>;

/** One service of the registry. */
export const Service = z.strictObject({
  environment: z.string().default('production'),
  /** Names in the inventory; where none are given, the hosts of `group`. */
  hosts: z.array(z.string()).default([]),
  /** The inventory's group of the hosts that run it; its own name where none is given. */
  group: z.string().optional(),
  /** What its supervisor calls it, a systemd unit or a program of supervisor; its own name where none is given. */
  unit: z.string().optional(),
  /** Resident memory that it should not exceed. */
  memory_limit: Bytes.optional(),
  /** The paths that may be cleaned up, as the inventory declares what may be deleted there. */
  cleanable: z.array(z.string().regex(/^\//, 'write an absolute path')).default([]),
  /** The Prometheus that knows it best, by name; the first where none is given. */
  prometheus: z.string().optional(),
  /**
   * Labels that identify it in alerts and metrics; `{ service: <its name> }` where none are given. Several sets, where exporters tell of
   * it by labels of their own: the first is that of its own metrics.
   */
  labels: z
    .union([z.record(z.string(), z.string()), z.array(z.record(z.string(), z.string())).min(1)])
    .default({}),
  depends_on: z.array(z.string()).default([]),
  /** Slack users or user groups to call, by id. */
  owners: z.array(OwnerId).default([]),
  channel: ChannelName.optional(),
  /** The part of user traffic it serves, 0 to 1. */
  traffic_share: z.number().min(0).max(1).optional(),
  logs: logs.section,
  journal: journal.section,
  health: probes.section,
  state: processState.section,
  changes: changes.section,
  postgresql: postgresql.section,
  redis: redis.section,
  mysql: mysql.section,
  queues: queues.section,
  tls: certificates.section,
  dns: names.section,
  kubernetes: kubernetes.section,
  docker: docker.section,
  dashboards: z.array(HttpUrl).default([]),
  /** Values that playbooks may use, as `registry: settings.<name>`. */
  settings: z.record(z.string(), z.string()).default({}),
});
export type Service = z.infer<typeof Service>;

/** Where incidents are told, by what they are about; whatever is left out fits anything. */
const Route = z.strictObject({
  service: z.string().optional(),
  environment: z.string().optional(),
  severity: z.enum(['critical', 'warning', 'info']).optional(),
  channel: ChannelName,
});
export type Route = z.infer<typeof Route>;

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as 22:00');

/** Times of day in which what Medic could mend by itself at low risk is told by edits alone. */
export const QuietHours = z.strictObject({
  from: ClockTime,
  to: ClockTime,
  timezone: Timezone.default('UTC'),
});
export type QuietHours = z.infer<typeof QuietHours>;

const Sections = z.strictObject({
  /** The environment of alerts that name none. */
  environment: z.string().default('production'),
  /** The labels that name the service an alert is about, where it is not registered; the first that an alert has counts. */
  subject_labels: z
    .array(z.string().min(1))
    .default([
      'exported_service',
      'service',
      'service_name',
      'service.name',
      'app',
      'app.kubernetes.io/name',
      'app_kubernetes_io_name',
    ]),
  policy: PolicySettings.prefault({}),
  roles: Roles.prefault({ operators: {}, approvers: {} }),
  services: z.record(Name, Service).default({}),
  intake: z
    .strictObject({
      /** How long the batch endpoint collects warnings. */
      batch_window: Duration.default(300_000),
      /** Beyond this many new incidents in this time, further alerts become one incident that a person looks at. */
      storm: z
        .strictObject({ incidents: z.int().positive().default(20), within: Duration.default(60_000) })
        .prefault({}),
      /** How many alerts a second one source may send in the long run, and how many at once. */
      rate: z
        .strictObject({
          per_second: z.int().positive().default(5_000),
          burst: z.int().positive().default(20_000),
        })
        .prefault({}),
      /** How much may have been received and not yet be stored, in each process: beyond it, senders are asked to come again. */
      under_way: z
        .strictObject({
          alerts: z.int().positive().default(10_000),
          bytes: z
            .int()
            .positive()
            .default(32 * 1024 * 1024),
        })
        .prefault({}),
    })
    .prefault({}),
  severities: Severities,
  ignore: Ignore,
  sources: Sources,
  groups: Groups,
  subjects: Subjects,
  watchdog: Watchdog,
  evidence: z
    .strictObject({
      /** How long each source may take. */
      budget: Duration.default(8000),
      /** How long a look may take, on each host. */
      look: Duration.default(4000),
    })
    .prefault({}),
  /** Servers that evaluate alert rules, besides the one of PROMETHEUS_URL. */
  prometheus: z.array(Server).default([]),
  /** Alertmanagers, besides the one of ALERTMANAGER_URL. */
  alertmanager: z.array(Server).default([]),
  kubernetes: Kubernetes,
  docker: Docker,
  model: z.strictObject({ timeout: Duration.default(60_000) }).prefault({}),
  /** The user whose rights all commands have: what playbooks run, looks, and connections to hosts. Medic's own where none is given. */
  run_as: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*\$?$/i, 'write the name of a user of this machine')
    .refine(
      (name) => name !== 'root',
      'root may read everything, Medic’s secrets included: name another user',
    )
    .optional(),
  ansible: z.strictObject({ inventory: z.string().default('/etc/ansible/hosts') }).prefault({}),
  /** The first that fits names the channel; then the service's own, then SLACK_CHANNEL. */
  routes: z.array(Route).default([]),
  quiet_hours: QuietHours.nullable().default(null),
  pagerduty: z.strictObject({ url: ServerUrl.default('https://events.pagerduty.com') }).prefault({}),
  /** Where signed webhooks about calls go. */
  webhook: z.strictObject({ url: HttpUrl.optional() }).prefault({}),
  /** Who is told besides, and when, as long as nobody says that they are on it. */
  escalation: Escalation,
  /** Times in which Medic looks and tells, but does not act. */
  maintenance: z.array(MaintenanceWindow).default([]),
});

/** What `medic.yml` holds. */
export const Settings = Sections.superRefine(({ maintenance, services }, context) => {
  for (const { path, message } of conflictsOf(maintenance, services))
    context.addIssue({ code: 'custom', path: [...path], message });
});
export type Settings = z.infer<typeof Settings>;
