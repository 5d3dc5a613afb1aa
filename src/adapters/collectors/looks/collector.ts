import type { Collector, Finding } from '../../../evidence/collector.ts';
import { type LooksArguments, looks } from '../../../evidence/collectors/looks.ts';
import type { Looker, LookReading, LookSpec } from '../../../evidence/looks/look.ts';
import { sourceOf } from './looker.ts';

/** A look to take, with the playbooks that declare it. */
export interface Entry {
  readonly spec: LookSpec;
  readonly playbooks: readonly string[];
}

/** Takes the looks that playbooks declare, each once, and gives a finding for each host. `declaredFor` says which those are. */
export function createLookCollector(
  looker: Looker,
  declaredFor: (asked: LooksArguments) => readonly Entry[],
): Collector<LooksArguments> {
  return {
    declared: looks,
    async collect(asked, { service }, signal) {
      if (service === null) return [];
      const target = { service, hosts: null, symptomAt: asked.since };
      const found = await Promise.all(
        merged(declaredFor(asked)).map(async (entry) => {
          const readings = await looker.look(entry.spec, target, signal);
          return readings.map((reading) => finding(entry, reading));
        }),
      );
      return found.flat();
    },
  };
}

/** One entry for each look, with all the playbooks that declare it. */
function merged(looks: readonly Entry[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { spec, playbooks } of looks) {
    const key = JSON.stringify(spec);
    const known = entries.get(key)?.playbooks ?? [];
    entries.set(key, { spec, playbooks: [...new Set([...known, ...playbooks])] });
  }
  return [...entries.values()];
}

function finding({ spec, playbooks }: Entry, reading: LookReading): Finding {
  const { host, verdict, words, facts, states = [], at, unasked } = reading;
  const wasRead = verdict !== 'unknown' || reading.undecided === true;
  const what = whatOf(spec);
  const lineOf = (name: string) => `${name}=${facts[name]}`;
  const lines = Object.keys(facts).map(lineOf);
  return {
    kind: 'state',
    title: `Look at ${what} on ${host}`,
    source: sourceOf(reading.instrument),
    query: `look at ${what} on ${host}`,
    window: null,
    observedAt: reading.at,
    text: [wasRead || unasked === true ? words : `could not be read: ${words}`, ...lines].join('\n'),
    facts: states.map(({ said, ...fact }) => ({
      at,
      ...fact,
      quote: said === undefined ? words : lineOf(said),
    })),
    data: { type: 'look', playbooks, spec, reading },
    link: null,
    witness: reading.instrument,
    ...(unasked === true
      ? { supportsNothing: 'nobody said what to look at' }
      : wasRead
        ? {}
        : { failed: true }),
  };
}

function whatOf(spec: LookSpec): string {
  if ('unit' in spec) return 'the unit';
  if ('disk' in spec) return `the disk ${spec.disk.path}`;
  if ('memory' in spec) return 'memory';
  if ('release' in spec) return 'the release';
  if ('workload' in spec) return 'the workload';
  return spec.command.reads ?? spec.command.argv.join(' ');
}
