import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../read/scenario.ts';

/** Programs that tell nothing of the machine they run on, only of what they are given. */
const PLAIN: readonly string[] =
  'awk base64 basename cat cmp cut dirname echo env expr false find grep head ls mawk mkdir nl od paste printf readlink realpath sed seq sh sleep sort tac tail tee test timeout touch tr true uniq wc xargs'.split(
    ' ',
  );
const PLACES: readonly string[] = ['/usr/bin', '/bin'];

/** A folder with the programs of one host: those that read texts, its clock, and those whose answers were recorded. */
export function programsOf(folder: string, commands: readonly Command[], at: number): string {
  const path = join(folder, 'bin');
  mkdirSync(path, { recursive: true });
  const recorded = Map.groupBy(commands, ({ argv }) => (argv[0] ?? '').split('/').at(-1) ?? '');
  for (const name of PLAIN) {
    const real = PLACES.map((place) => join(place, name)).find((one) => existsSync(one));
    if (real !== undefined && !recorded.has(name)) symlinkSync(real, join(path, name));
  }
  write(join(path, 'date'), clockAt(at));
  for (const [name, answers] of recorded) write(join(path, name), program(folder, name, answers));
  if (!recorded.has('stat')) write(join(path, 'stat'), STAT);
  return path;
}

function write(file: string, script: string): void {
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

/** The present of the recording, whatever the format asks for. */
function clockAt(at: number): string {
  return `#!/bin/sh\nexec /usr/bin/date -u -d @${Math.floor(at / 1000)} "$@"\n`;
}

/** What a file is may be asked, of those that are there; how full the disk of this machine is may not. */
const STAT = `#!/bin/sh\ncase $1 in -f*) echo 'stat: not recorded' >&2; exit 127;; esac\nexec /usr/bin/stat "$@"\n`;

/**
 * A program that answers as it was recorded: for the same arguments, else for the same subcommand about the same thing, whatever the
 * options between them; else, where one answer was recorded at all, with that.
 */
function program(folder: string, name: string, answers: readonly Command[]): string {
  const cases = answers.map(({ argv, stdout, stderr, exit }, index) => {
    const out = join(folder, `${encodeURIComponent(name)}.${index}`);
    writeFileSync(`${out}.out`, stdout);
    writeFileSync(`${out}.err`, stderr);
    return {
      args: argv.slice(1),
      answer: `cat ${quote(`${out}.err`)} >&2; cat ${quote(`${out}.out`)}; exit ${exit}`,
    };
  });
  const exact = cases.map(({ args, answer }) => `${quote(args.join(' '))}) ${answer};;`);
  const alike = cases.flatMap(({ args, answer }) => {
    const [first, last] = [args[0], args.at(-1)];
    return first === undefined || last === undefined || args.length < 2 || first.startsWith('-')
      ? []
      : [`${quote(first)}' '*' '${quote(last)}) ${answer};;`];
  });
  const only = cases.length === 1 && cases[0] !== undefined ? [`*) ${cases[0].answer};;`] : [];
  const own = PLAIN.includes(name) ? [`*) exec /usr/bin/${name} "$@";;`] : only;
  const none = `echo ${quote(`${name}: not recorded`)} >&2; exit 127`;
  return `#!/bin/sh\nPATH=/usr/bin:/bin\ncase "$*" in\n${[...exact, ...alike, ...own].join('\n')}\nesac\n${none}\n`;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
