// Brings in what a command of this project needs, then runs it with Node 24. Plain JavaScript without dependencies:
// it runs on any Node from 18 on, before the packages are there.
//
//   node test/setup/bootstrap.mjs [--for demo|test] [--yes] -- <command> [args...]
//
// It asks before it installs system packages; `--yes`, also among the command's own arguments, or no terminal means yes.
// With everything in place it prints nothing and needs no network.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node24, refreshPackages } from './packages.mjs';
import { installLine, installPrograms, missingPrograms } from './programs.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

class Refusal extends Error {}

/** @param {string[]} args */
function parse(args) {
  const split = args.indexOf('--');
  const own = split < 0 ? args : args.slice(0, split);
  const command = split < 0 ? [] : args.slice(split + 1);
  const at = own.indexOf('--for');
  const purpose = at < 0 ? 'demo' : own[at + 1];
  const known = own.filter((_, i) => at < 0 || (i !== at && i !== at + 1)).every((word) => word === '--yes');
  if (!known || command.length === 0 || (purpose !== 'demo' && purpose !== 'test')) {
    throw new Refusal(
      'usage: node test/setup/bootstrap.mjs [--for demo|test] [--yes] -- <command> [args...]',
    );
  }
  // `npm run demo -- --yes` puts the answer behind the command.
  return { purpose, yes: own.includes('--yes') || command.includes('--yes'), command };
}

/** @param {'demo' | 'test'} purpose */
async function bringInPrograms(purpose, yes) {
  const missing = missingPrograms(purpose);
  if (missing.length === 0) return;
  const outcome = await installPrograms(missing, yes);
  const still = missingPrograms(purpose);
  if (still.length === 0) return;
  const line = installLine(still);
  console.error(`Missing: ${still.map(({ program }) => program).join(', ')} (${outcome}).`);
  console.error(
    line ? `To install, run:\n  ${line}` : 'Install them with the package manager of this system.',
  );
  if (purpose === 'test') throw new Refusal('The tests need them.');
  for (const { program, without } of still) console.error(`Without ${program}: ${without}.`);
  const required = still.filter((each) => each.required);
  if (required.length > 0) throw new Refusal('The demo cannot run like this.');
}

/** Runs the command in the foreground and ends as it ends. */
function run(command, node) {
  const path = [join(root, 'node_modules', '.bin'), dirname(node), process.env.PATH].join(delimiter);
  // A lone `node` must be the one that was found, whatever stands in the path.
  const [program, ...args] = command[0] === 'node' ? [node, ...command.slice(1)] : command;
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  // Ctrl-C reaches the whole terminal group, so the command hears it without our help; a kill of this process does not.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Cannot run ${program}: ${error.message}`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

try {
  const { purpose, yes, command } = parse(process.argv.slice(2));
  refreshPackages(root);
  const node = node24(root);
  await bringInPrograms(purpose, yes);
  run(command, node);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
