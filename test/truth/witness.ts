import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import type { Playbook } from '../../src/playbooks/manifest.ts';
import type { Edit } from '../chaos/seeded-bugs.ts';

/** An event that changed an incident, and what was known besides. The settings and the catalog are what was written of them, and the faults are those of today. */
export interface Witnessed {
  readonly id: string;
  /** Of the incident with this event in it. */
  readonly version: number;
  readonly event: IncidentEvent;
  readonly given: Omit<StepContext, 'settings' | 'catalog' | 'library' | 'redact'>;
  /** `medic.yml`, and the playbooks by name: whole where they were not seen before. */
  readonly written?: Written;
}

export interface Written {
  readonly config: string;
  readonly playbooks: readonly { readonly hash: string; readonly manifest: string }[];
}

/** A Medic that writes down every event that it commits, a line of JSON each. */
export function witnessing(file: string): readonly Edit[] {
  const engine = 'engine/engine.ts';
  const committed = 'parts.observe(before, stepped.incident, event);';
  const repeated = "if (committed.kind === 'duplicate') return { kind: 'repeated', incident: before };";
  const first = "import { setTimeout as pause } from 'node:timers/promises';";
  const brought = `import { witnessIn } from ${JSON.stringify(import.meta.url)};`;
  const noted = "if (committed.kind === 'committed') witness(noted.incident, event, context);";
  return [
    {
      file: engine,
      find: first,
      replace: `${first}\n${brought}\nconst witness = witnessIn(${JSON.stringify(file)});`,
    },
    { file: engine, find: committed, replace: `${committed} witness(stepped.incident, event, context);` },
    { file: engine, find: repeated, replace: `${repeated}\n  ${noted}` },
  ];
}

/** What such a Medic calls. */
export function witnessIn(file: string) {
  const seen = new Set<string>();
  return ({ id, version }: Incident, event: IncidentEvent, given: StepContext): void => {
    const { settings: _, catalog, library: ___, redact: __, ...known } = given;
    const fresh = [...catalog.values()].filter(({ hash }) => !seen.has(hash));
    for (const { hash } of fresh) seen.add(hash);
    const written = fresh.length === 0 ? {} : { written: writtenNow(fresh) };
    const line: Witnessed = { id, version, event, given: known, ...written };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}

function writtenNow(fresh: readonly Playbook[]): Written {
  return {
    config: readFileSync(process.env.MEDIC_CONFIG ?? 'medic.yml', 'utf8'),
    playbooks: fresh.map(({ hash, folder }) => ({
      hash,
      manifest: readFileSync(join(folder, 'playbook.yml'), 'utf8'),
    })),
  };
}
