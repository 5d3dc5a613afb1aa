import type { Section } from '../word.ts';

export const LOG = {} as const satisfies Section;
