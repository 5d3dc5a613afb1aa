import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mistake, mistake } from '../../../lib/schema/mistake.ts';
import type { Parameter, Playbook } from '../../../playbooks/manifest.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { handOver, removeScratch } from '../process/handover.ts';
import type { RunAs } from '../process/run-as.ts';
import { runGuarded } from '../process/run-guarded.ts';
import { ANSIBLE_ROOT, ansiblePlaces, scratchRoot } from '../process/scratch.ts';
import { ansibleBasics } from './basics.ts';
import { complaintOf, isMissing } from './complaint.ts';
import { missingIncludes } from './includes.ts';

export interface SyntaxOptions {
  /** The inventory that playbooks run with, absolute. */
  readonly inventory: string;
  /** Medic's own environment; Ansible gets the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whose rights Ansible has; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  /** Whether it may take no time from what else is to be done. */
  readonly gently?: boolean;
}

/** How long Ansible may take to read one playbook, ms. */
const WITHIN = 60_000;
const OUTPUT = 16_000;

/** The files of a playbook that Ansible runs; none where it runs nothing by Ansible. */
export function ansibleFiles({ manifest: { run, rollback } }: Pick<Playbook, 'manifest'>): readonly string[] {
  const runs = [run, ...('run' in rollback ? [rollback.run] : [])];
  return [...new Set(runs.flatMap((one) => ('ansible' in one ? [one.ansible.playbook] : [])))];
}

/**
 * Whether Ansible can read what it is to run, as far as that can be told without running it: `--syntax-check` with the environment, the folder
 * and the inventory of a real run, and a stand-in for each parameter; then the files that are included only on the way.
 */
export async function syntaxOf(playbook: Playbook, options: SyntaxOptions): Promise<readonly Mistake[]> {
  const found: Mistake[] = [];
  for (const file of ansibleFiles(playbook)) {
    const said = await ask(playbook, file, options);
    const missing = missingIncludes(playbook.folder, file).map((one) => ({ ...one, path: '' }));
    // Ansible stops at the first file that is not there, and names no line for it.
    found.push(...said.filter(({ message }) => missing.length === 0 || !isMissing(message)), ...missing);
  }
  return found;
}

async function ask(
  { manifest, folder }: Playbook,
  file: string,
  { inventory, environment, runAs = null, redact, signal, gently = false }: SyntaxOptions,
): Promise<readonly Mistake[]> {
  const path = join(folder, file);
  const unchecked = (why: string) => [mistake(path, '', `its syntax was not checked: ${why}`, 'unchecked')];
  let scratch: string | null = null;
  try {
    scratch = await mkdtemp(join(scratchRoot(environment, ANSIBLE_ROOT), 'medic-syntax-'));
    await handOver(scratch, 0o770, runAs);
    const vars = join(scratch, 'vars.yml');
    await writeFile(vars, JSON.stringify(standIns(manifest.parameters)), { mode: 0o600, flag: 'wx' });
    await handOver(vars, 0o640, runAs);
    const result = await runGuarded({
      argv: [
        ...(gently ? ['nice', '-n', '19'] : []),
        ...['ansible-playbook', '--syntax-check', '-e', `@${vars}`],
        ...['-i', existsSync(inventory) ? inventory : 'localhost,', path],
      ],
      cwd: folder,
      env: {
        ...allowedEnvironment(environment, [], runAs),
        ...ansibleBasics(environment),
        ...ansiblePlaces(environment, scratch, runAs),
      },
      runAs,
      timeout: WITHIN,
      outputCap: OUTPUT,
      redact,
      signal,
    });
    if (result.failedToStart !== null) return unchecked(result.failedToStart);
    // What nice ends with where it finds no such program.
    if (gently && result.exitCode === 127)
      return unchecked('ansible-playbook is not installed, or not in the PATH that commands get');
    if (result.timedOut) return unchecked(`ansible-playbook took longer than ${WITHIN / 1000} s`);
    if (result.stopped || result.lost || result.exitCode === null)
      return unchecked('ansible-playbook was ended');
    return result.exitCode === 0 ? [] : [complaintOf(path, result.output)];
  } catch (error) {
    return unchecked(error instanceof Error ? error.message : String(error));
  } finally {
    if (scratch !== null) await removeScratch(scratch, runAs);
  }
}

/** A value for each parameter that no play can stumble over: what its manifest lists, or the name of a host that is always there. */
function standIns(
  parameters: Readonly<Record<string, Parameter>>,
): Readonly<Record<string, string | number>> {
  const named = Object.entries(parameters).map(([name, { from }]) => {
    const [known] = from.flatMap((source): readonly (string | number)[] => {
      if ('oneOf' in source) return source.oneOf.slice(0, 1);
      return 'range' in source ? [source.range.default] : [];
    });
    return [name, known ?? 'localhost'] as const;
  });
  return Object.fromEntries([...named, ['medic_fence', 1]]);
}
