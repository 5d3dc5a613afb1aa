import type { Person } from '../approval/person.ts';
import type { Settings } from '../config/settings.ts';
import type { Subject } from '../intake/alert.ts';
import type { Reply } from './desk.ts';
import type { ClerkParts } from './desk-parts.ts';
import { servicesIn, threadOf } from './desk-words.ts';

/** `/diagnose <service or free text>`. */
export async function diagnose(parts: ClerkParts, text: string, by: Person, once: string): Promise<Reply> {
  if (text === '' || text === 'help') return { text: diagnoseHelp(parts.settings) };
  const subject = subjectIn(text, parts.settings);
  const known = await parts.engine.receive({ type: 'diagnosis-requested', subject, by, text }, { once });
  if (known.kind === 'refused') return { text: `${known.reason}. ${threadOf(known.incident)}`.trim() };
  const looking = `Looking at *${subject.name}*. The findings go into the incident's thread.`;
  if (subject.kind === 'service') return { text: looking };
  return {
    text: `That names no service I know, so there may be little to find. ${servicesIn(parts.settings)}\n${looking}`,
  };
}

function diagnoseHelp(settings: Settings): string {
  return [
    'Write `/diagnose <service>` or what you see in your own words, e.g. `/diagnose catalog is slow`.',
    servicesIn(settings),
  ].join('\n');
}

/** The registered service that the text names, or the text's first word as a target nobody has registered. */
function subjectIn(text: string, settings: Settings): Subject {
  const words = text.split(/[\s,.;:!?]+/).filter((word) => word !== '');
  const name = words.find((word) => Object.hasOwn(settings.services, word));
  const service = name === undefined ? undefined : settings.services[name];
  if (name !== undefined && service !== undefined)
    return { kind: 'service', name, environment: service.environment };
  return { kind: 'target', name: words[0] ?? text, environment: settings.environment };
}
