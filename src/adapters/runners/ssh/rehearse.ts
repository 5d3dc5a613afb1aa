import type { DryRunResult, Order } from '../../../execution/runner.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import type { SshRun } from '../../../playbooks/manifest.ts';
import { vectorFor } from './ask.ts';
import type { WayToHosts } from './way.ts';

interface Rehearsal {
  readonly hosts: WayToHosts;
  readonly redact: (text: string) => string;
  readonly ssh: SshRun;
  readonly order: Order;
  readonly signal: AbortSignal;
}

type Said = { readonly text: string } | { readonly refused: string };

const DIFF = 8_000;
/** Bytes of what is said of how things stand on a host. */
const STATE = 2_000;
/** What a program ends with that has looked: well, or, as services are asked, "it does not run". */
const LOOKED = [0, 3];
/** What the far end ends with where the command could not run there. */
const NOT_HERE = 98;
/** Looks whether the command could run there, then looks how it stands there; nothing is changed. */
const SCRIPT = `PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/sbin:/sbin; export PATH
command -v "$1" > /dev/null || { echo "$1 is not installed here" >&2; exit ${NOT_HERE}; }
shift; [ $# = 0 ] || exec "$@"`;

/**
 * Goes to each host with the rights of the fix, looks whether the command is there and how things stand, and says what would be run, to the
 * letter. The fence is neither moved nor asked.
 */
export async function rehearse(names: readonly string[], rehearsal: Rehearsal): Promise<DryRunResult> {
  const said = await Promise.all(names.map((name) => sayOf(name, rehearsal)));
  const refused = said.find((one) => 'refused' in one);
  if (refused !== undefined && 'refused' in refused)
    return { kind: 'failed', reason: rehearsal.redact(refused.refused) };
  const diff = said.flatMap((one) => ('text' in one ? [one.text] : [])).join('\n\n');
  return { kind: 'diff', diff: redactThenCut(diff, DIFF, rehearsal.redact), changes: names.length };
}

async function sayOf(host: string, { hosts, ssh, order, signal }: Rehearsal): Promise<Said> {
  const way = await hosts.reach(host, { become: ssh.become, timeout: order.timeout }, signal);
  if ('refused' in way) return way;
  const argv = vectorFor(ssh.argv, way.facts);
  const state = ssh.state === null ? [] : vectorFor(ssh.state, way.facts);
  if ('refused' in argv) return argv;
  if ('refused' in state) return state;
  const look = ['/bin/sh', '-c', SCRIPT, 'medic', argv[0] ?? '', ...state];
  const answer = await hosts.run(
    { host, argv: look, timeout: order.timeout, become: ssh.become, outputCap: STATE },
    signal,
  );
  if (answer.kind !== 'answered') return { refused: answer.reason };
  const { exitCode, stdout, stderr } = answer;
  if (!LOOKED.includes(exitCode))
    return {
      refused: `${host}: ${stderr.trim() || stdout.trim() || `the look there ended with ${exitCode}`}`,
    };
  const now = steady(state, stdout).trim();
  return {
    text: [
      `# ${host}`,
      ...(now === '' ? [] : [`now: ${now.replaceAll('\n', ', ')}`]),
      `runs: ${shown(argv)}`,
    ].join('\n'),
  };
}

/** Supervisor adds a number and a time that are others at every look, and would make whatever was approved by this another. */
function steady([program]: readonly string[], output: string): string {
  if (program !== 'supervisorctl') return output;
  return output.replace(/^(\S+\s+\S+).*$/gm, '$1').replace(/[ \t]+/g, ' ');
}

/** A vector as people read it: words that hold anything but plain characters stand in quotes. */
function shown(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
