import { hostId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf } from '../../../evidence/facts/tell.ts';
import { judgeRelease, releaseBefore, releaseName } from '../../../evidence/looks/release.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { clockAhead } from '../places.ts';
import { NotAsked, NotRead, reasonOf, type Seen, type Sight } from './sight.ts';

/** $1 is the link or the file. Prints the host's time, when it was changed, what it says, what `previous` says, and the releases. */
const SCRIPT = `
if [ -L "$1" ]; then says() { readlink -- "$1" | head -n 1; }
elif [ -f "$1" ]; then says() { head -c 300 -- "$1" | head -n 1 | grep -E '^[A-Za-z0-9._/-]+[[:space:]]*$'; }
else echo "there is no link or file $1" >&2; exit 9; fi
date +%s
stat -c '%Y %Z' -- "$1" || exit 9
said=$(says "$1")
printf '%s\\n' "$said"
beside=$(dirname -- "$1")
if [ -L "$beside/previous" ]; then readlink -- "$beside/previous" | head -n 1
elif [ -f "$beside/previous" ]; then head -c 300 -- "$beside/previous" | head -n 1
else echo; fi
case $said in
  /*) releases=$(dirname -- "$said") ;;
  */*) releases=$beside/$(dirname -- "$said") ;;
  *) releases=$beside ;;
esac
set --
for one in "$releases"/*/; do
  one=\${one%/}
  if [ -d "$one" ] && [ ! -L "$one" ]; then set -- "$@" "$one"; fi
done
[ $# -eq 0 ] || stat -c '%.9W %.9Y %n' -- "$@"
exit 0`;

/** The release that a host runs, by the link or file that names it. */
export async function seeRelease(
  { service, host, ask, now }: Sight,
  within: number,
  symptomAt: number | null,
): Promise<Seen> {
  const link = service.release?.link;
  if (link === undefined)
    throw new NotAsked(
      `nobody says what names its release: say settings.release_link of ${service.name} in medic.yml`,
    );
  if (!link.startsWith('/')) throw new NotRead(`release_link ${JSON.stringify(link)} is no absolute path`);
  const before = now();
  const answer = await ask(['sh', '-c', SCRIPT, 'look', link], true);
  if (answer.exitCode !== 0) throw new NotRead(reasonOf(answer));
  const [clock = '', changed = '', said = '', beside = '', ...folders] = answer.stdout.split('\n');
  const release = releaseName(said);
  const times = changed.split(' ').map(Number);
  const [written = Number.NaN, status = Number.NaN] = times;
  if (release === null || !Number.isFinite(written + status))
    throw new NotRead(`${link} says ${JSON.stringify(cutWholeWords(said, 100))}, which is no release`);
  const skew = clockAhead(Number(clock) * 1000, before, now());
  const told = releaseName(beside);
  const previous = told !== null && told !== release ? told : releaseBefore(release, folders.map(dated));
  // Not by the change of its status alone: a backup or another owner deploys nothing.
  const changedAt = Math.round(written * 1000 - skew);
  return {
    ...judgeRelease({ release, changedAt, previous }, symptomAt, within),
    instrument: `release/${host.name}/${service.name}`,
    facts: {
      current_release: release,
      changed_at: new Date(changedAt).toISOString(),
      status_changed_at: new Date(Math.round(status * 1000 - skew)).toISOString(),
      ...(previous === null ? {} : { previous_release: previous }),
    },
    states: statesOf(
      serviceId(service.name),
      [hostId(host.name)],
      {
        'release.current': release,
        'release.previous': previous,
        'release.age': symptomAt === null ? null : (symptomAt - changedAt) / 1000,
      },
      changedAt,
    ),
  };
}

/**
 * A line such as `1780000000.5 1780000100.2 /srv/shop/releases/v7`: when the folder was born, where that is known, and when it was
 * changed. A program that writes into its own folder makes that no newer; one that was copied with its time is as old as it says.
 */
function dated(line: string): { readonly folder: string; readonly at: number } {
  const [born = '', changed = '', ...folder] = line.split(' ');
  const times = [born, changed].map(Number).filter((time) => time > 0);
  return { folder: folder.join(' '), at: Math.min(...times) };
}
