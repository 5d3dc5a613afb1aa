import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskLine } from '../../../execution/attempt.ts';
import type { Order, Runner } from '../../../execution/runner.ts';
import { plainly } from '../../../lib/text/text-read.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { handOver, removeScratch } from '../process/handover.ts';
import type { RunAs } from '../process/run-as.ts';
import { type GuardedResult, runGuarded } from '../process/run-guarded.ts';
import { ANSIBLE_ROOT, ansiblePlaces, scratchRoot } from '../process/scratch.ts';
import { ansibleBasics } from './basics.ts';
import { BEFORE, beforeOf, comparison, NOTHING_KEPT, NOTHING_READ, readMark, unknown } from './before.ts';
import { readEvent } from './events.ts';
import { judge, judgeDryRun, waitedForAll } from './judge.ts';
import { createProgress, type Progress } from './progress.ts';

export interface AnsibleOptions {
  /** The inventory, a file or a folder, absolute. */
  readonly inventory: string;
  /** Medic's own environment; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of further variables that commands may see, e.g. `AWS_PROFILE`. */
  readonly passEnvironment?: readonly string[];
  /** Whose rights commands have; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  readonly redact: (text: string) => string;
}

const CALLBACKS = fileURLToPath(new URL('callback', import.meta.url));
/** Also the longest line: an event with its diff, every character of it escaped. */
const OUTPUT = 256 * 1024;
/** The extra variable that holds the number of the claim, and the tag of the tasks that compare it. */
const FENCE = 'medic_fence';
/** How much later than the run itself remote commands end, ms: the run that ends first says during which task. */
const LATER = 1000;
/**
 * How long after the limit of a run its remote commands may go on, ms: `LATER`, the 10 s that a connection may take while the
 * time of its command already counts, and 5 s from SIGTERM to SIGKILL.
 */
const REMOTE_AFTER = LATER + 10_000 + 5000;

/**
 * Runs `run.ansible` with `ansible-playbook`. An Ansible that ends with 0 and touched no host has failed here: nothing was
 * mended. A dry run is `--check --diff`, and exists only where the order says so.
 */
export function createAnsibleRunner(options: AnsibleOptions): Runner {
  return {
    async run(order, report, signal) {
      const ran = await play(options, order, [], report, signal);
      if ('refused' in ran) return { kind: 'failed', reason: ran.refused, exitCode: null, untouched: true };
      const result = judge(ran.result, ran.progress, order);
      // What only looked may go on elsewhere without harm.
      const kept = { ...result, ...beforeOf(ran.progress.found, options.redact) };
      const isOver = result.kind === 'succeeded' || ('untouched' in result && result.untouched);
      return isOver || ran.elsewhereFor === null ? kept : { ...kept, elsewhereFor: ran.elsewhereFor };
    },
    async dryRun(order, signal) {
      if (order.dryRun !== 'check')
        return { kind: 'failed', reason: 'this playbook declares no Ansible dry run' };
      const ran = await play(options, order, ['--check', '--diff'], () => {}, signal);
      if ('refused' in ran) return { kind: 'failed', reason: ran.refused };
      return judgeDryRun(ran.result, ran.progress, order);
    },
    async compare(order, before, signal) {
      const known = before === null ? null : readMark(before.mark);
      if (before === null || known === null) return unknown(NOTHING_KEPT);
      // A task with that tag that could change something would only be rehearsed.
      const ran = await play(options, order, ['--check', `--tags=${BEFORE}`], () => {}, signal);
      if ('refused' in ran) return unknown(ran.refused);
      const { progress } = ran;
      if (ran.result.exitCode === 0 && progress.found.size === 0) return unknown(NOTHING_READ);
      const result = judge(ran.result, progress, order);
      if (result.kind !== 'succeeded') return unknown(plainly(result.reason));
      return comparison(known, before.words, progress.found, options.redact);
    },
  };
}

/**
 * Names with commas between them. All else means something to Ansible: `@` a file, `!` and `&` all but or both of, `~` and `*`
 * whatever matches, `:` one more. `all` and `ungrouped` are no names either: they are whatever the inventory holds.
 */
function isNames(limit: string): boolean {
  return limit
    .split(',')
    .every((name) => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name) && !['all', 'ungrouped'].includes(name));
}

type Ran =
  | {
      readonly result: GuardedResult;
      readonly progress: Progress;
      /** For how long, in ms, other machines may go on with what it began; null when none does. */
      readonly elsewhereFor: number | null;
    }
  | { readonly refused: string };

async function play(
  options: AnsibleOptions,
  order: Order,
  flags: readonly string[],
  report: (line: TaskLine) => void,
  signal: AbortSignal,
): Promise<Ran> {
  if (!('ansible' in order.run)) return { refused: 'the order names no Ansible playbook' };
  const { playbook, limit } = order.run.ansible;
  const path = join(order.folder, playbook);
  const inside = relative(order.folder, path);
  if (inside.startsWith('..') || isAbsolute(inside))
    return { refused: `${playbook} is not inside ${order.folder}` };
  if (limit && !isNames(limit)) return { refused: `"${limit}" is no list of names of hosts or groups` };
  if (!existsSync(options.inventory))
    return {
      refused: `the Ansible inventory ${options.inventory} is not there: write it, or name another under ansible.inventory in medic.yml`,
    };

  const { runAs = null } = options;
  const progress = createProgress(report, options.redact);
  let scratch: string | null = null;
  try {
    scratch = await mkdtemp(join(scratchRoot(options.environment, ANSIBLE_ROOT), 'medic-ansible-'));
    await handOver(scratch, 0o770, runAs);
    const vars = join(scratch, 'vars.yml');
    await writeFile(vars, variables(order), { mode: 0o600, flag: 'wx' });
    await handOver(vars, 0o640, runAs);
    const mark = join(scratch, 'remote');
    const last = performance.now() + order.timeout + REMOTE_AFTER;
    const result = await runGuarded({
      argv: [
        'ansible-playbook',
        ...['-i', options.inventory, '-e', `@${vars}`],
        ...(limit ? [`--limit=${limit}`] : []),
        // Without a claim there is nothing to compare; a skipped task would only be noise in a dry run.
        ...(order.fence === null ? [`--skip-tags=${FENCE}`] : []),
        ...flags,
        path,
      ],
      cwd: order.folder,
      env: {
        ...allowedEnvironment(options.environment, options.passEnvironment, runAs),
        ...settings(scratch, options.environment, runAs),
        MEDIC_DEADLINE: deadline(order.timeout, mark),
      },
      runAs,
      timeout: order.timeout,
      outputCap: OUTPUT,
      redact: options.redact,
      claim: (line) => {
        const event = readEvent(line);
        if (event) progress.take(event);
        return event !== null;
      },
      signal,
      will: { reportTo: order.reportTo, remote: { mark, after: REMOTE_AFTER }, scratch, runAs },
    });
    const loose = existsSync(mark) && !waitedForAll(result);
    return { result, progress, elsewhereFor: loose ? Math.ceil(last - performance.now()) : null };
  } catch (error) {
    return { refused: `it did not start: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    if (scratch !== null) await removeScratch(scratch, runAs);
  }
}

/** What `remote/deadline.py` needs to know. Node and Python read the same monotonic clock. */
function deadline(timeout: number, mark: string): string {
  const now = Number(process.hrtime.bigint()) / 1e9;
  const limit = Math.ceil((timeout + LATER) / 1000);
  return JSON.stringify({ at: now + limit, limit, mark });
}

/**
 * The parameters and the fence as Ansible's extra variables. Ansible would evaluate `{{ … }}` in a value; `!unsafe` makes it a plain text,
 * whatever it holds. A string in JSON is one in YAML too, once the characters that YAML folds or refuses are escaped.
 */
function variables({ parameters, fence }: Order): string {
  const text = (value: string) =>
    JSON.stringify(value.toWellFormed()).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const lines = Object.entries(parameters).map(([name, value]) => `${text(name)}: !unsafe ${text(value)}`);
  if (fence !== null) lines.push(`${FENCE}: ${fence}`);
  return lines.length === 0 ? '{}\n' : `${lines.join('\n')}\n`;
}

function settings(
  scratch: string,
  environment: AnsibleOptions['environment'],
  runAs: RunAs | null,
): Record<string, string> {
  return {
    ...ansibleBasics(environment),
    ...ansiblePlaces(environment, scratch, runAs),
    ANSIBLE_STDOUT_CALLBACK: 'medic',
    ANSIBLE_CALLBACK_PLUGINS: CALLBACKS,
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ANSIBLE_PIPELINING: '1',
  };
}
