import { ansibleFiles, type SyntaxOptions, syntaxOf } from '../../adapters/runners/ansible/syntax.ts';
import type { HealthWarnings } from '../../engine/health/health-warnings.ts';
import { type Mistake, sentenceOf } from '../../lib/schema/mistake.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Catalog, Playbook } from '../../playbooks/manifest.ts';
import type { LivingCatalog } from '../../playbooks/reload.ts';

/** Each is a whole Ansible, and so is worth a core. */
const AT_ONCE = 2;

/** What Ansible cannot read of these playbooks, in their order; a few are read at once. */
export async function syntaxOfAll(
  playbooks: readonly Playbook[],
  options: SyntaxOptions,
  onDone: (done: number, of: number, name: string) => void = () => undefined,
): Promise<readonly Mistake[]> {
  const run = playbooks.filter((one) => ansibleFiles(one).length > 0);
  const found: (readonly Mistake[])[] = [];
  const waiting = run.entries();
  let done = 0;
  const work = async () => {
    for (const [place, playbook] of waiting) {
      found[place] = await syntaxOf(playbook, options);
      done += 1;
      onDone(done, run.length, playbook.manifest.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.flat();
}

/** A catalog whose playbooks are read by Ansible beside the work, one after the other. */
export interface SoundCatalog extends LivingCatalog {
  /** Has Ansible read what it has not read yet, and tells what is broken. */
  look(): Promise<void>;
}

interface Parts {
  readonly syntax: (playbook: Playbook) => Promise<readonly Mistake[]>;
  /**
   * Whether a broken playbook is left out. Where brain and runner are apart it is not: the brain has no Ansible to tell, and a plan for what
   * the runner has not would wait for it instead of failing with the reason.
   */
  readonly leavesOut: boolean;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly log: Logger;
}

/**
 * Ansible takes a second for each playbook, and alerts must not wait for that: a playbook counts until Ansible has said otherwise, and what
 * Ansible cannot read is no longer proposed then, nor run. What has changed is read anew.
 */
export function soundCatalog(
  living: LivingCatalog,
  { syntax, leavesOut, troubles, log }: Parts,
): SoundCatalog {
  const judged = new Map<string, readonly Mistake[]>();
  const told = new Set<string>();
  let sound: { readonly from: Catalog; readonly catalog: Catalog } | null = null;
  const isBroken = ({ hash }: Playbook) => (judged.get(hash) ?? []).some(({ kind }) => kind === 'wrong');

  const tell = async (name: string, mistakes: readonly Mistake[]) => {
    const all = mistakes.map(sentenceOf).join('; ');
    const what = mistakes.some(({ kind }) => kind === 'wrong')
      ? `The playbook ${name} cannot be run, ${leavesOut ? 'and is left out until it is mended' : 'and would fail'}: ${all}.`
      : `Nobody knows whether the playbook ${name} can be run: ${all}.`;
    // A memory that is away is a trouble of its own, and this one is told again.
    await troubles.tell(`playbook ${name}`, mistakes.length === 0 ? null : what).catch(() => undefined);
  };
  const judge = async (playbook: Playbook) => {
    const { name } = playbook.manifest;
    const before = judged.get(playbook.hash);
    // What was broken may have been mended elsewhere: a collection was installed, or Ansible itself.
    const mistakes = before?.length === 0 ? before : await syntax(playbook);
    if (mistakes.length > 0 && JSON.stringify(before) !== JSON.stringify(mistakes))
      for (const one of mistakes)
        log.warn({ playbook: name, why: sentenceOf(one) }, 'a playbook cannot be run');
    judged.set(playbook.hash, mistakes);
    sound = null;
    if (mistakes.length > 0 || told.has(name)) await tell(name, mistakes);
    if (mistakes.length > 0) told.add(name);
    else told.delete(name);
  };

  return {
    current() {
      const from = living.current();
      if (!leavesOut) return from;
      if (sound?.from !== from)
        sound = { from, catalog: new Map([...from].filter(([, playbook]) => !isBroken(playbook))) };
      return sound.catalog;
    },
    refresh: () => living.refresh(),
    async look() {
      const there = living.current();
      const hashes = new Set([...there.values()].map(({ hash }) => hash));
      for (const hash of judged.keys()) if (!hashes.has(hash)) judged.delete(hash);
      for (const name of told) if (!there.has(name)) await tell(name, []).then(() => told.delete(name));
      for (const playbook of there.values()) if (ansibleFiles(playbook).length > 0) await judge(playbook);
    },
  };
}
