import type { Subject } from '../../alerts/alert.ts';
import type { Person } from '../../approval/person.ts';
import type { Settings } from '../../config/settings.ts';
import type { Incident } from '../../incident/model/incident.ts';
import {
  code,
  joined,
  lines,
  listed,
  named,
  type Part,
  type Said,
  say,
  strong,
} from '../../lib/text/text.ts';
import { shortened } from '../../lib/text/text-read.ts';
import type { Catalog, Manifest, ParameterSource } from '../../playbooks/manifest.ts';
import type { Reply } from '../desk.ts';
import { type ClerkParts, replyTo, SECRET, secretsIn } from '../parts.ts';
import { plain, quoted, servicesIn, threadLinks } from '../words.ts';
import type { HealCommand } from './read-heal.ts';

type Run = Extract<HealCommand, { readonly kind: 'run' }>;

const RISKS = {
  low: say`${strong('Low risk')}: runs at once`,
  medium: say`${strong('Medium risk')}: runs after a cancel window`,
  high: say`${strong('High risk')}: asks for approval first`,
} as const;

/** `/heal list`: the playbooks by risk, how each is written and what its parameters take. */
export function listing(catalog: Catalog): Said {
  const all = [...catalog.values()].map(({ manifest }) => manifest);
  const groups = (['low', 'medium', 'high'] as const).flatMap((risk) => {
    const own = all.filter((manifest) => manifest.risk === risk);
    return own.length === 0 ? [] : [RISKS[risk], ...own.flatMap(entry)];
  });
  return groups.length > 0 ? lines(groups) : say`The catalog is empty.`;
}

function entry(manifest: Manifest): readonly Said[] {
  return [
    say`• ${usage(manifest)}: ${plain(manifest.title)}`,
    ...parameterLines(manifest).map((line) => say`      ${line}`),
  ];
}

/** How a playbook is called, with its parameters. */
export function usage(manifest: Manifest): Part {
  const parameters = Object.keys(manifest.parameters).map((name) => ` ${name}=…`);
  return code(`/heal ${manifest.name}${parameters.join('')}`);
}

function parameterLines({ parameters }: Manifest): readonly Said[] {
  return Object.entries(parameters).map(([name, { description, from }]) => {
    const taken = from.flatMap(takes);
    const values = taken.length === 0 ? '' : say` (${listed(taken, 'or')})`;
    return say`${code(name)}: ${plain(description, 200)}${values}`;
  });
}

/** What a source of values takes from a person, as far as a manifest can say. */
function takes(source: ParameterSource): readonly string[] {
  if ('oneOf' in source) return source.oneOf.map((value) => plain(value, 60));
  if ('range' in source) return [`${source.range.min} to ${source.range.max}`];
  return [];
}

/** `/heal <playbook> key=value …`. `hint` says what may have been meant where there is no such playbook. */
export async function runPlaybook(
  parts: ClerkParts,
  command: Run,
  by: Person,
  once: string,
  hint: Said | null,
): Promise<Reply> {
  const catalog = parts.catalog();
  const manifest = catalog.get(command.playbook)?.manifest;
  if (manifest === undefined) {
    const missing = say`There is no playbook ${quoted(command.playbook)}.`;
    const there =
      hint === null
        ? say`These are there:\n${listing(catalog)}`
        : say`${hint} ${code('/heal list')} shows all.`;
    return { text: say`${missing} ${there}`, refused: true };
  }
  const form = [
    say`The form is ${usage(manifest)}`,
    ...parameterLines(manifest).map((line) => say`• ${line}`),
  ];
  const [secret] = secretsIn(command.parameters, parts.redact);
  if (secret !== undefined)
    return { text: say`Nothing was changed: for ${quoted(secret)}, ${SECRET}.`, refused: true };
  const parameters = withServiceNamed(manifest, command.parameters, parts.settings);
  const subject = subjectOfPlan(manifest, parameters, parts.settings);
  if (subject === null) {
    const why = say`${unknownService(manifest, parameters)} ${servicesIn(parts.settings)}`;
    return { text: lines([why, ...form]), refused: true };
  }
  const { playbook } = command;
  const dispatched = await parts.engine.receive(
    { type: 'heal-requested', subject, by, playbook, parameters },
    { once },
  );
  if (dispatched.kind === 'elsewhere' || dispatched.kind === 'storm') return replyTo(dispatched);
  const { incident } = dispatched;
  if (dispatched.kind === 'refused') {
    const thread = incident === null ? null : (await threadLinks(parts, [incident]))(incident);
    const see = thread === null ? '' : say` See ${thread}.`;
    const why = say`Nothing was changed: ${shortened(dispatched.reason, 800)}.${see}`;
    // What was written is only to be written otherwise where a value is at fault.
    const right = dispatched.fields === undefined ? [] : form;
    return { text: lines([why, ...right]), refused: true };
  }
  return {
    text: say`${strong(plain(manifest.title))} for ${named(subject.name)} ${comingOf(incident)}; its thread tells how it goes.`,
    ...(incident === null ? {} : { incident: incident.id }),
  };
}

/** What happens next with a plan that was just taken, in words. */
function comingOf(incident: Incident | null): string {
  switch (incident?.phase.at) {
    case 'preparing':
      return incident.phase.decided.plan.dryRun === null
        ? 'waits until I have looked whether it is needed'
        : 'is rehearsed first';
    case 'waiting':
      return incident.phase.for === 'approval' ? 'waits for approval' : 'runs when its cancel window closes';
    case 'observed':
      return 'is only noted: Medic only observes here';
    default:
      return 'is under way';
  }
}

function unknownService(manifest: Manifest, parameters: Readonly<Record<string, string>>): Said {
  const context = namingParameters(manifest).flatMap((name) => parameters[name] ?? []);
  return context.length > 0
    ? say`I know no service ${joined(context.map(quoted), ', ')}.`
    : say`Name a service I know.`;
}

/** The parameters of a playbook that name the service it is for. */
function namingParameters(manifest: Manifest): readonly string[] {
  return Object.entries(manifest.parameters)
    .filter(([, { from }]) => from.some((source) => 'registry' in source && source.registry === 'name'))
    .map(([name]) => name);
}

/** The parameters with the service as it is registered: a telephone begins with a capital. */
function withServiceNamed(
  manifest: Manifest,
  parameters: Readonly<Record<string, string>>,
  { services }: Settings,
): Readonly<Record<string, string>> {
  const naming = namingParameters(manifest);
  const spelled = (value: string) =>
    Object.hasOwn(services, value)
      ? value
      : (Object.keys(services).find((name) => name.toLowerCase() === value.toLowerCase()) ?? value);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, naming.includes(name) ? spelled(value) : value]),
  );
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
