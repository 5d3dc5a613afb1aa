import { relative } from 'node:path';
import { checkAll, type Report } from '../app/checks/check.ts';
import type { Mistake } from '../lib/schema/mistake.ts';

/** Exit codes: all is well, something is wrong, something could not be checked. */
const [WELL, WRONG, UNCHECKED] = [0, 1, 2];

interface Streams {
  readonly out: Pick<NodeJS.WriteStream, 'write'>;
  readonly err: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

/** Runs `medic check` and answers with its exit code. */
export async function check(
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
  { out, err }: Streams,
): Promise<number> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const report = await checkAll(environment, {
    signal: stopping.signal,
    onPlaybook: (done, of, name) => {
      if (err.isTTY)
        err.write(`\r\x1b[Kread by Ansible: ${done} of ${of} (${name})${done === of ? '\r\x1b[K' : ''}`);
    },
  });
  const code = codeOf(report.mistakes);
  out.write(
    json
      ? `${JSON.stringify({ ...asJson(report), exitCode: code }, null, 2)}\n`
      : asText(report, process.cwd()),
  );
  return code;
}

export function codeOf(mistakes: readonly Mistake[]): number {
  if (mistakes.some(({ kind }) => kind === 'wrong')) return WRONG;
  return mistakes.some(({ kind }) => kind === 'unchecked') ? UNCHECKED : WELL;
}

function asJson({ mistakes, ...rest }: Report) {
  const of = (wanted: Mistake['kind']) =>
    mistakes.filter(({ kind }) => kind === wanted).map(({ kind: _kind, ...one }) => one);
  return { wrong: of('wrong'), doubtful: of('doubtful'), unchecked: of('unchecked'), ...rest };
}

/** Mistakes by their file, then what was left out, and a line that sums it up. */
export function asText(report: Report, folder: string): string {
  const { mistakes, notes, playbooks, faults, services } = report;
  const seen = [
    counted(services ?? 0, 'service'),
    counted(playbooks, 'playbook'),
    ...(faults === 0 ? [] : [counted(faults, 'fault')]),
  ].join(', ');
  return mistakesAsText(mistakes, folder, seen, notes);
}

/** Mistakes by their file, then notes, and a line that sums up what was seen. */
export function mistakesAsText(
  mistakes: readonly Mistake[],
  folder: string,
  seen: string,
  notes: readonly string[] = [],
): string {
  const byFile = Map.groupBy(mistakes, ({ file }) => file);
  const blocks = [...byFile].map(([file, all]) => `${shortened(file, folder)}\n${all.map(lineOf).join('')}`);
  return [...blocks, ...notes.map((note) => `${note}\n`), `${sumOf(mistakes)} (${seen})\n`].join('\n');
}

/** A file that one reads from where one stands, as one would write it. */
function shortened(file: string, folder: string): string {
  const near = relative(folder, file);
  return file === 'environment' || near.startsWith('..') ? file : near;
}

const SIGNS: Readonly<Record<Mistake['kind'], string>> = { wrong: '✗', doubtful: '?', unchecked: '–' };

function lineOf({ kind, line, column, path, message }: Mistake): string {
  const place = line === null ? '' : `${line}:${column ?? 1}`;
  return `  ${SIGNS[kind]} ${[place, path].filter((part) => part !== '').join('  ')}${place + path === '' ? '' : ': '}${message}\n`;
}

function sumOf(mistakes: readonly Mistake[]): string {
  const count = (wanted: Mistake['kind']) => mistakes.filter(({ kind }) => kind === wanted).length;
  const wrong = count('wrong');
  const others = [
    ...(count('doubtful') > 0 ? [`${count('doubtful')} doubtful`] : []),
    ...(count('unchecked') > 0 ? ['not all of it checked'] : []),
  ];
  if (wrong + others.length === 0) return 'All is well';
  return [wrong === 0 ? 'Nothing is wrong' : counted(wrong, 'mistake'), ...others].join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
