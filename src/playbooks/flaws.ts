import { linear } from '../lib/linear.ts';
import type { Flaw } from '../lib/schema/mistake.ts';
import { nearest } from '../lib/text/nearest.ts';
import { listed } from '../lib/text/words.ts';
import type { Catalog, Condition, Manifest, ParameterSource } from './manifest.ts';

/** What a schema cannot see: names that do not agree, templates without a parameter, patterns that cannot be read. Pure. */
export function manifestFlaws(manifest: Manifest, folder: string): readonly Flaw[] {
  const { name, dry_run, run, look, parameters, answers } = manifest;
  return [
    ...(name === folder ? [] : [{ path: ['name'], message: `"${name}" is in a folder called "${folder}"` }]),
    ...(dry_run === 'check' && 'command' in run
      ? [
          {
            path: ['dry_run'],
            message: 'check is for ansible, ssh and kubernetes: name a command, or leave it out',
          },
        ]
      : []),
    ...farPrograms(manifest),
    ...unknownTemplates(manifest),
    ...unboundHosts(manifest),
    ...unboundWorkloads(manifest),
    ...Object.entries(parameters).flatMap(([key, { pattern, from }]) => [
      ...badPattern(['parameters', key, 'pattern'], pattern),
      ...badRanges(['parameters', key, 'from'], from),
    ]),
    ...answers.flatMap(({ when, against }, place) => [
      ...badConditions(['answers', place, 'when'], when),
      ...badConditions(['answers', place, 'against'], against),
    ]),
    ...(look !== null && 'command' in look
      ? [
          ...badPattern(['look', 'command', 'fault'], look.command.fault),
          ...badPattern(['look', 'command', 'well'], look.command.well),
        ]
      : []),
    ...(look === null && asksForLook(manifest)
      ? [{ path: ['look'], message: 'a check or a parameter asks for it, and the playbook declares none' }]
      : []),
  ];
}

/** The files that a manifest names, each by its path within the manifest and its path within the folder. Pure. */
export function filesNamed(
  manifest: Manifest,
): readonly { readonly path: Flaw['path']; readonly file: string }[] {
  const { run, rollback, dry_run } = manifest;
  const commands = [
    { path: ['run', 'command', 0], command: 'command' in run ? run.command : [] },
    { path: ['rollback', 'run', 'command', 0], command: commandOf(rollback) },
    { path: ['dry_run', 'command', 0], command: typeof dry_run === 'object' ? (dry_run?.command ?? []) : [] },
  ];
  return [
    ...('ansible' in run ? [{ path: ['run', 'ansible', 'playbook'], file: run.ansible.playbook }] : []),
    ...('run' in rollback && 'ansible' in rollback.run
      ? [{ path: ['rollback', 'run', 'ansible', 'playbook'], file: rollback.run.ansible.playbook }]
      : []),
    // A program without a folder is looked for in PATH, and one with an absolute path lies elsewhere.
    ...commands.flatMap(({ path, command: [program = ''] }) =>
      /^[^/{]+\//.test(program) && !program.includes('{{') ? [{ path, file: program }] : [],
    ),
  ];
}

function commandOf(rollback: Manifest['rollback']): readonly string[] {
  return 'run' in rollback && 'command' in rollback.run ? rollback.run.command : [];
}

/** Patterns that explain others which nobody has: what they would explain stays a rival. Pure. */
export function unknownPatterns(catalog: Catalog): ReadonlyMap<string, readonly Flaw[]> {
  const known = [...catalog.values()].flatMap(({ manifest }) =>
    manifest.answers.map(({ pattern }) => pattern),
  );
  return new Map(
    [...catalog].map(([name, { manifest }]) => [
      name,
      manifest.answers.flatMap(({ explains }, place) =>
        explains.flatMap((pattern, index) => {
          if (known.includes(pattern)) return [];
          const near = nearest(pattern, known);
          const message = `no playbook of the catalog has a pattern "${pattern}"${near === null ? '' : `: did you mean ${near}?`}`;
          return [{ path: ['answers', place, 'explains', index], message }];
        }),
      ),
    ]),
  );
}

/** Faults to be mended that the library does not have: the playbook is never chosen for them. Pure. */
export function unknownFaults(
  catalog: Catalog,
  faults: readonly string[],
): ReadonlyMap<string, readonly Flaw[]> {
  return new Map(
    [...catalog].map(([name, { manifest }]) => [
      name,
      manifest.mends.flatMap((fault, place) => {
        if (faults.includes(fault)) return [];
        const near = nearest(fault, faults);
        const message = `the library has no fault "${fault}"${near === null ? '' : `: did you mean ${near}?`}`;
        return [{ path: ['mends', place], message }];
      }),
    ]),
  );
}

/** A program of the playbook's own folder is not on the hosts. */
function farPrograms({ run, rollback }: Manifest): readonly Flaw[] {
  const runs = [
    { path: ['run', 'ssh'], run },
    ...('run' in rollback ? [{ path: ['rollback', 'run', 'ssh'], run: rollback.run }] : []),
  ];
  return runs.flatMap(({ path, run: one }) =>
    textsIn('ssh' in one ? { argv: one.ssh.argv, state: one.ssh.state, between: one.ssh.between } : {}, path)
      .filter(({ path: at, text }) => at.at(-1) === 0 && /^[^/{]+\//.test(text))
      .map(({ path: at, text }) => ({
        path: at,
        message: `${text} would be looked for on the host, where this folder is not: name a program that is installed there`,
      })),
  );
}

/** Where a fix is to act is for the registry, the look or the manifest to say. Whoever writes an alert could name every host. */
function unboundHosts({ run, rollback, parameters }: Manifest): readonly Flaw[] {
  const runs = [run, ...('run' in rollback ? [rollback.run] : [])];
  const limits = runs.flatMap((one) => {
    if ('ansible' in one) return [one.ansible.limit ?? ''];
    return 'ssh' in one ? [one.ssh.hosts, one.ssh.group ?? ''] : [];
  });
  return [...new Set(limits.flatMap(namesIn))].flatMap((name) => {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined || CONFINED.includes(parameter.among?.registry ?? '')) return [];
    const loose = parameter.from.find((source) => 'label' in source || 'fact' in source);
    if (loose === undefined) return [];
    const words = `the hosts to act on may come from a ${'label' in loose ? 'label' : 'fact'} only`;
    const message = `${words} with \`among: { registry: host }\`, which are those of the service`;
    return [{ path: ['parameters', name], message }];
  });
}

/** What the registry says of the hosts of a service. */
const CONFINED: readonly string[] = ['host', 'hosts', 'group'];

/** Which workload is acted on is for the registry to say, and what of it for the look: whoever writes an alert could name any. */
function unboundWorkloads({ run, rollback, parameters }: Manifest): readonly Flaw[] {
  const runs = [run, ...('run' in rollback ? [rollback.run] : [])];
  return runs.flatMap((one) => {
    if (!('kubernetes' in one)) return [];
    const { namespace, workload, do: operation } = one.kubernetes;
    const placed = [namespace, workload].flatMap(namesIn);
    const others = textsIn(operation, []).flatMap(({ text }) => namesIn(text));
    const loose = (name: string, isSafe: (source: ParameterSource) => boolean) =>
      Object.hasOwn(parameters, name) && parameters[name]?.from.some((source) => !isSafe(source)) === true;
    return [
      ...placed
        .filter((name) => loose(name, (source) => 'registry' in source))
        .map((name) => ({
          path: ['parameters', name],
          message: 'which workload is changed may come from the registry only',
        })),
      ...others
        .filter((name) => loose(name, (source) => !('label' in source || 'fact' in source)))
        .map((name) => ({
          path: ['parameters', name],
          message:
            'what is changed of a workload may not come from a label or a fact: say registry, look, oneOf or range',
        })),
    ];
  });
}

/** The parameters that a template names. */
function namesIn(template: string): readonly string[] {
  return [...template.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name = '']) => name);
}

function unknownTemplates({ answers: _answers, parameters, ...templated }: Manifest): readonly Flaw[] {
  const known = Object.keys(parameters);
  return textsIn(templated, []).flatMap(({ path, text }) =>
    namesIn(text).flatMap((parameter) => {
      if (Object.hasOwn(parameters, parameter)) return [];
      const near = nearest(parameter, known);
      const meant = near === null ? `it has ${listed(known, 'and') || 'none'}` : `did you mean {{${near}}}?`;
      return [{ path, message: `{{${parameter}}} is not one of its parameters: ${meant}` }];
    }),
  );
}

function textsIn(
  value: unknown,
  path: readonly PropertyKey[],
): readonly { readonly path: readonly PropertyKey[]; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, place) => textsIn(item, [...path, place]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
}

function badConditions(path: Flaw['path'], conditions: readonly Condition[]): readonly Flaw[] {
  return conditions.flatMap((condition, place) => {
    if ('quote' in condition) return badPattern([...path, place, 'quote'], condition.quote);
    return condition.alert === 'any'
      ? []
      : badPattern([...path, place, 'alert', 'reads'], condition.alert.reads);
  });
}

function badPattern(path: Flaw['path'], pattern: string): readonly Flaw[] {
  const compiled = linear(pattern);
  return compiled.kind === 'compiled'
    ? []
    : [{ path, message: `the pattern cannot be read: ${compiled.reason}` }];
}

function badRanges(path: Flaw['path'], from: Manifest['parameters'][string]['from']): readonly Flaw[] {
  return from.flatMap((source, place) => {
    if (!('range' in source)) return [];
    const { min, max, default: usual } = source.range;
    return min <= usual && usual <= max
      ? []
      : [
          {
            path: [...path, place, 'range'],
            message: `default ${usual} is not between min ${min} and max ${max}`,
          },
        ];
  });
}

function asksForLook({ preconditions, verify, parameters }: Manifest): boolean {
  return (
    [...preconditions, ...verify.checks].some((check) => 'look' in check) ||
    Object.values(parameters).some(({ from }) => from.some((source) => 'look' in source))
  );
}
