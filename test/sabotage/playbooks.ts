import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Family, GAUGES } from './families.ts';

interface Spec {
  readonly name: string;
  readonly family: Exclude<Family, 'lag'>;
  readonly risk: 'low' | 'medium' | 'high';
  readonly reads: string;
  readonly checks: readonly object[];
}

const RESOLVED = { alert: 'resolved' };

/** Nobody mends a lag. */
const SPECS: readonly Spec[] = [
  { name: 'drain', family: 'queue', risk: 'low', reads: GAUGES.queue.metric, checks: [RESOLVED] },
  {
    name: 'recycle',
    family: 'memory',
    risk: 'medium',
    reads: GAUGES.memory.metric,
    checks: [
      {
        metric: { query: `${GAUGES.memory.metric}{service="{{service}}"}`, is: '<', value: 150e6 },
      },
    ],
  },
  { name: 'reroute', family: 'errors', risk: 'high', reads: 'http_requests_total', checks: [RESOLVED] },
  { name: 'settle', family: 'threads', risk: 'low', reads: GAUGES.threads.metric, checks: [RESOLVED] },
];

/** Writes the catalog into `dir` and gives its path. What a remedy does is written in its patient's folder when it runs. */
export function writeCatalog(dir: string): string {
  const root = join(dir, 'playbooks');
  for (const spec of SPECS) {
    const folder = join(root, spec.name);
    mkdirSync(folder, { recursive: true });
    if (spec.name === 'settle') writeFileSync(join(folder, 'site.yml'), stringify(play(dir)));
    else writeFileSync(join(folder, 'remedy.sh'), script(dir));
    writeFileSync(join(folder, 'playbook.yml'), stringify(manifest(dir, spec)));
  }
  return root;
}

/**
 * - `cure`: it helps
 * - `half`: Medic's look finds it well, and it is not
 * - `mask`: the metrics are well, and it is not
 */
function script(dir: string): string {
  return [
    '#!/bin/sh',
    'set -eu',
    `cd "${dir}/$1"`,
    'echo $$ > pid',
    'while [ ! -e gate ]; do sleep 0.1; done',
    'case $(cat remedy) in',
    'cure) echo yes > healthy; touch cured really ;;',
    'half) echo yes > healthy ;;',
    'mask) touch cured ;;',
    'fail) echo "the valve is stuck" >&2; exit 3 ;;',
    'hang) sleep 60 ;;',
    'esac',
    'echo "did what it does to $1"',
    '',
  ].join('\n');
}

function play(dir: string): object {
  const cures = `lookup('file', '${dir}/' ~ service ~ '/remedy') == 'cure'`;
  const file = (name: string, content: string) => ({
    name: `Write ${name}`,
    'ansible.builtin.copy': { dest: `${dir}/{{ service }}/${name}`, content, mode: '0644' },
    when: cures,
  });
  return [
    {
      hosts: 'localhost',
      gather_facts: false,
      tasks: [file('healthy', 'yes\n'), file('cured', ''), file('really', 'yes\n')],
    },
  ];
}

function manifest(dir: string, { name, risk, reads, checks }: Spec): object {
  return {
    name,
    title: `Mend by ${name}`,
    description: `An example remedy of ${risk} risk.`,
    risk,
    category: 'restart',
    idempotent: true,
    parameters: { service: { description: 'the service to mend', from: [{ registry: 'name' }] } },
    targets: ['{{service}}'],
    run:
      name === 'settle'
        ? { ansible: { playbook: 'site.yml' } }
        : { command: ['sh', 'remedy.sh', '{{service}}'] },
    timeout: '60s',
    rollback: { none: 'nothing to put back' },
    look: { command: { argv: ['cat', `${dir}/{{service}}/healthy`], fault: '^no', well: '^yes' } },
    answers: [
      {
        pattern: `${name}-is-called-for`,
        summary: 'The service is ill.',
        cause: `The service needs to ${name}.`,
        when: [{ alert: { reads }, claim: 'An alert about it fires.' }],
      },
    ],
    preconditions: [{ alert: 'firing' }],
    verify: { checks, within: '8s', every: '1s', stable: '2s' },
  };
}
