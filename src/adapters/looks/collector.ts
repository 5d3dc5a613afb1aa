import type { Collector, Finding, Inquiry } from '../../evidence/collector.ts';
import type { Looker, LookReading, LookSpec } from '../../evidence/look.ts';
import { sourceOf } from './looker.ts';

type Entry = Inquiry['looks'][number];

/** Takes the looks that playbooks declare, each once, and gives a finding for each host. */
export function createLookCollector(looker: Looker): Collector {
  return {
    name: 'looks',
    kind: 'state',
    async collect({ service, looks, alerts }, signal) {
      if (service === null) return [];
      const symptomAt = alerts.length === 0 ? null : Math.min(...alerts.map(({ startsAt }) => startsAt));
      const target = { service, hosts: null, symptomAt };
      const found = await Promise.all(
        merged(looks).map(async (entry) => {
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
  const { host, verdict, words, facts } = reading;
  const what = whatOf(spec);
  const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  return {
    kind: 'state',
    title: `Look at ${what} on ${host}`,
    source: sourceOf(reading.instrument),
    query: `look at ${what} on ${host}`,
    window: null,
    observedAt: reading.at,
    text: [verdict === 'unknown' ? `could not be read: ${words}` : words, ...lines].join('\n'),
    data: { type: 'look', playbooks, spec, reading },
    link: null,
    witness: reading.instrument,
    ...(verdict === 'unknown' ? { failed: true } : {}),
  };
}

function whatOf(spec: LookSpec): string {
  if ('unit' in spec) return 'the unit';
  if ('disk' in spec) return `the disk ${spec.disk.path}`;
  if ('memory' in spec) return 'memory';
  if ('release' in spec) return 'the release';
  return spec.command.argv.join(' ');
}
