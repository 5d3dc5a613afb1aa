import { describe, expect, it } from 'vitest';
import { createAuditLog } from '../../../../src/adapters/stores/redis/record/audit-log.ts';
import { KEPT_SECONDS } from '../../../../src/adapters/stores/redis/record/retention.ts';
import { checkpointHash, KEPT, ORIGIN } from '../../../../src/audit/checkpoint.ts';
import { addCheckpoints, forgetCheckpoints } from '../../../../src/engine/audit.ts';
import { T0 } from '../../../kit/incident/fixtures.ts';
import { about, closed, commit, next, rigFor } from '../../../kit/store/rig.ts';

const DAY = 24 * 3_600_000;

it('checkpoints excuse what is gone as long after its end as it is kept', () => {
  expect(KEPT).toBe(KEPT_SECONDS * 1000);
});

describe.each(['one server', 'a cluster'] as const)('the checkpoints of the record, on %s', (kind) => {
  const rig = rigFor(kind);
  const log = () => createAuditLog(rig.redis, rig.keys);
  /** Writes a change with an entry on record. */
  const write = (incident: ReturnType<typeof about>) => {
    const { length } = incident.head;
    const told = { ...incident, head: { hash: `${length + 1}`.repeat(64).slice(0, 64), length: length + 1 } };
    const entry = { seq: length + 1, at: T0, happening: { kind: 'unmuted' as const }, hash: told.head.hash };
    return rig.store.commit(commit({ incident: told, entries: [entry] })).then(({ kind: how }) => {
      expect(how).toBe('committed');
      return told;
    });
  };

  it('put every record that has changed under the next one, each hanging on the one before', async () => {
    const a = await write(about('a'));
    const b = await write(about('b'));
    const { added } = await addCheckpoints(log(), T0);
    const [first] = added;
    expect(first).toMatchObject({ n: 1, before: ORIGIN, beforeAt: 0 });
    expect(first?.heads.toSorted((one, other) => (one.incident < other.incident ? -1 : 1))).toEqual([
      { incident: a.id, ...a.head, closedAt: null },
      { incident: b.id, ...b.head, closedAt: null },
    ]);
    const again = await write(next(a));
    const second = (await addCheckpoints(log(), T0 + 1)).newest;
    expect(second).toMatchObject({
      n: 2,
      before: first?.hash,
      beforeAt: T0,
      heads: [{ incident: a.id, ...again.head }],
    });
    expect(second?.hash).toBe(second && checkpointHash(second));
    expect(await addCheckpoints(log(), T0 + 2)).toEqual({ newest: second, added: [] });
  });

  it('say when an incident closed, whose record then may be gone once its time is up', async () => {
    const ending = await write({ ...closed(await write(about('a'))), version: 2 });
    const { newest } = await addCheckpoints(log(), T0);
    expect(newest?.heads).toMatchObject([{ incident: ending.id, closedAt: ending.milestones.closed }]);
  });

  it('are added by one process of many, and nothing that changes meanwhile is left out', async () => {
    let incident = await write(about('a'));
    const racing = Array.from({ length: 8 }, () => addCheckpoints(log(), T0));
    incident = await write(next(incident));
    await Promise.all(racing);
    await addCheckpoints(log(), T0);
    const all = await log().oldest(100);
    expect(all.map(({ n }) => n)).toEqual(all.map((_, index) => index + 1));
    expect(all.at(-1)?.heads).toMatchObject([{ length: incident.head.length }]);
  });

  it('are forgotten when nothing that is kept can be older, and what they say of the rest is said anew', async () => {
    const open = await write(about('a'));
    await addCheckpoints(log(), T0);
    await write(about('b'));
    await addCheckpoints(log(), T0 + DAY);
    await forgetCheckpoints(log(), T0 + KEPT);
    expect(await log().oldest(10)).toHaveLength(2);
    await forgetCheckpoints(log(), T0 + KEPT + DAY + 1);
    const left = await log().oldest(10);
    expect(left.map(({ n }) => n)).toEqual([2, 3]);
    expect(left[0]).toMatchObject({ beforeAt: T0 });
    expect(left[1]?.heads).toMatchObject([{ incident: open.id, length: open.head.length }]);
  });
});
