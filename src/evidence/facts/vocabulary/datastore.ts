import type { Section } from '../word.ts';

export const DATASTORE = {} as const satisfies Section;
