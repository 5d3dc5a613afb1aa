import { CHANGE } from './vocabulary/change.ts';
import { CONTAINERS } from './vocabulary/container.ts';
import { DATASTORE } from './vocabulary/datastore.ts';
import { HOST } from './vocabulary/host.ts';
import { KUBERNETES } from './vocabulary/kubernetes.ts';
import { LOG } from './vocabulary/log.ts';
import { SERVICE } from './vocabulary/service.ts';

/** Every fact that there is, by its name. Faults, looks and checks speak of these and of no others. */
export const VOCABULARY = {
  ...KUBERNETES,
  ...HOST,
  ...SERVICE,
  ...LOG,
  ...DATASTORE,
  ...CHANGE,
  ...CONTAINERS,
} as const;

export type FactName = keyof typeof VOCABULARY;

export function isFactName(name: string): name is FactName {
  return Object.hasOwn(VOCABULARY, name);
}
