/** What the far end exits with where it lets nothing begin: a later fix came first, or it cannot run it. */
export const REFUSED = 97;
/** How long a command may take from SIGTERM to SIGKILL, seconds. */
const GRACE = 5;
/** How long the fence of a service may be locked by another before nothing is run, seconds. */
const LOCKED = 5;
/** How long a request may be on its way over a connection that is not yet known to be broken, seconds. */
const ON_ITS_WAY = 10;

/** How long after its limit a command may still be ended there, milliseconds: it is counted there from when it begins. */
export const ENDS_WITHIN = (ON_ITS_WAY + LOCKED + GRACE + 1) * 1000;
/** How long what is cut off there may take until nothing of it is left, milliseconds. */
export const CUT_WITHIN = (GRACE + 1) * 1000;

/**
 * Compares the fence as the playbooks do (see `fence.yml` there), then runs the command under a deadline of its own. Its standard input is a
 * line to Medic: the command is ended when that closes, as it does when a person stops the run or Medic dies, and by the deadline where
 * nobody there can know. Arguments: what its own words begin with, service, number (empty for none), folder of the fences (empty for the
 * usual), seconds, and the command.
 */
const SCRIPT = `set -u
tag=$1 service=$2 ours=$3 dir=$4 seconds=$5; shift 5
PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/sbin:/sbin; export PATH
say() { echo "$tag $*" >&2; }
refuse() { echo "medic: $1" >&2; exit ${REFUSED}; }
command -v timeout > /dev/null || refuse 'there is no timeout(1) here, without which nothing is run'
command -v "$1" > /dev/null || refuse "$1 is not installed here"
group= line= cut=
cut() { cut=1; [ -z "$group" ] || kill -TERM "$group" 2> /dev/null; }
trap cut TERM HUP INT
trap '[ -z "$line" ] || kill -KILL "$line" 2> /dev/null' EXIT
exec 8<&0 < /dev/null
(trap - TERM HUP INT EXIT; read -r _ <&8; kill -TERM $$) > /dev/null 2>&1 &
line=$!
if [ -n "$ours" ]; then
  if [ -z "$dir" ] && [ "$(id -u)" = 0 ]; then dir=/var/lib/medic/fences; fi
  dir=\${dir:-$HOME/.local/state/medic/fences} file=$dir/$service
  lock=$dir/.$service.lock new=$dir/.$service.new
  old=$(umask) && umask 077
  mkdir -p "$dir" && { command exec 9>> "$lock"; } 2> /dev/null || refuse "no fence can be kept in $dir"
  timeout ${LOCKED} flock 9 || refuse "the fence of $service cannot be locked"
  theirs=0
  if [ -e "$file" ]; then read -r theirs < "$file" || refuse "$file cannot be read"; fi
  case $theirs in '' | *[!0-9]*) refuse "$file holds no number" ;; esac
  [ "$theirs" -le "$ours" ] || refuse "a later fix of $service was here: its number is $theirs, this one's is $ours"
  [ "$theirs" = "$ours" ] || { echo "$ours" > "$new" && mv -f "$new" "$file"; } || refuse "$file cannot be written"
  exec 9>&-
  umask "$old"
fi
[ -z "$cut" ] || refuse 'it was stopped before it began'
say begun
# Its number is told before it begins, so that who hears anything of the command knows where to look for it.
(
  { read -r own _ < /proc/self/stat; } 2> /dev/null && say group "$own"
  exec timeout -k ${GRACE} "$seconds" "$@" 8<&-
) &
group=$!
[ -z "$cut" ] || kill -TERM "$group"
while :; do wait "$group"; code=$?; kill -0 "$group" 2> /dev/null || break; done
if [ -n "$cut" ] || [ "$code" = 124 ] || [ "$code" = 137 ]; then kill -KILL -- "-$group" 2> /dev/null; fi
say ended "$code"
exit "$code"`;

export interface FarCommand {
  readonly argv: readonly string[];
  /** What the far end's own words begin with, which the command cannot know: see `farWord`. */
  readonly tag: string;
  /** The name of the file that holds the greatest number so far. */
  readonly service: string;
  readonly fence: number | null;
  /** Where the inventory keeps fences; null for the usual place. */
  readonly fenceFolder: string | null;
  /** After so many seconds it ends by itself. */
  readonly seconds: number;
}

/** The argument vector that runs at the far end. No shell ever reads a part of the command. */
export function farCommand({
  argv,
  tag,
  service,
  fence,
  fenceFolder,
  seconds,
}: FarCommand): readonly string[] {
  const number = fence === null ? '' : String(fence);
  return [
    '/bin/sh',
    '-c',
    SCRIPT,
    'medic',
    tag,
    service,
    number,
    fenceFolder ?? '',
    String(seconds),
    ...argv,
  ];
}

/** What the far end says of its command: that it begins, by which number its process group is known there, and what it ended with. */
export type FarWord =
  | { readonly kind: 'begun' }
  | { readonly kind: 'group' | 'ended'; readonly number: number };

/** Reads a line that the far end itself wrote; null for one of the command's. */
export function farWord(line: string, tag: string): FarWord | null {
  const [own, word, number = ''] = line.split(' ');
  if (own !== tag) return null;
  if (word === 'begun') return { kind: word };
  return (word === 'group' || word === 'ended') && /^\d+$/.test(number)
    ? { kind: word, number: Number(number) }
    : null;
}

/**
 * The argument vector that runs another with the line to Medic as its standard input: a pipe on which nothing is ever written, and which
 * only this process group holds open. Whatever ends the group, a guardian or a signal, closes it.
 */
export function withLine(argv: readonly string[]): readonly string[] {
  // The exit at the end keeps the shell from becoming the command, and so from letting go of the line.
  return ['/bin/sh', '-c', ': | { exec 3<>/proc/self/fd/0; "$@" 3>&-; exit $?; }', 'medic', ...argv];
}

/** The argument vector that ends with 0 where nothing is left of a process group, and with 1 where something is. */
export function isOverThere(group: number): readonly string[] {
  const script =
    '[ -d /proc/self ] || exit 2; [ ! -e "/proc/$1" ] || exit 1; kill -0 -- "-$1" 2> /dev/null && exit 1; exit 0';
  return ['/bin/sh', '-c', script, 'medic', String(group)];
}
