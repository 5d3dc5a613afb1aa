// Who may import whom under src/. The order is that of an incident's life: lib <- stages <- incident <- notify, engine <- desk <- app, cli <- main.

/** The stages, in the order in which an incident passes them. Each may see the *types* of those before it. */
const STAGES = [
  'alerts',
  'services',
  'changes',
  'silence',
  'evidence',
  'diagnosis',
  'playbooks',
  'policy',
  'approval',
  'execution',
  'verification',
  'recovery',
] as const;

/** What a folder (or a file directly under src/) may take from outside itself: folders, or single files of them. */
export type Allowance = {
  /** Functions and other values, and so types too. */
  readonly values: readonly string[];
  /** Types in addition to those. */
  readonly types: readonly string[];
};

/**
 * What every stage speaks: the settings, and the catalog's manifest and plan, which are data. The patterns that diagnosis
 * tries and the checks that evidence prepares are written in a manifest.
 */
const VOCABULARY = ['config/settings.ts', 'playbooks/manifest.ts', 'playbooks/plan.ts'];

/** The interfaces that adapters implement, where they come with a value such as an error class. */
const PORTS = [
  'engine/job-queue.ts',
  'desk/desk.ts',
  'engine/showing/notifier.ts',
  'engine/store/rules.ts',
  'notify/sink.ts',
  'notify/pager.ts',
];

/** Small helpers that know nothing of the product, which anybody may use. */
const LIB = 'lib';

/** The words for what is observed. Faults, looks and checks speak of the same ones, so they are known wherever those are read. */
const FACTS = 'evidence/facts';

/** What a stage may use of another: the registry names subjects as alerts do, silences match alerts, and faults speak of facts. */
const BETWEEN: Readonly<Record<string, readonly string[]>> = {
  services: ['alerts'],
  silence: ['alerts/matcher.ts'],
  diagnosis: [FACTS],
  playbooks: [FACTS],
};

const stageRules = Object.fromEntries(
  STAGES.map((stage, place): [string, Allowance] => [
    stage,
    { values: [LIB, ...(BETWEEN[stage] ?? [])], types: [...VOCABULARY, ...STAGES.slice(0, place)] },
  ]),
);

export const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  // A collector's part of a service stands beside what the collector says of itself.
  config: { values: [LIB, 'playbooks/manifest.ts', 'evidence/collectors'], types: [] },
  ...stageRules,
  lib: { values: [], types: [] },
  incident: { values: [LIB, ...STAGES], types: ['config/settings.ts'] },
  // The record of all incidents, and whether it is whole.
  audit: { values: [LIB, 'incident/model/timeline.ts'], types: ['incident'] },
  // What is learned from incidents that are over.
  knowledge: { values: [LIB], types: [...STAGES, 'incident'] },
  // What could be made of a team's alert rules.
  coverage: { values: [LIB, ...STAGES], types: ['config/settings.ts'] },
  // Who is told what, and how loudly.
  notify: { values: [LIB, 'incident'], types: [...STAGES, 'config/settings.ts'] },
  engine: {
    values: [LIB, ...STAGES, 'incident', 'knowledge', 'audit', 'notify'],
    types: ['config/settings.ts', 'observability'],
  },
  // What people can ask and order, as data.
  desk: {
    values: [LIB, ...STAGES, 'incident', 'knowledge', 'engine'],
    types: ['config/settings.ts', 'observability'],
  },
  observability: { values: [], types: ['incident'] },
  // Adapters translate and decide nothing: they bring alerts and evidence, and read an incident.
  adapters: {
    values: [
      LIB,
      'alerts',
      'services',
      'changes',
      'silence',
      'evidence',
      'incident/model/incident.ts',
      'incident/model/holds.ts',
      'incident/model/phases.ts',
      'incident/alerts/notification-level.ts',
      'incident/model/call.ts',
      ...PORTS,
    ],
    types: [
      ...STAGES,
      'incident',
      'notify',
      'engine',
      'desk',
      'knowledge',
      'coverage',
      'audit',
      'config/settings.ts',
      'observability',
    ],
  },
  // Puts everything together.
  app: {
    values: [
      LIB,
      'config',
      ...STAGES,
      'incident',
      'coverage',
      'audit',
      'notify',
      'engine',
      'desk',
      'adapters',
      'observability',
    ],
    types: [],
  },
  // What is asked of Medic on the command line, other than to start.
  cli: { values: [LIB, 'config', 'coverage', 'audit', 'app'], types: [] },
  'main.ts': { values: ['app/app.ts', 'cli', 'config'], types: [] },
  'medic.js': { values: ['main.ts'], types: [] },
};

/** The folders of adapters that hold one for each thing of a kind; what stands directly in them is shared. */
export const ADAPTER_ROLES: readonly string[] = [
  'sources',
  'collectors',
  'runners',
  'sinks',
  'models',
  'stores',
];

/**
 * An adapter's folder imports no other adapter's, apart from these: how a child process is held, whatever runs in it, how a chart is drawn,
 * and how a cluster is asked.
 */
export const SHARED_ADAPTERS: readonly string[] = ['runners/process', 'charts', 'kubernetes'];

/** No input or output, no clock, no chance: what they know comes in as an argument. Folders, or single files of them. */
export const PURE: readonly string[] = [
  'alerts',
  'services',
  'changes',
  'silence',
  'evidence/evidence.ts',
  'evidence/deploy.ts',
  'evidence/chart.ts',
  'evidence/threshold.ts',
  'evidence/instrument.ts',
  'evidence/collectors',
  'evidence/facts',
  'evidence/looks/command.ts',
  'evidence/looks/disk.ts',
  'evidence/looks/memory.ts',
  'evidence/looks/release.ts',
  'evidence/looks/unit.ts',
  'evidence/looks/workload.ts',
  'evidence/looks/words.ts',
  'diagnosis',
  'playbooks',
  'policy',
  'approval',
  'verification',
  'recovery',
  'incident',
  'notify/page.ts',
  'engine/orders/control.ts',
  'engine/orders/seal.ts',
  'knowledge',
  'coverage',
  'audit',
  'lib',
];

/** The files in those folders that read the catalog and the library of faults from the disk. */
export const IMPURE: readonly string[] = [
  'playbooks/catalog.ts',
  'playbooks/reload.ts',
  'playbooks/signatures.ts',
  'diagnosis/faults/load.ts',
];

/** The only modules from outside the project that a pure file may import. The cron parser is always told the time. */
export const PURE_PACKAGES: readonly string[] = ['node:crypto', 'zod', 'cron-parser', 're2js', 'yaml'];

/** What a pure file may not call. */
export const IMPURE_CALLS =
  /\b(?:Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|random(?:UUID|Bytes|Int)\(|(?<!['.])process\.|fetch\(|set(?:Timeout|Interval)\()/;

/** The only places that know a package which speaks to the outside; a name that ends in / stands for the whole scope. */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@slack/': ['adapters/sinks/slack'],
  '@resvg/': ['adapters/charts'],
  openai: ['adapters/models/openai'],
  fastify: ['adapters/http'],
  bullmq: ['adapters/stores/bullmq'],
  ioredis: ['adapters/stores', 'adapters/collectors/redis'],
  pg: ['adapters/collectors/postgresql'],
  re2js: ['lib'],
  '@prometheus-io/': ['adapters/collectors/prometheus'],
  '@lezer/': ['adapters/collectors/prometheus'],
  '@kubernetes/': ['adapters/kubernetes', 'adapters/collectors/kubernetes'],
};

/** Where the marks of the chat may stand: in its adapter, and where what an older Medic stored is read. */
export const MARKUP_HOMES: readonly string[] = ['adapters/sinks/slack', 'lib/text/text-read.ts'];

/** How Slack marks people, groups, channels, times and signs, and what is bold. */
export const MARKUP: readonly RegExp[] = [
  /<@/,
  /(?<!\?)<!(?:date|subteam|here|channel|everyone)\b/,
  /<#(?:\$\{|[CG][A-Z0-9])/,
  /(?<![\w}\])[?:/-]):[a-z][a-z_]*:(?![\w{([:/-])/,
  /(?<![\w/*}])\*(?:\$\{[^}]*\}|[A-Za-z][\w ]*)\*(?![\w/*])/,
];

/** The folders, and single files, whose words people read as they stand: a mark of code in them would be Slack's. Elsewhere it is a quotation mark of logs. */
export const SPOKEN: readonly string[] = [
  'desk/commands/read-heal.ts',
  'silence/silence.ts',
  'diagnosis',
  'policy',
  'approval',
  'execution',
  'recovery',
  'incident',
  'engine',
  'desk',
  'knowledge',
];

/** A mark of code within a string. */
export const CODE_MARK = /\\`|'[^'\n`]*`[^'\n`$]+`[^'\n`]*'/;
