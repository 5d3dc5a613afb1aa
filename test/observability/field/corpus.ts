import * as fifth from './fifth-set.ts';
import { FILES } from './files.ts';
import * as fourth from './fourth-set.ts';
import { HARMLESS_IN_THE_FIELD as FIRST_HARMLESS } from './harmless.ts';
import { LOGS } from './logs.ts';
import type { Case } from './make.ts';
import { PLATFORMS } from './platforms.ts';
import * as second from './second-set.ts';
import * as sixth from './sixth-set.ts';
import * as third from './third-set.ts';
import { TOKENS } from './tokens.ts';

/** The sets that were each written after the rules, and measured before a rule was changed for them. */
const LATER = [second, third, fourth, fifth, sixth];

/** Secrets as engineers meet them, in the order of where. */
export const IN_THE_FIELD: readonly Case[] = [
  ...PLATFORMS,
  ...LOGS,
  ...TOKENS,
  ...FILES,
  ...LATER.flatMap(({ HELD_BACK }) => HELD_BACK),
].filter(({ secrets }) => secrets.length > 0);

export const HARMLESS_IN_THE_FIELD: readonly string[] = [
  ...FIRST_HARMLESS,
  ...LATER.flatMap(({ HELD_BACK_HARMLESS }) => HELD_BACK_HARMLESS),
];
