import { join } from 'node:path';
import { createHosts } from '../../adapters/hosts/hosts.ts';
import { whyUnusable } from '../../adapters/kubernetes/config.ts';
import { Environment, Secrets } from '../../config/environment.ts';
import { type Config, ConfigError, configFile, loadConfig, playbooksFolder } from '../../config/load.ts';
import { serversOf } from '../../config/servers.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import { viewOf } from '../../engine/effects/view.ts';
import { DECLARED } from '../../evidence/collectors/table.ts';
import { type Mistake, mistake } from '../../lib/schema/mistake.ts';
import { FAULTS, readCatalog } from '../../playbooks/catalog.ts';
import type { Playbook } from '../../playbooks/manifest.ts';
import { readSignatures } from '../../playbooks/signatures.ts';
import { dockerFlaws } from './docker.ts';
import { inventoryDoubts, registryFlaws, stateMistakes } from './registry.ts';
import { syntaxOfAll } from './syntax.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** All that was looked at without anybody's answer, and what is wrong with it. */
export interface Report {
  readonly mistakes: readonly Mistake[];
  /** What was left out, and why, in sentences. */
  readonly notes: readonly string[];
  readonly config: string;
  readonly catalog: string;
  readonly playbooks: number;
  readonly faults: number;
  /** Null where medic.yml cannot be read. */
  readonly services: number | null;
  /** What Medic could read of each service; empty where medic.yml cannot be read. */
  readonly evidence: Readonly<Record<string, readonly Source[]>>;
}

/** Something that Medic reads of a service, or would read if `lacks` were written in medic.yml. */
export interface Source {
  readonly collector: string;
  readonly reads: string;
  readonly instrument: string;
  readonly lacks: string | null;
}

interface CheckOptions {
  readonly signal: AbortSignal;
  /** Told after each playbook that Ansible has read. */
  readonly onPlaybook?: (done: number, of: number, name: string) => void;
}

/** Looks at everything that can be wrong before Medic starts: the environment, medic.yml, the catalog, the inventory, and what playbooks run. */
export async function checkAll(given: Variables, { signal, onPlaybook }: CheckOptions): Promise<Report> {
  const isGiven = hasEnvironment(given);
  const { config, mistakes } = readConfigAlone(given);
  const folder = playbooksFolder(given);
  const { library, mistakes: faultMistakes } = readLibrary(join(folder, FAULTS));
  const { catalog, mistakes: catalogMistakes } = readCatalog(folder, [...library.faults.keys()]);
  const isBrain = given.MEDIC_ROLE === 'brain';
  const playbooks = [...catalog.values()];
  const docker = isBrain || config === null ? [] : config.place(dockerFlaws(config.settings));
  const [registry, cluster, syntax] = isBrain
    ? [[], [], []]
    : await Promise.all([
        config === null ? [] : inventoryMistakes(config, playbooks, given),
        config === null ? [] : clusterMistakes(config),
        syntaxOfAll(
          playbooks,
          { inventory: config?.hands?.inventory ?? '', environment: given, redact: (text) => text, signal },
          onPlaybook,
        ),
      ]);
  return {
    mistakes: withoutRepeats([
      ...mistakes,
      ...(config === null ? [] : [...config.doubts, ...stateMistakes(config)]),
      ...registry,
      ...cluster,
      ...docker,
      ...catalogMistakes,
      ...faultMistakes,
      ...readSignatures(folder).mistakes,
      ...syntax,
    ]),
    notes: [
      ...(isGiven ? [] : [NO_ENVIRONMENT]),
      ...(isBrain ? [BRAIN] : []),
      ...(config?.settings.run_as === undefined || isBrain ? [] : [RUN_AS]),
    ],
    config: configFile(given),
    catalog: folder,
    playbooks: catalog.size,
    faults: library.faults.size,
    services: config === null ? null : Object.keys(config.settings.services).length,
    evidence: config === null ? {} : evidenceOf(config),
  };
}

/** What keeps the cluster from being asked, as far as its kubeconfig says. */
async function clusterMistakes({ settings: { kubernetes }, place }: Config): Promise<readonly Mistake[]> {
  const why = kubernetes === null ? null : await whyUnusable(kubernetes);
  return why === null ? [] : place([{ path: ['kubernetes', 'kubeconfig'], message: why }]);
}

function evidenceOf(config: Config): Report['evidence'] {
  const reach = {
    prometheus: serversOf(config).prometheus.length > 0,
    kubernetes: config.settings.kubernetes !== null,
    docker: config.settings.docker !== null,
    changes: config.contacts?.CHANGE_TOKEN !== undefined,
  };
  const { services } = config.settings;
  const sources = Object.entries(services).map(([name, { environment }]) => {
    const view = viewOf({ kind: 'service', name, environment }, config.settings);
    const all = Object.values(DECLARED).map(({ name: collector, reads, instrument, lacks }) => ({
      ...{ collector, reads, instrument },
      lacks: view === null ? null : lacks(view, reach),
    }));
    return [name, all] as const;
  });
  return Object.fromEntries(sources);
}

const NO_ENVIRONMENT =
  'The environment was not checked: none of REDIS_URL, SLACK_BOT_TOKEN, SLACK_CHANNEL and ALERT_TOKEN is set here.';
const BRAIN =
  'The inventory and what playbooks run were not checked: a brain has neither. Run the check where the runner is.';
const RUN_AS = 'Whether commands can run as the user of run_as was not tried: Medic tries it when it starts.';

/** In place of what is not at hand where only files are checked, as on a machine that builds. */
const STAND_INS = {
  REDIS_URL: 'redis://localhost:6379',
  SLACK_BOT_TOKEN: 'xoxb-none',
  SLACK_APP_TOKEN: 'xapp-none',
  SLACK_CHANNEL: 'C0NONE',
  ALERT_TOKEN: 'none-none-none-none',
} as const;

/** Whether this is an environment for Medic, be it a wrong one. */
function hasEnvironment(given: Variables): boolean {
  const telling = [...Object.keys(STAND_INS), 'MEDIC_ROLE', 'MEDIC_KEY'];
  return Object.entries(given).some(([name, value]) => value && telling.includes(name.replace(/_FILE$/, '')));
}

/** The configuration as far as it can be read, also where nothing of the environment is at hand. */
export function readConfigAlone(given: Variables): ReturnType<typeof readConfig> {
  return hasEnvironment(given) ? readConfig(given) : readConfigWithout(given);
}

/** The configuration as far as it can be read: medic.yml is looked at also where the environment is wrong. */
function readConfig(given: Variables): {
  readonly config: Config | null;
  readonly mistakes: readonly Mistake[];
} {
  try {
    return { config: loadConfig(given), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { mistakes } = error;
    const ofFile = mistakes.some(({ file }) => file !== 'environment');
    return { config: ofFile ? null : readFileAlone(given), mistakes };
  }
}

/** The same where no environment is at hand: what medic.yml asks of it is not missing, but somewhere else. */
function readConfigWithout(given: Variables): ReturnType<typeof readConfig> {
  const read = readConfig({ ...given, ...STAND_INS });
  const missing = read.mistakes.filter(
    ({ file, path }) => file === 'environment' && path.startsWith('ALERT_TOKEN_'),
  );
  if (missing.length === 0) return read;
  const others = Object.fromEntries(missing.map(({ path }) => [path, STAND_INS.ALERT_TOKEN]));
  return readConfig({ ...given, ...STAND_INS, ...others });
}

function readFileAlone(given: Variables): Config | null {
  const own = Object.keys({ ...Environment.shape, ...Secrets.shape });
  const others = Object.entries(given).filter(([name]) => !own.includes(name));
  const { MEDIC_CONFIG, MEDIC_PLAYBOOKS } = given;
  try {
    return loadConfig({ ...Object.fromEntries(others), ...STAND_INS, MEDIC_CONFIG, MEDIC_PLAYBOOKS });
  } catch (error) {
    // A server that only the environment names is missing in medic.yml then, and that was said already.
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

/** What the registry and the playbooks look for in the inventory, and is not there. */
async function inventoryMistakes(
  config: Config,
  playbooks: readonly Playbook[],
  environment: Variables,
): Promise<readonly Mistake[]> {
  const { hands, settings, place } = config;
  if (hands === null) return [];
  const hosts = createHosts({ inventory: hands.inventory, environment });
  try {
    const flaws = await registryFlaws(hosts, settings);
    return [...place(flaws), ...place(inventoryDoubts(config, playbooks), 'doubtful')];
  } finally {
    await hosts.close();
  }
}

/** What was not looked at for one and the same reason is said once. */
function withoutRepeats(mistakes: readonly Mistake[]): readonly Mistake[] {
  const unchecked = mistakes.filter(({ kind }) => kind === 'unchecked');
  const byReason = Map.groupBy(unchecked, ({ message }) => message);
  const once = [...byReason].map(([message, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return mistake(`${first?.file}${others}`, '', message, 'unchecked');
  });
  return [...mistakes.filter(({ kind }) => kind !== 'unchecked'), ...once];
}
