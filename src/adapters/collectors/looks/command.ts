import { basename } from 'node:path';
import { judgeCommand } from '../../../evidence/looks/command.ts';
import type { LookSpec } from '../../../evidence/looks/look.ts';
import type { Account } from '../../runners/process/environment.ts';
import { runBrief } from '../../runners/process/run-brief.ts';
import { NotRead, type Seen } from './sight.ts';

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
  if (look.argv.some((word) => word.includes('{{'))) throw new NotRead('a value of its command is not known');
  const seconds = String(Math.max(1, Math.ceil(timeout / 1000)));
  const argv = ['timeout', '-k', '1', seconds, ...look.argv];
  const result = await runBrief({ argv, ...account, timeout, outputCap: OUTPUT, signal });
  if (result.failedToStart !== null) throw new NotRead(result.failedToStart);
  if (result.ended !== null) throw new NotRead(`it gave no answer within ${Math.round(timeout)} ms`, true);
  if (/^timeout: failed to run command|^timeout: can't execute/m.test(result.stderr))
    throw new NotRead(`${look.argv[0]} is not installed, or not in the PATH that commands get`);
  const output = [result.stdout, result.stderr].filter((text) => text !== '').join('\n');
  return {
    ...judgeCommand(output, look),
    instrument: commandInstrument(look),
    facts: { exit_code: result.exitCode ?? -1 },
  };
}
