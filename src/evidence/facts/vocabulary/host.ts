import type { Section } from '../word.ts';

export const HOST = {} as const satisfies Section;
