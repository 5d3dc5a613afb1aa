/** What the far end says right before the command itself begins: whatever ends earlier has changed nothing there. */
export const BEGUN = 'medic: begun';
/** What it ends with where a later fix came first. */
export const FENCED = 97;
/** How long a command may take from SIGTERM to SIGKILL, seconds. */
const GRACE = 5;

/**
 * Compares the fence as the playbooks do (see `fence.yml` there), then becomes the command under a deadline of its own: it ends there, also
 * where nobody hears of it any more. Arguments: service, number (empty for none), folder of the fences (empty for the usual), seconds, and
 * the command.
 */
const SCRIPT = `set -u
service=$1 ours=$2 dir=$3 seconds=$4; shift 4
refuse() { echo "medic: $1" >&2; exit ${FENCED}; }
if [ -n "$ours" ]; then
  if [ -z "$dir" ] && [ "$(id -u)" = 0 ]; then dir=/var/lib/medic/fences; fi
  dir=\${dir:-$HOME/.local/state/medic/fences} file=$dir/$service
  lock=$dir/.$service.lock new=$dir/.$service.new
  (umask 077; mkdir -p "$dir") && exec 9>> "$lock" || refuse "no fence can be kept in $dir"
  flock 9 || refuse "the fence of $service cannot be locked"
  theirs=0
  if [ -e "$file" ]; then read -r theirs < "$file" || refuse "$file cannot be read"; fi
  case $theirs in '' | *[!0-9]*) refuse "$file holds no number" ;; esac
  [ "$theirs" -le "$ours" ] || refuse "a later fix of $service was here: its number is $theirs, this one's is $ours"
  [ "$theirs" = "$ours" ] || { echo "$ours" > "$new" && mv -f "$new" "$file"; } || refuse "$file cannot be written"
  exec 9>&-
fi
command -v timeout > /dev/null || refuse 'there is no timeout(1) here, without which nothing is run'
command -v "$1" > /dev/null || refuse "$1 is not installed here"
echo '${BEGUN}' >&2
exec timeout -k ${GRACE} "$seconds" "$@"`;

export interface FarCommand {
  readonly argv: readonly string[];
  /** The name of the file that holds the greatest number so far. */
  readonly service: string;
  readonly fence: number | null;
  /** Where the inventory keeps fences; null for the usual place. */
  readonly fenceFolder: string | null;
  /** After so many seconds it ends by itself. */
  readonly seconds: number;
}

/** The argument vector that runs at the far end. No shell ever reads a part of the command. */
export function farCommand({ argv, service, fence, fenceFolder, seconds }: FarCommand): readonly string[] {
  const number = fence === null ? '' : String(fence);
  return ['/bin/sh', '-c', SCRIPT, 'medic', service, number, fenceFolder ?? '', String(seconds), ...argv];
}

/** How long after its deadline a command may still be ended there, milliseconds. */
export const ENDS_WITHIN = GRACE * 1000;
