import type { Person } from '../approval/person.ts';
import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import type { Subject } from '../intake/alert.ts';
import type { HealCommand } from '../intake/command.ts';
import type { Catalog, Manifest } from '../playbooks/manifest.ts';
import type { Reply } from './desk.ts';
import { type ClerkParts, replyTo } from './desk-parts.ts';
import { servicesIn } from './desk-words.ts';

/** `/heal list`: the playbooks and how each is written. */
export function listing(catalog: Catalog): string {
  const lines = [...catalog.values()].map(
    ({ manifest }) => `• ${usage(manifest)} (${manifest.risk}): ${manifest.title}`,
  );
  return lines.length > 0 ? lines.join('\n') : 'The catalog is empty.';
}

function usage(manifest: Manifest): string {
  const parameters = Object.keys(manifest.parameters).map((name) => ` ${name}=…`);
  return `\`/heal ${manifest.name}${parameters.join('')}\``;
}

/** `/heal <playbook> key=value …`. */
export async function runPlaybook(
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
