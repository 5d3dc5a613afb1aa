import { FILES } from './files.ts';
import { LOGS } from './logs.ts';
import type { Case } from './make.ts';
import { PLATFORMS } from './platforms.ts';
import { TOKENS } from './tokens.ts';

/** Secrets as engineers meet them, in the order of where. */
export const IN_THE_FIELD: readonly Case[] = [...PLATFORMS, ...LOGS, ...TOKENS, ...FILES].filter(
  ({ secrets }) => secrets.length > 0,
);
