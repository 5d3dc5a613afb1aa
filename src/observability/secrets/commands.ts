import { BY_FLAG } from './commands/flags.ts';
import { BY_POSITION } from './commands/positions.ts';
import { SAID } from './commands/said.ts';
import { SQL } from './commands/sql.ts';
import { BY_PIPE } from './commands/stdin.ts';
import type { Hide } from './rule.ts';

/** What is told to programs: on a command line, by a pipe, in a language of theirs. */
export const COMMANDS: readonly Hide[] = [BY_FLAG, ...BY_POSITION, ...BY_PIPE, ...SAID, ...SQL];
