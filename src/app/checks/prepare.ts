import { join } from 'node:path';
import { createHosts, type OpenHosts } from '../../adapters/hosts/hosts.ts';
import { syntaxOf } from '../../adapters/runners/ansible/syntax.ts';
import type { Guarantee } from '../../adapters/stores/redis/server/guarantee.ts';
import { type Config, ConfigError } from '../../config/load.ts';
import type { Library } from '../../diagnosis/faults/library.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import type { HealthWarnings } from '../../engine/health/health-warnings.ts';
import { type Mistake, sentenceOf } from '../../lib/schema/mistake.ts';
import type { Logger } from '../../observability/logger.ts';
import { FAULTS, readCatalog } from '../../playbooks/catalog.ts';
import { type LivingCatalog, livingCatalog } from '../../playbooks/reload.ts';
import { readSignatures } from '../../playbooks/signatures.ts';
import { type Isolation, isolationOf } from '../isolation.ts';
import { inventoryDoubts, registryFlaws, stateMistakes } from './registry.ts';
import { type SoundCatalog, soundCatalog } from './syntax.ts';

/** What Medic knows before it asks anybody. */
export interface Prepared {
  readonly catalog: LivingCatalog;
  /** The faults that it recognises, as they were when it started. */
  readonly library: Library;
  /** Null for a brain, which touches none. */
  readonly hosts: OpenHosts | null;
  /** Whose rights its commands have, and what those can read; null for a brain, which runs none. */
  readonly isolation: Isolation | null;
  /** What holds, and is probably not what was meant. */
  readonly doubts: readonly Mistake[];
}

/**
 * Reads the catalog and the inventory, which needs nobody's answer: what is wrong with them is told also while Redis is away.
 *
 * @throws ConfigError that lists everything that is wrong with either
 */
export async function prepare(config: Config, redact: (text: string) => string): Promise<Prepared> {
  const { hands, settings, place } = config;
  const isolation = hands === null ? null : await isolationOf(config);
  const runAs = isolation?.runAs ?? null;
  const hosts = hands === null ? null : createHosts({ ...hands, runAs, redact });
  const { library, mistakes: ofFaults } = readLibrary(join(config.playbooks, FAULTS));
  const { mistakes: ofPlaybooks, catalog } = readCatalog(config.playbooks, [...library.faults.keys()]);
  const mistakes = [...ofPlaybooks, ...ofFaults];
  const registry = hosts === null ? [] : place(await registryFlaws(hosts, settings));
  const wrong = [
    ...stateMistakes(config),
    ...mistakes.filter(({ kind }) => kind === 'wrong'),
    ...readSignatures(config.playbooks).mistakes,
    ...registry,
  ];
  if (wrong.length > 0) {
    await hosts?.close();
    throw new ConfigError(wrong);
  }
  const inventory = place(inventoryDoubts(config, catalog.values()), 'doubtful');
  const doubts = [...config.doubts, ...inventory, ...mistakes.filter(({ kind }) => kind === 'doubtful')];
  return { catalog: livingCatalog(config.playbooks), library, hosts, isolation, doubts };
}

interface CatalogParts {
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly log: Logger;
}

/** The catalog without what Ansible cannot read, as far as that is known. */
export function catalogOf(
  { catalog, isolation }: Prepared,
  { hands, role }: Config,
  { redact, signal, ...parts }: CatalogParts,
): SoundCatalog {
  return soundCatalog(catalog, {
    ...parts,
    leavesOut: role === 'all',
    // A brain is never asked to look.
    syntax: async (playbook) =>
      hands === null
        ? []
        : syntaxOf(playbook, { ...hands, runAs: isolation?.runAs ?? null, redact, signal, gently: true }),
  });
}

/** Names at the start what will hold otherwise than people may think. */
export function warnOf(doubts: readonly Mistake[], { durable, words }: Guarantee, log: Logger): void {
  for (const doubt of doubts)
    log.warn({ doubt: sentenceOf(doubt) }, 'the configuration holds, and is probably not what was meant');
  if (!durable)
    log.warn(
      { guarantee: words, remedy: 'set appendonly yes and appendfsync always in Redis' },
      'Redis may forget open incidents, approvals that are waited for, pauses, silences, cooldowns and the record of what was decided',
    );
}
