import type { Section } from '../word.ts';

export const SERVICE = {} as const satisfies Section;
