import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** How a test playbook differs from the plain low-tier one. */
export interface Remedy {
  readonly name: string;
  readonly risk: 'low' | 'medium' | 'high';
  /** The alert it answers. */
  readonly alert: string;
  /** The patterns of other remedies whose cause its own cause explains; none by default. */
  readonly explains?: readonly string[];
  /** Seconds the remedy takes before it helps; 0 by default. */
  readonly seconds?: number;
  /** Whether it begins by waiting until the test opens the patient's gate. */
  readonly gated?: boolean;
  /** Whether it helps at all; true by default. */
  readonly helps?: boolean;
  /** Whether it ends with an error instead of helping. */
  readonly errs?: boolean;
  /** Whether it declares how Medic sees the fault for itself. True by default. */
  readonly looks?: boolean;
  /** The program that its look reads the patient's file with, which the test may take away; `cat` by default. */
  readonly eyes?: string;
  /** Whether it may only start while the health check fails. True by default. */
  readonly needsIll?: boolean;
  /** Whether its success can be told; otherwise it rests on a metric that nobody measures. True by default. */
  readonly provable?: boolean;
  readonly dryRun?: boolean;
  readonly rollback?: boolean;
  /** Whether it takes a `dose` from 1 to 9 beside the service; 3 by default. */
  readonly dosed?: boolean;
  /** Whether a label of the alert may say the dose as well, so that people write it into a box instead of counting it up. */
  readonly labelled?: boolean;
  /** How long recovery is watched, e.g. `20s`. */
  readonly within?: string;
  readonly stable?: string;
}

/** Writes real playbooks whose commands mend the patient they are given, into a folder of their own, and gives its path. */
export function writePlaybooks(dir: string, remedies: readonly Remedy[]): string {
  const root = join(dir, 'playbooks');
  for (const remedy of remedies) {
    const folder = join(root, remedy.name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'remedy.sh'), script(dir, remedy));
    writeFileSync(join(folder, 'playbook.yml'), stringify(manifest(dir, folder, remedy)));
  }
  return root;
}

function script(
  dir: string,
  { name, seconds = 0, gated = false, helps = true, errs = false, dosed = false }: Remedy,
): string {
  const patient = `${dir}/$2`;
  return [
    '#!/bin/sh',
    'set -eu',
    `[ "$1" = --dry ] && { echo "would mend $2 by ${name}"; cat "${patient}/dry-run" 2>/dev/null || true; exit 0; }`,
    `echo $$ > "${patient}/pid"`,
    `echo "$1 ${name}${dosed ? ' $3' : ''} $2" >> ${join(dir, 'remedies.log')}`,
    gated ? `while [ ! -e "${patient}/gate" ]; do sleep 0.05; done` : `sleep ${seconds}`,
    errs ? 'echo "the valve is stuck" >&2; exit 3' : 'true',
    helps ? `[ "$1" = undo ] || echo yes > "${patient}/healthy"` : 'true',
    `echo "$1 ${name} $2" >> ${join(dir, 'finished.log')}`,
    'echo "mended $2"',
    '',
  ].join('\n');
}

/** How Medic sees for itself that a patient is ill: the file by which it answers its health check. */
function lookAt(dir: string, eyes = 'cat'): object {
  return { command: { argv: [eyes, `${dir}/{{service}}/healthy`], fault: '^no', well: '^yes' } };
}

function manifest(dir: string, folder: string, remedy: Remedy): object {
  const dose = remedy.dosed ? ['{{dose}}'] : [];
  const doses = [...(remedy.labelled ? [{ label: 'dose' }] : []), { range: { min: 1, max: 9, default: 3 } }];
  const command = (how: string) => ['sh', join(folder, 'remedy.sh'), how, '{{service}}', ...dose];
  return {
    name: remedy.name,
    title: `Mend by ${remedy.name}`,
    description: `An example remedy of ${remedy.risk} risk.`,
    risk: remedy.risk,
    category: 'restart',
    idempotent: true,
    parameters: {
      service: { description: 'the service to mend', from: [{ registry: 'name' }] },
      ...(remedy.dosed ? { dose: { description: 'how much of it', from: doses } } : {}),
    },
    targets: ['{{service}}'],
    run: { command: command('cure') },
    ...(remedy.dryRun ? { dry_run: { command: command('--dry') } } : {}),
    timeout: '60s',
    rollback: remedy.rollback
      ? { run: { command: command('undo') }, rehearsed: true }
      : { none: 'nothing to put back' },
    ...(remedy.looks === false ? {} : { look: lookAt(dir, remedy.eyes) }),
    answers: [
      {
        pattern: `answers-${remedy.alert.toLowerCase()}`,
        summary: 'The shop is ill.',
        cause: `The shop has caught ${remedy.alert}.`,
        ...(remedy.explains === undefined ? {} : { explains: [...remedy.explains] }),
        when: [
          { evidence: 'alert', quote: `^alert ${remedy.alert} is firing`, claim: 'Its alert fires.' },
          { evidence: 'log', quote: 'error: \\w+ broke', claim: 'Its log says that it broke.' },
        ],
      },
    ],
    preconditions: remedy.needsIll === false ? [] : [{ probe: 'unhealthy' }],
    verify: {
      checks: [
        remedy.provable === false
          ? { metric: { query: 'sales_per_second', is: '>', value: 0 } }
          : { probe: 'healthy' },
      ],
      within: remedy.within ?? '20s',
      every: '200ms',
      stable: remedy.stable ?? '500ms',
    },
  };
}
