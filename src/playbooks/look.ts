import type { Catalog, Look, Manifest } from './manifest.ts';
import type { GroundedValue, Plan } from './plan.ts';
import { render } from './render.ts';
import { type Grounds, valuesFor } from './sources.ts';

/** No more looks than this are taken for one playbook: an alert may name many disks. */
const MOST = 5;

/** One look to take, and the playbooks whose fault it is about. */
export interface Wanted {
  readonly spec: Look;
  readonly playbooks: readonly string[];
}

/**
 * Every look that could tell whether a playbook of the catalog is called for: one for each value that its templates may have. A playbook
 * whose values nobody knows is left out; so is everything where the registry does not know the subject.
 */
export function looksFor(catalog: Catalog, grounds: Grounds): readonly Wanted[] {
  if (grounds.service === null) return [];
  const all = [...catalog.values()].flatMap(({ manifest }) =>
    specsOf(manifest, grounds).map((spec) => ({ spec, playbook: manifest.name })),
  );
  const byspec = Map.groupBy(all, ({ spec }) => JSON.stringify(spec));
  return [...byspec.values()].flatMap((same) =>
    same[0] === undefined ? [] : [{ spec: same[0].spec, playbooks: same.map(({ playbook }) => playbook) }],
  );
}

function specsOf(manifest: Manifest, given: Grounds): readonly Look[] {
  const { look, parameters } = manifest;
  if (look === null) return [];
  const grounds = { ...given, playbook: manifest.name };
  const values = namesIn(look).reduce<readonly Readonly<Record<string, GroundedValue>>[]>(
    (sets, name) => {
      const parameter = parameters[name];
      const known = parameter === undefined ? [] : valuesFor(parameter, grounds);
      return sets.flatMap((set) => known.map((value) => ({ ...set, [name]: value })));
    },
    [{}],
  );
  const specs = values.map((set) => renderLook(look, set));
  return specs.filter((spec, index) => specs.findIndex((one) => isSame(one, spec)) === index).slice(0, MOST);
}

/** The parameters that a look's templates name. */
function namesIn(look: Look): readonly string[] {
  const names = [...JSON.stringify(look).matchAll(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g)];
  return [...new Set(names.map(([, name = '']) => name))];
}

/** The look of a plan: at what the plan acts on, and nothing else. */
export function lookOf(
  { look, parameters }: Manifest,
  values: Readonly<Record<string, GroundedValue>>,
): Plan['look'] {
  if (look === null) return null;
  const named = Object.entries(parameters).find(([, { from }]) => from.some((source) => 'look' in source));
  const hosts = named === undefined ? '' : (values[named[0]]?.value ?? '');
  return { spec: renderLook(look, values), hosts: hosts === '' ? null : hosts.split(',') };
}

/** Whether two looks read the same thing by the same measure. */
export function isSame(one: Look, other: Look): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function renderLook(look: Look, values: Readonly<Record<string, GroundedValue>>): Look {
  if ('disk' in look) return { disk: { ...look.disk, path: render(look.disk.path, values) } };
  if (!('command' in look)) return look;
  const { argv, ...rest } = look.command;
  return { command: { argv: argv.map((argument) => render(argument, values)), ...rest } };
}
