import { basename } from 'node:path';
import { judgeCommand } from '../../../evidence/looks/command.ts';
import type { LookSpec } from '../../../evidence/looks/look.ts';
import { runBrief } from '../../runners/process/brief/run-brief.ts';
import type { Account } from '../../runners/process/environment.ts';
import { NotRead, reasonOf, type Seen, type Sight } from './sight.ts';

type CommandLook = Extract<LookSpec, { command: unknown }>['command'];

const OUTPUT = 256 * 1024;

export function commandInstrument({ argv: [program = '', first] }: CommandLook): string {
  return `command/${basename(program)}/${first ?? ''}`;
}

/** What a playbook's own read-only command says on this machine. Its exit code says nothing that its output does not. */
export async function seeCommand(
  look: CommandLook,
  account: Account,
  timeout: number,
  signal: AbortSignal,
): Promise<Seen> {
  refuseUnknown(look);
  const seconds = String(Math.max(1, Math.ceil(timeout / 1000)));
  const argv = ['timeout', '-k', '1', seconds, ...look.argv];
  const result = await runBrief({ argv, ...account, timeout, outputCap: OUTPUT, signal });
  if (result.failedToStart !== null) throw new NotRead(result.failedToStart);
  if (result.ended !== null) throw new NotRead(`it gave no answer within ${Math.round(timeout)} ms`, true);
  if (/^timeout: failed to run command|^timeout: can't execute/m.test(result.stderr))
    throw new NotRead(`${look.argv[0]} is not installed, or not in the PATH that commands get`);
  return {
    ...judgeCommand(wholeOf(result), look),
    instrument: commandInstrument(look),
    facts: { exit_code: result.exitCode ?? -1 },
  };
}

/** The same of a command on a host, over the way and with the rights of fixes. */
export async function seeCommandThere({ host, ask }: Sight, look: CommandLook): Promise<Seen> {
  refuseUnknown(look);
  const answer = await ask(look.argv, true);
  if ([126, 127].includes(answer.exitCode))
    throw new NotRead(`${look.argv[0]} cannot be run there: ${reasonOf(answer)}`);
  return {
    ...judgeCommand(wholeOf(answer), look),
    instrument: `command/${basename(look.argv[0] ?? '')}/${host.name}`,
    facts: { exit_code: answer.exitCode },
  };
}

function refuseUnknown({ argv }: CommandLook): void {
  if (argv.some((word) => word.includes('{{'))) throw new NotRead('a value of its command is not known');
}

const wholeOf = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
  [stdout, stderr].filter((text) => text !== '').join('\n');
