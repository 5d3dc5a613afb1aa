import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintPlaybooks } from '../../app/checks/lint-playbooks.ts';
import { type Tried, tryPlaybook } from '../../app/checks/try-playbook.ts';
import { playbooksFolder } from '../../config/load.ts';
import { plainly } from '../../lib/text/text-read.ts';
import { codeOf, mistakesAsText } from '../check.ts';
import { skeletonOf } from './skeleton.ts';
import type { PlaybooksWish } from './usage.ts';

interface Streams {
  readonly out: Pick<NodeJS.WriteStream, 'write'>;
  readonly err: Pick<NodeJS.WriteStream, 'write'>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Runs `medic playbooks` and answers with its exit code. */
export async function playbooks(wish: PlaybooksWish, given: Variables, streams: Streams): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  switch (wish.kind) {
    case 'playbooks-lint': {
      const { mistakes, playbooks: count } = await lintPlaybooks(given, stopping.signal);
      const code = codeOf(mistakes);
      streams.out.write(
        wish.json
          ? `${JSON.stringify({ mistakes, playbooks: count, exitCode: code }, null, 2)}\n`
          : mistakesAsText(mistakes, process.cwd(), count === 1 ? '1 playbook' : `${count} playbooks`),
      );
      return code;
    }
    case 'playbooks-new':
      return begin(wish.name, playbooksFolder(given), streams);
    case 'playbooks-try': {
      const tried = await tryPlaybook(wish.name, wish.values, given, stopping.signal);
      if (tried.kind === 'refused') {
        streams.err.write(`${tried.reasons.map((reason) => `medic: ${reason}\n`).join('')}`);
        return 1;
      }
      streams.out.write(toldOf(tried));
      return tried.rehearsed.kind === 'failed' ? 1 : 0;
    }
    default:
      return wish satisfies never;
  }
}

/** Writes a playbook to begin with; never over one that is there. */
function begin(name: string, folder: string, { out, err }: Streams): number {
  const path = join(folder, name);
  const wrong = !/^[a-z][a-z0-9_]{1,40}$/.test(name)
    ? `"${name}" is no name: use 2 to 41 small letters, digits and underscores, and begin with a letter`
    : existsSync(path)
      ? `${path} is there already`
      : null;
  if (wrong !== null) {
    err.write(`medic: ${wrong}\n`);
    return 1;
  }
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'playbook.yml'), skeletonOf(name), { flag: 'wx' });
  out.write(
    `${join(path, 'playbook.yml')}\nChange it, then: medic playbooks lint, medic playbooks try ${name} service=…\n`,
  );
  return 0;
}

type Told = Extract<Tried, { kind: 'tried' }>;
type Run = Told['plan']['run'];

/** What would be done, in the order in which it would be. */
function toldOf({ plan, looks, rehearsed }: Told): string {
  const { title, risk, parameters, run, rollback } = plan;
  const values = Object.entries(parameters).map(
    ([name, { value, origin }]) => `  ${name} = ${value === '' ? '(none)' : value}   (${plainly(origin)})`,
  );
  const blocks = [
    [`${title} (risk ${risk})`, ...values],
    [
      'Looks',
      ...(looks.length === 0
        ? ['  it declares none: people are asked for every run']
        : looks.map((look) => `  ${look.verdict}: ${look.words}`)),
    ],
    ['Would run', ...commandsOf(run).map((line) => `  ${line}`)],
    [
      'Rehearsed',
      ...(rehearsed.kind === 'failed'
        ? [`failed: ${rehearsed.reason}`]
        : rehearsed.kind === 'none'
          ? ['it has no dry run']
          : rehearsed.diff.split('\n')
      ).map((line) => `  ${line}`),
    ],
    [
      `Undone by`,
      ...('none' in rollback
        ? [`  nothing: ${rollback.none}`]
        : commandsOf(rollback.run).map((line) => `  ${line}`)),
    ],
    ['Nothing was run.'],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function commandsOf(run: Run): readonly string[] {
  if ('command' in run) return [run.command.join(' ')];
  if ('ansible' in run) {
    const { playbook, limit } = run.ansible;
    return [`ansible-playbook ${playbook}${limit === null ? '' : ` --limit ${limit}`}`];
  }
  if ('kubernetes' in run) {
    const { namespace, workload, do: operation } = run.kubernetes;
    return [
      `${typeof operation === 'string' ? operation : JSON.stringify(operation)} ${workload} in ${namespace}`,
    ];
  }
  const { argv, hosts, group } = run.ssh;
  const where = hosts || `all of ${group}`;
  const vectors = Array.isArray(argv) ? { any: argv } : argv;
  return Object.entries(vectors).map(
    ([manager, words = []]) => `on ${where} (${manager}): ${words.join(' ')}`,
  );
}
