import type { Section, Word } from '../word.ts';

const word = (type: Word['type'], means: string, unit?: Word['unit']): Word => ({
  type,
  ...(unit === undefined ? {} : { unit }),
  about: 'service',
  instrument: 'deploy record',
  look: false,
  means,
});

/** What whoever changed a service (`service/shop`) told Medic of it. Somebody's word, and neither the service's nor Medic's own look. */
export const CHANGE = {
  'change.release.version': word('text', 'what its newest deploy or rollback brought, as of when that began'),
  'change.release.age': word(
    'number',
    'how long before the symptom that began; negative where it came after',
    'seconds',
  ),
  'change.release.by': word('text', 'who deployed it'),
  'change.release.state': word('text', 'started, succeeded or failed'),
  'change.configuration.age': word(
    'number',
    'how long before the symptom its newest change of configuration or of a flag began; negative where it came after',
    'seconds',
  ),
  'change.configuration.what': word('text', 'what that changed, in its author’s words'),
} as const satisfies Section;
