import { expect, it } from 'vitest';
import { auditKeeper } from '../../../src/app/regular/audit-keeper.ts';
import type { Checkpoint, Head } from '../../../src/audit/checkpoint.ts';
import type { AuditLog } from '../../../src/engine/audit.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { T0 } from '../../kit/incident/fixtures.ts';
import { newLog } from '../../kit/slack-sink/stage.ts';

function memory(): AuditLog & { change(head: Head): void } {
  const all: Checkpoint[] = [];
  let changed: Head[] = [];
  return {
    change: (head) => void changed.push(head),
    newest: async () => all.at(-1) ?? null,
    changed: async () => changed,
    async append(checkpoint) {
      all.push(checkpoint);
      changed = [];
      return true;
    },
    oldest: async (most) => all.slice(0, most),
    renew: async () => undefined,
    forget: async () => true,
  };
}

it('the newest checkpoint is a metric and stands in the log once an hour, so that others hold its hash', async () => {
  const audit = memory();
  const metrics = createMetrics();
  const log = newLog();
  let now = T0;
  const keep = auditKeeper(audit, { now: () => now, metrics, log: log as never });
  const told = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^medic_audit/.test(line));
  for (const [length, later] of [
    [1, 0],
    [2, 60_000],
    [3, 3_600_000],
  ] as const) {
    now = T0 + later;
    audit.change({ incident: 'inc-a', length, hash: 'a'.repeat(64), closedAt: null });
    await keep();
  }
  const hours = log.lines.map(({ fields }) => fields);
  expect(hours).toMatchObject([{ checkpoint: 1 }, { checkpoint: 3 }]);
  const { hash } = hours[1] as { hash: string };
  expect(await told()).toEqual([
    `medic_audit_head_info{checkpoint="3",hash="${hash}"} 1`,
    'medic_audit_checkpoints 3',
  ]);
});
