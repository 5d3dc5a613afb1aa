import { ADMISSION, ENTRY } from './admission.ts';
import type { Case } from './case.ts';
import { SCHEDULING, VOLUMES } from './scheduling.ts';
import { NODE, SERVICE } from './service.ts';
import { RUNTIME, STARTUP } from './startup.ts';

export const CASES: readonly Case[] = [
  ...ADMISSION,
  ...SCHEDULING,
  ...VOLUMES,
  ...STARTUP,
  ...RUNTIME,
  ...SERVICE,
  ...ENTRY,
  ...NODE,
];
