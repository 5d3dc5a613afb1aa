import { mayOperate } from '../approval/authorise.ts';
import type { Person } from '../approval/person.ts';
import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import type { Subject } from '../intake/alert.ts';
import { FORMS, type HealCommand, readHeal } from '../intake/command.ts';
import type { Catalog, Manifest } from '../playbooks/manifest.ts';
import type { Desk, Reply } from './desk.ts';
import { listSilences, orderSilence } from './desk-silences.ts';
import { servicesIn } from './desk-words.ts';
import type { Dispatched, Engine } from './engine.ts';
import type { Store } from './store.ts';

export interface ClerkParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly settings: Settings;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
}

/** Turns what people write and press into events, and what became of them into words. */
export function createDesk(parts: ClerkParts): Desk {
  return {
    async act({ incident, once, ...action }) {
      const dispatched = await parts.engine.dispatch(incident, { type: 'acted', ...action }, { once });
      return replyTo(dispatched);
    },
    replan: async () => ({ text: 'This Medic cannot do that yet.' }),
    judge: async () => ({ text: 'This Medic cannot do that yet.' }),
    ask: async () => ({ text: 'This Medic cannot do that yet.' }),
    choices: async () => null,
    progress: async () => null,
    record: async () => null,
    overview: async () => {
      throw new Error('this Medic has no overview yet');
    },
    services: () => [],
    diagnose: ({ text, by, once }) => diagnose(parts, parts.redact(text.trim()), by, once),
    heal: ({ text, by, once }) => heal(parts, readHeal(text), by, once),
  };
}

function replyTo(dispatched: Dispatched): Reply {
  switch (dispatched.kind) {
    case 'refused':
      return { text: `Nothing was changed: ${dispatched.reason}.` };
    case 'obstructed':
    case 'elsewhere':
    case 'storm':
      return { text: 'Nothing was changed: something else is in the way. Try again.' };
    case 'done':
    case 'repeated':
      return { text: null };
    default:
      return dispatched satisfies never;
  }
}

async function diagnose(parts: ClerkParts, text: string, by: Person, once: string): Promise<Reply> {
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

async function heal(parts: ClerkParts, command: HealCommand, by: Person, once: string): Promise<Reply> {
  switch (command.kind) {
    case 'help':
      return { text: HELP };
    case 'malformed':
      return {
        text: `I could not read that: ${command.reason}. The form is ${command.form}; \`/heal help\` shows the others.`,
      };
    case 'list':
      return { text: listing(parts.catalog()) };
    case 'status':
      return { text: await status(parts) };
    case 'pause':
    case 'resume':
      return pauseOrResume(parts, command.kind, by);
    case 'silence':
    case 'unsilence':
    case 'reset':
      return orderSilence(parts, command, by, once);
    case 'silences':
      return listSilences(parts);
    case 'run':
      return runPlaybook(parts, command, by, once);
    default:
      return command satisfies never;
  }
}

const HELP = [
  `${FORMS.run} runs a playbook of the catalog, through the same gates as always.`,
  '`/heal list` shows the playbooks, `/heal status` the open incidents.',
  '`/heal pause` lets nothing new start anywhere, `/heal resume` ends that.',
  `${FORMS.silence} lets alerts be recorded and diagnosed, and nothing done about them, e.g. \`/heal silence checkout 2h deploy\`.`,
  `\`/heal silences\` shows what is silenced, ${FORMS.unsilence} ends it.`,
  `${FORMS.reset} lets automation act again where too many fixes did not help.`,
].join('\n');

function listing(catalog: Catalog): string {
  const lines = [...catalog.values()].map(
    ({ manifest }) => `• ${usage(manifest)} (${manifest.risk}): ${manifest.title}`,
  );
  return lines.length > 0 ? lines.join('\n') : 'The catalog is empty.';
}

function usage(manifest: Manifest): string {
  const parameters = Object.keys(manifest.parameters).map((name) => ` ${name}=…`);
  return `\`/heal ${manifest.name}${parameters.join('')}\``;
}

async function status({ store }: ClerkParts): Promise<string> {
  const [ids, pausedBy] = await Promise.all([store.open(), store.paused()]);
  // One that a newer Medic wrote cannot be read here; the others can be listed all the same.
  const incidents = await Promise.all(ids.map((id) => store.load(id).catch(() => null)));
  const lines = incidents.flatMap((incident) =>
    incident === null
      ? []
      : [`• ${incident.id}, *${incident.subject.name}*: ${incident.phase.at}. ${threadOf(incident)}`.trim()],
  );
  const paused = pausedBy === null ? [] : [`Paused by <@${pausedBy}>: nothing new starts.`];
  return [...paused, ...(lines.length > 0 ? lines : ['No incident is open.'])].join('\n');
}

async function pauseOrResume(parts: ClerkParts, kind: 'pause' | 'resume', by: Person): Promise<Reply> {
  const authorised = mayOperate(by, parts.settings.roles);
  if (authorised.kind === 'refused') return { text: `Nothing was changed: ${authorised.reason}.` };
  if (kind === 'pause') {
    await parts.store.pause(by.id);
    return {
      text: 'Paused: nothing new starts, in no replica. What runs, finishes. `/heal resume` ends this.',
    };
  }
  await parts.store.resume();
  return { text: 'Resumed: plans that wait for their turn start again.' };
}

async function runPlaybook(
  parts: ClerkParts,
  command: Extract<HealCommand, { readonly kind: 'run' }>,
  by: Person,
  once: string,
): Promise<Reply> {
  const manifest = parts.catalog().get(command.playbook)?.manifest;
  if (manifest === undefined) {
    return {
      text: `There is no playbook \`${command.playbook}\`. These are there:\n${listing(parts.catalog())}`,
    };
  }
  const subject = subjectOfPlan(manifest, command.parameters, parts.settings);
  if (subject === null) {
    const known = servicesIn(parts.settings);
    return {
      text: `${unknownService(manifest, command.parameters)} ${known}\nThe form is ${usage(manifest)}\n${parametersOf(manifest)}`,
    };
  }
  const dispatched = await parts.engine.receive(
    { type: 'heal-requested', subject, by, ...command },
    { once },
  );
  if (dispatched.kind === 'elsewhere' || dispatched.kind === 'storm') return replyTo(dispatched);
  if (dispatched.kind === 'refused') {
    return {
      text: `Nothing was changed: ${dispatched.reason}.\nThe form is ${usage(manifest)}\n${parametersOf(manifest)}`,
    };
  }
  return {
    text: `*${manifest.title}* for *${subject.name}* ${comingOf(dispatched.incident)}; its thread tells how it goes.`,
  };
}

/** What happens next with a plan that was just taken, in words. */
function comingOf(incident: Incident | null): string {
  switch (incident?.phase.at) {
    case 'preparing':
      return 'is rehearsed first';
    case 'waiting':
      return incident.phase.for === 'approval' ? 'waits for approval' : 'runs when its cancel window closes';
    case 'observed':
      return 'is only noted: this environment is observed';
    default:
      return 'is under way';
  }
}

function unknownService(manifest: Manifest, parameters: Readonly<Record<string, string>>): string {
  const given = namingParameters(manifest).flatMap((name) => parameters[name] ?? []);
  return given.length > 0 ? `I know no service \`${given.join(', ')}\`.` : 'Name a service I know.';
}

function parametersOf(manifest: Manifest): string {
  return Object.entries(manifest.parameters)
    .map(([name, { description }]) => `• \`${name}\`: ${description}`)
    .join('\n');
}

/** The parameters of a playbook that name the service it is for. */
function namingParameters(manifest: Manifest): readonly string[] {
  return Object.entries(manifest.parameters)
    .filter(([, { from }]) => from.some((source) => 'registry' in source && source.registry === 'name'))
    .map(([name]) => name);
}

/** The service a person means: the registered one that a parameter names. */
function subjectOfPlan(
  manifest: Manifest,
  parameters: Readonly<Record<string, string>>,
  { services }: Settings,
): Subject | null {
  for (const parameter of namingParameters(manifest)) {
    const name = parameters[parameter];
    const service = name !== undefined && Object.hasOwn(services, name) ? services[name] : undefined;
    if (name !== undefined && service !== undefined) {
      return { kind: 'service', name, environment: service.environment };
    }
  }
  return null;
}

/** Where to read on; empty while Slack does not show it. */
function threadOf(incident: Incident | null): string {
  if (incident === null || incident.thread === null) return '';
  return `Thread: <#${incident.thread.channel}>`;
}
