import { byDefault } from './ground.ts';
import type { Catalog, Look, Manifest, Parameter } from './manifest.ts';
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
  if (look === null || !isFor(look, given.service)) return [];
  const grounds = { ...given, playbook: manifest.name };
  const values = namesIn(look).reduce<readonly Readonly<Record<string, GroundedValue>>[]>(
    (sets, name) => {
      const parameter = parameters[name];
      const known = parameter === undefined ? [] : firstKnown(parameter, grounds);
      return sets.flatMap((set) => known.map((value) => ({ ...set, [name]: value })));
    },
    [{}],
  );
  const specs = values.map((set) => renderLook(look, set));
  return specs.filter((spec, index) => specs.findIndex((one) => isSame(one, spec)) === index).slice(0, MOST);
}

/** Whether a service has what is looked at: one that runs in Kubernetes alone has no hosts, and one on hosts no workload. */
function isFor(look: Look, service: Grounds['service']): boolean {
  if (service === null || ('command' in look && look.command.on !== 'hosts')) return true;
  const isPlaced = service.kubernetes?.workload !== undefined;
  if ('workload' in look) return isPlaced;
  return !isPlaced || service.hosts.length > 0 || service.group !== undefined;
}

/** The values of the first source that knows any, as a plan would have them; of a range, the usual one. */
function firstKnown(parameter: Parameter, grounds: Grounds): readonly GroundedValue[] {
  const known = valuesFor(parameter, grounds);
  if (known.length > 0)
    return known.filter(({ origin }) => JSON.stringify(origin) === JSON.stringify(known[0]?.origin));
  const usual = byDefault(parameter, null, grounds);
  return 'words' in usual ? [] : [usual];
}

/** The parameters that a look's templates name. */
function namesIn(look: Look): readonly string[] {
  const names = [...JSON.stringify(look).matchAll(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g)];
  return [...new Set(names.map(([, name = '']) => name))];
}

/** The look of a plan: at what the plan acts on, and nothing else. */
export function lookOf(
  { name, look, parameters }: Manifest,
  values: Readonly<Record<string, GroundedValue>>,
  evidence: Grounds['evidence'],
): Plan['look'] {
  if (look === null) return null;
  const named = Object.entries(parameters).find(([, { from }]) =>
    from.some((source) => 'look' in source && source.look === 'hosts'),
  );
  const hosts = named === undefined ? '' : (values[named[0]]?.value ?? '');
  const spec = measured(renderLook(look, values), name, evidence);
  return { spec, hosts: hosts === '' ? null : hosts.split(',') };
}

/** A limit that the manifest leaves open is the one that was looked at it with. */
function measured(spec: Look, playbook: string, evidence: Grounds['evidence']): Look {
  if (!('memory' in spec) || spec.memory.limit !== null) return spec;
  const looked = evidence.flatMap(({ data }) =>
    data?.type === 'look' && data.playbooks.includes(playbook) && 'memory' in data.spec ? [data.spec] : [],
  );
  return looked[0] ?? spec;
}

/** Metrics that tell the memory of a process, without the page cache. */
const RESIDENT = /(?:resident_memory|_rss|working_set|namegroup_memory)\w*bytes|^process_memory\w*bytes/;

/**
 * Fills in how much memory a service may hold, where neither the manifest nor the registry says: as much as the rule of its alert allows,
 * as that rule stands at its source.
 */
export function withLimit(
  wanted: readonly Wanted[],
  rules: readonly { readonly reads: readonly string[]; readonly comparison?: string | null }[],
): readonly Wanted[] {
  const limits = rules
    .filter(({ reads }) => reads.length > 0 && reads.every((name) => RESIDENT.test(name)))
    .flatMap(({ comparison }) => /^>=? (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.exec(comparison ?? '')?.[1] ?? [])
    .map(Number)
    .filter((limit) => Number.isFinite(limit) && limit >= LEAST_LIMIT);
  if (limits.length === 0) return wanted;
  const limit = Math.min(...limits);
  return wanted.map(({ spec, playbooks }) =>
    'memory' in spec && spec.memory.limit === null
      ? { spec: { memory: { limit } }, playbooks }
      : { spec, playbooks },
  );
}

/** Less is a share of something, and no amount of memory; bytes. */
const LEAST_LIMIT = 1_000_000;

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
