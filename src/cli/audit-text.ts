import type { Verdict } from '../audit/verify.ts';

/** What was found, problem by problem, then what was looked at, and a line that sums it up. */
export function asText(verdict: Verdict): string {
  const { problems, found } = verdict;
  const listed = problems.map(({ line, incident, what }) => {
    const where = [...(line === null ? [] : [`line ${line}`]), ...(incident === null ? [] : [incident])];
    return `  ✗ ${[...where, what].join(': ')}\n`;
  });
  const more = found > problems.length ? [`  … and ${found - problems.length} more\n`] : [];
  const sum = found === 0 ? 'It is whole, and as it was written' : `${counted(found, 'problem')}`;
  return [...listed, ...more, ...looked(verdict), `${sum}\n`].join('');
}

function looked({ incidents, entries, unknown, newer, checkpoints, isPart }: Verdict): readonly string[] {
  const { count, newest } = checkpoints;
  const lines = [
    `${counted(incidents, 'incident')} with ${counted(entries, 'entry', 'entries')}, ${counted(count, 'checkpoint')}`,
    ...(newest === null ? [] : [`the newest checkpoint is ${newest.n}:${newest.hash}`]),
    ...(unknown > 0
      ? [
          `${counted(unknown, 'incident')} no checkpoint knows, of an older Medic or of the last moments: verified one by one; that none is missing cannot be told`,
        ]
      : []),
    ...(newer > 0 ? [`${counted(newer, 'entry', 'entries')} newer than the newest checkpoint`] : []),
    ...(isPart ? ['only a part was exported: that no incident is missing cannot be told'] : []),
  ];
  return lines.map((line) => `${line}\n`);
}

export function counted(count: number, what: string, several = `${what}s`): string {
  return `${count} ${count === 1 ? what : several}`;
}
