import { randomUUID } from 'node:crypto';
import type { Hosts } from '../../evidence/hosts.ts';
import { answered, clockAhead } from './places.ts';

/** The end of one file, as whole lines, oldest first. */
export interface Tail {
  readonly file: string;
  readonly lines: readonly string[];
  /** Whether lines before these were left out. */
  readonly cut: boolean;
  readonly size: number;
  /** Epoch milliseconds by the clock of record. */
  readonly modifiedAt: number;
  /** The end of `<file>.1`, where that is what the file was until it was rotated. */
  readonly rotated: { readonly lines: readonly string[]; readonly modifiedAt: number } | null;
}

export interface Tails {
  /** In the order in which they were asked for; a reason is for people and says what to check. */
  readonly files: readonly (Tail | { readonly file: string; readonly reason: string })[];
  /** Minutes that local time on the host is ahead of UTC. */
  readonly zone: number;
  /** Milliseconds that its clock is ahead of the clock of record; 0 where that is little. */
  readonly ahead: number;
}

export interface TailsWanted {
  readonly host: string;
  readonly files: readonly string[];
  /** Of each file. */
  readonly bytes: number;
  /** Milliseconds, all files together. */
  readonly timeout: number;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
}

/**
 * $1 begins a line that no file can have guessed, $2 is how many bytes are wanted, the rest are files. A pipe or device is never
 * opened, for that could block for ever.
 */
const SCRIPT = `
mark=$1 bytes=$2; shift 2
printf '%s clock %s %s\\n' "$mark" "$(date +%s)" "$(date +%z)"
for file in "$@"; do
  if [ ! -e "$file" ]; then printf '\\n%s missing\\n' "$mark"
  elif [ ! -f "$file" ]; then printf '\\n%s irregular\\n' "$mark"
  elif [ ! -r "$file" ]; then printf '\\n%s unreadable\\n' "$mark"
  else
    facts=$(stat -L -c '%s %Y' -- "$file")
    if [ "\${facts% *}" -lt "$bytes" ] && [ -f "$file.1" ] && [ -r "$file.1" ]; then
      printf '\\n%s rotated %s\\n' "$mark" "$(stat -L -c '%s %Y' -- "$file.1")"
      tail -c "$bytes" -- "$file.1"
    fi
    printf '\\n%s file %s\\n' "$mark" "$facts"
    tail -c "$bytes" -- "$file"
  fi
done
printf '\\n%s end\\n' "$mark"`;

/** Reads the ends of files on a host, by one command for all of them. Throws where the host cannot be asked. */
export async function readTails(hosts: Hosts, wanted: TailsWanted, signal: AbortSignal): Promise<Tails> {
  const { host, files, bytes, timeout, now } = wanted;
  const mark = randomUUID();
  const argv = ['sh', '-c', SCRIPT, 'tails', mark, String(bytes), ...files];
  const outputCap = files.length * (2 * bytes + 1000) + 1000;
  const before = now();
  const answer = answered(await hosts.run({ host, argv, timeout, become: true, outputCap }, signal));
  const [clock = '', ...sections] = `\n${answer.stdout}`.split(`\n${mark} `).slice(1);
  if (!sections.at(-1)?.startsWith('end'))
    throw new Error(
      `files on ${host} could not be read: ${answer.stderr.trim() || 'the answer was cut short'}`,
    );
  const [, seconds = '', sign = '+', hours = '0', minutes = '0'] =
    /^clock (\d+) ([+-])(\d\d)(\d\d)/.exec(clock) ?? [];
  const ahead = clockAhead(Number(seconds) * 1000, before, now());
  return {
    files: tailsOf(wanted, sections, ahead),
    zone: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)),
    ahead,
  };
}

function tailsOf({ host, files, bytes }: TailsWanted, sections: readonly string[], ahead: number) {
  const rest = [...sections];
  return files.map((file): Tails['files'][number] => {
    const first = rest.shift() ?? '';
    const old = first.startsWith('rotated') ? readSection(first, bytes, ahead) : null;
    const section = old === null ? first : (rest.shift() ?? '');
    if (!section.startsWith('file')) return { file, reason: whyNot(file, host, section) };
    const { lines, cut, size, modifiedAt } = readSection(section, bytes, ahead);
    const rotated = old === null ? null : { lines: old.lines, modifiedAt: old.modifiedAt };
    return { file, lines, cut, size, modifiedAt, rotated };
  });
}

function readSection(section: string, bytes: number, ahead: number) {
  const end = section.indexOf('\n');
  const [, size = 0, seconds = 0] = section.slice(0, end).split(' ').map(Number);
  const lines = section.slice(end + 1).split(/\r?\n/);
  const cut = size > bytes;
  // The first line was cut unless the whole file was read.
  if (cut) lines.shift();
  if (lines.at(-1) === '') lines.pop();
  return { lines, cut, size, modifiedAt: Math.round(seconds * 1000 - ahead) };
}

function whyNot(file: string, host: string, section: string): string {
  if (section.startsWith('missing'))
    return `${file} does not exist on ${host}; check its path in the service registry, and that it is on this host`;
  if (section.startsWith('irregular'))
    return `${file} on ${host} is not a regular file; check its path in the service registry`;
  return `${file} may not be read by the user that Medic is on ${host}`;
}
