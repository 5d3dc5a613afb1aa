import { FILES } from './files.ts';
import { HARMLESS_IN_THE_FIELD as FIRST_HARMLESS } from './harmless.ts';
import * as last from './last-set.ts';
import { LOGS } from './logs.ts';
import type { Case } from './make.ts';
import { PLATFORMS } from './platforms.ts';
import * as second from './second-set.ts';
import * as third from './third-set.ts';
import { TOKENS } from './tokens.ts';

/** Secrets as engineers meet them, in the order of where. */
export const IN_THE_FIELD: readonly Case[] = [
  ...PLATFORMS,
  ...LOGS,
  ...TOKENS,
  ...FILES,
  ...second.HELD_BACK,
  ...third.HELD_BACK,
  ...last.HELD_BACK,
].filter(({ secrets }) => secrets.length > 0);

export const HARMLESS_IN_THE_FIELD: readonly string[] = [
  ...FIRST_HARMLESS,
  ...second.HELD_BACK_HARMLESS,
  ...third.HELD_BACK_HARMLESS,
  ...last.HELD_BACK_HARMLESS,
];
