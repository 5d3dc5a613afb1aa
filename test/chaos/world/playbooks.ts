import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Ran } from '../rules/record.ts';

/** A playbook of the chaos fleet: its remedy takes some time, and may fail, not help, or leave something to undo. */
export interface ChaosRemedy {
  readonly name: string;
  readonly risk: 'low' | 'medium' | 'high';
  readonly alert: string;
  /** Seconds from beginning to end. */
  readonly seconds: number;
  readonly fails?: boolean;
  readonly helps?: boolean;
  readonly rollback?: boolean;
  readonly dryRun?: boolean;
  /** Whether it acts on the pool that services share as well. */
  readonly sharesPool?: boolean;
}

export const REMEDIES = [
  { name: 'quick', risk: 'low', alert: 'Quick', seconds: 0.03 },
  { name: 'slow', risk: 'low', alert: 'Slow', seconds: 1.2 },
  { name: 'long', risk: 'low', alert: 'Long', seconds: 3 },
  { name: 'pooled', risk: 'low', alert: 'Pooled', seconds: 0.6, sharesPool: true },
  { name: 'mend', risk: 'medium', alert: 'Middling', seconds: 0.2 },
  { name: 'vain', risk: 'medium', alert: 'Vain', seconds: 0.1, helps: false, rollback: true },
  { name: 'stuck', risk: 'low', alert: 'Stuck', seconds: 0.1, fails: true, helps: false },
  { name: 'grave', risk: 'high', alert: 'Grave', seconds: 0.2, dryRun: true },
] as const satisfies readonly ChaosRemedy[];

/** The name of an alert, each with a playbook of its own that answers it; `Riddle` has none. */
export type AlertName = (typeof REMEDIES)[number]['alert'] | 'Riddle';

/** Writes the playbooks into `dir` and gives the path of the catalog. What they do is told in `<dir>/ran.log`; see `readRuns`. */
export function writeChaosPlaybooks(dir: string): string {
  const root = join(dir, 'playbooks');
  for (const remedy of REMEDIES) {
    const folder = join(root, remedy.name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'remedy.sh'), script(dir, remedy));
    writeFileSync(join(folder, 'playbook.yml'), stringify(manifest(dir, folder, remedy)));
  }
  return root;
}

/**
 * Every line is one write to a file opened for appending, so that lines of processes that run at once never mix. The time is that
 * of the machine, which Redis shares. `killed` is written when the process is asked to end; one that gets SIGKILL leaves none.
 */
function script(dir: string, { name, seconds, fails = false, helps = true }: ChaosRemedy): string {
  return [
    '#!/bin/sh',
    'set -eu',
    `[ "$1" = --dry ] && { echo "would mend $2 by ${name}"; exit 0; }`,
    `say() { echo "$1 $(date +%s%3N) $$ $how ${name} $service" >> "${join(dir, 'ran.log')}"; }`,
    'how=$1 service=$2',
    "trap 'say killed; exit 143' TERM",
    'say begin',
    `sleep ${seconds}`,
    fails ? 'say end; echo "the valve is stuck" >&2; exit 3' : 'true',
    helps ? `[ "$how" = undo ] || echo yes > "${dir}/$service/healthy"` : 'true',
    'say end',
    'echo "mended $service"',
    '',
  ].join('\n');
}

function manifest(dir: string, folder: string, remedy: ChaosRemedy): object {
  const command = (how: string) => ['sh', join(folder, 'remedy.sh'), how, '{{service}}'];
  return {
    name: remedy.name,
    title: `Mend by ${remedy.name}`,
    description: `An example remedy of ${remedy.risk} risk.`,
    risk: remedy.risk,
    category: 'restart',
    idempotent: true,
    parameters: {
      service: { description: 'the service to mend', from: [{ registry: 'name' }] },
      ...(remedy.sharesPool
        ? { pool: { description: 'what it shares', from: [{ registry: 'settings.pool' }] } }
        : {}),
    },
    targets: ['{{service}}', ...(remedy.sharesPool ? ['{{pool}}'] : [])],
    blast_radius: { max_targets: 2 },
    run: { command: command('cure') },
    ...(remedy.dryRun ? { dry_run: { command: command('--dry') } } : {}),
    timeout: '8s',
    rollback: remedy.rollback
      ? { run: { command: command('undo') }, rehearsed: true }
      : { none: 'nothing to put back' },
    look: { command: { argv: ['cat', `${dir}/{{service}}/healthy`], fault: '^no', well: '^yes' } },
    answers: [
      {
        pattern: `answers-${remedy.alert.toLowerCase()}`,
        summary: 'The service is ill.',
        cause: `The service has caught ${remedy.alert}.`,
        when: [
          { evidence: 'alert', quote: `^alert ${remedy.alert} is firing`, claim: 'Its alert fires.' },
          { evidence: 'log', quote: 'error: \\w+ broke', claim: 'Its log says that it broke.' },
        ],
      },
    ],
    preconditions: [{ probe: 'unhealthy' }],
    verify: { checks: [{ probe: 'healthy' }], within: '4s', every: '250ms', stable: '300ms' },
  };
}

/** What the playbooks wrote of themselves, in order of their beginnings. */
export function readRuns(dir: string): Ran[] {
  const file = join(dir, 'ran.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const runs: { -readonly [Field in keyof Ran]: Ran[Field] }[] = [];
  for (const line of lines) {
    const [what, at, pid, how, playbook, service] = line.split(' ');
    if (service === undefined || playbook === undefined || (how !== 'cure' && how !== 'undo')) continue;
    const same = (one: Ran) => one.pid === Number(pid) && one.service === service && one.ended === null;
    if (what === 'begin') {
      runs.push({ how, playbook, service, pid: Number(pid), began: Number(at), ended: null });
    } else {
      const run = runs.findLast(same);
      if (run !== undefined) run.ended = Number(at);
    }
  }
  return runs;
}
