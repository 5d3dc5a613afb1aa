import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type PerformParts, perform } from '../../src/engine/effects/perform.ts';
import type { DryRunResult } from '../../src/execution/runner.ts';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import { hashOf } from '../../src/playbooks/catalog.ts';
import type { Check } from '../../src/playbooks/manifest.ts';
import { given, settings } from '../kit/incident/fixtures.ts';
import { diagnosed, ILL, prepared, sees } from '../kit/incident/walk.ts';
import { scratchDir } from '../kit/stack/guardian.ts';

it('the premises of a plan are read once its rehearsal is over, however long that takes', async () => {
  const scratch = await scratchDir('perform');
  try {
    writeFileSync(join(scratch.path, 'playbook.yml'), 'name: mend\n');
    const here = { folder: scratch.path, hash: hashOf(scratch.path) };
    const catalog = new Map([...given().catalog].map(([name, one]) => [name, { ...one, ...here }] as const));
    const walked = diagnosed('Middling', { catalog });
    walked.feed(prepared(walked));
    const { plan } = walked.phase('waiting').decided;

    const order: string[] = [];
    const rehearsing = Promise.withResolvers<DryRunResult>();
    const begun = Promise.withResolvers<void>();
    const events: IncidentEvent[] = [];
    const parts = {
      store: { load: async () => walked.incident, isPending: async () => true },
      engine: {
        async dispatch(_id: string, event: IncidentEvent) {
          events.push(event);
          return { kind: 'done' };
        },
      },
      door: { stance: async () => ({ kind: 'go' }) },
      world: {
        runner: {
          async dryRun() {
            begun.resolve();
            const result = await rehearsing.promise;
            order.push('rehearsed');
            return result;
          },
        },
        signals: {
          async read(checks: readonly Check[]) {
            order.push('read');
            return sees(checks, ILL, walked.now);
          },
        },
      },
      settings: settings(),
      catalog: () => catalog,
      signal: new AbortController().signal,
    } as unknown as PerformParts;
    const effect = { kind: 'reprove', plan: plan.id } as const;
    const done = perform(parts, { id: 'x', incident: walked.incident.id, effect });
    await begun.promise;
    expect(order).toEqual([]);
    rehearsing.resolve({ kind: 'diff', diff: '-a\n+b', changes: 1 });
    await done;
    expect(order).toEqual(['rehearsed', 'read']);
    expect(events).toMatchObject([{ type: 'reproved', plan: plan.id, diff: { kind: 'diff' } }]);
  } finally {
    await scratch.remove();
  }
});
