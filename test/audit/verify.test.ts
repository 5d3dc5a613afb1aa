import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEPT } from '../../src/audit/checkpoint.ts';
import { exportRecords } from '../../src/audit/export.ts';
import { createVerifier } from '../../src/audit/verify.ts';
import type { TimelineEvent } from '../../src/incident/model/timeline.ts';
import { exportOf, found, type Memory, newMemory, resealed } from './records.ts';

const said = (reason: string): TimelineEvent => ({ kind: 'escalated', reason });
const closed: TimelineEvent = {
  kind: 'closed',
  how: 'healed',
  reason: 'it is well',
  milestones: {
    opened: 0,
    thread: null,
    evidence: null,
    diagnosed: null,
    started: null,
    fixed: null,
    closed: 1,
  },
};

/** Three incidents under four checkpoints, one of them closed. */
function memory(): Memory {
  const all = newMemory();
  all.write('inc-a', said('one'), said('two'));
  all.checkpoint();
  all.pass(1000);
  all.write('inc-b', said('one'), said('two'), said('three'));
  all.checkpoint();
  all.pass(1000);
  all.write('inc-a', said('three'), closed);
  all.checkpoint();
  all.pass(1000);
  all.write('inc-c', said('\u2028 1 "ä" \ud83d\ude00'));
  all.write('inc-b', said('four'));
  all.checkpoint();
  return all;
}

/** What is wrong online, without a file. */
async function problems(all: Memory, held = all.checkpoints.at(-1) ?? null): Promise<string[]> {
  const verifier = createVerifier({ held });
  const span = { since: null, until: null, service: null };
  for await (const record of exportRecords(all.source(), span)) verifier.take(record);
  return verifier.verdict().problems.map(({ incident, what }) => `${incident ?? '-'}: ${what}`);
}

/** The same memory with something done to the record of one incident. */
async function after(change: (all: Memory) => void): Promise<string[]> {
  const all = memory();
  const held = all.checkpoints.at(-1) ?? null;
  change(all);
  return problems(all, held);
}
const entriesOf = (all: Memory, id: string) => all.records.get(id)?.entries ?? [];

describe('a record that nobody has touched', () => {
  it('is whole, exported and as it lies there', async () => {
    const all = memory();
    expect(await problems(all)).toEqual([]);
    expect(await found(await exportOf(all), all.checkpoints.at(-1))).toMatchObject({
      found: 0,
      incidents: 3,
      entries: 9,
      unknown: 0,
      newer: 0,
      isPart: false,
      checkpoints: { count: 4, newest: { n: 4 } },
    });
  });

  it('is exported in the same order every time, letter for letter', async () => {
    const all = memory();
    expect(await exportOf(all)).toEqual(await exportOf(all));
  });

  it('may be of an older Medic, without checkpoints: then each is verified by itself, and counted as such', async () => {
    const all = memory();
    all.checkpoints = [];
    expect(await found(await exportOf(all))).toMatchObject({ found: 0, unknown: 3 });
    const entry = entriesOf(all, 'inc-b')[1];
    Object.assign(entry ?? {}, { at: 7 });
    expect(await found(await exportOf(all))).toMatchObject({ found: 1, unknown: 3 });
  });

  it('may be newer than its newest checkpoint', async () => {
    const all = memory();
    all.write('inc-b', said('five'));
    expect(await found(await exportOf(all))).toMatchObject({ found: 0, newer: 1 });
  });

  it('may lack an incident that closed longer ago than anything is kept, and the checkpoints of then', async () => {
    const all = memory();
    all.pass(KEPT + 2000);
    all.records.delete('inc-a');
    all.checkpoints = all.checkpoints.slice(2);
    expect(await problems(all)).toEqual([]);
  });

  it('may be exported in part, by service and time, of which nobody says that nothing is missing', async () => {
    const all = memory();
    const lines = await exportOf(all, { service: 'b' });
    expect(lines.filter((line) => line.startsWith('{"kind":"incident"'))).toHaveLength(1);
    expect(await found(lines)).toMatchObject({ found: 0, incidents: 1, isPart: true });
    const opened = all.records.get('inc-b')?.about.openedAt ?? 0;
    const before = await exportOf(all, { until: opened });
    expect(before.filter((line) => line.startsWith('{"kind":"incident"'))).toHaveLength(1);
    const since = await exportOf(all, { since: opened + 1500 });
    expect(since.filter((line) => line.startsWith('{"kind":"incident"'))).toHaveLength(2);
  });
});

describe('what is found, and where', () => {
  it.each<[string, (all: Memory) => void, readonly string[]]>([
    [
      'an entry that was changed',
      (all) => Object.assign(entriesOf(all, 'inc-b')[1] ?? {}, { happening: said('nothing') }),
      ['inc-b: entry 2 was changed: its hash does not fit it and the one before'],
    ],
    [
      'an entry that was removed',
      (all) => entriesOf(all, 'inc-b').splice(1, 1),
      ['inc-b: entry 2 is missing'],
    ],
    [
      'entries that were moved',
      (all) => {
        const entries = entriesOf(all, 'inc-b');
        entries.splice(1, 2, ...entries.slice(1, 3).reverse());
      },
      ['inc-b: entry 2 is missing', 'inc-b: entry 2 stands after entry 3'],
    ],
    [
      'a record that was cut short',
      (all) => entriesOf(all, 'inc-b').splice(2),
      ['inc-b: it ends with entry 2: entries 3 to 4 are missing, which checkpoint 4 knows'],
    ],
    [
      'a record that was cut short together with its state',
      (all) => {
        const one = all.records.get('inc-b');
        one?.entries.splice(3);
        Object.assign(one?.about ?? {}, { head: { hash: one?.entries[2]?.hash, length: 3 } });
      },
      ['inc-b: it ends with entry 3: entry 4 is missing, which checkpoint 4 knows'],
    ],
    [
      'an incident that was removed',
      (all) => all.records.delete('inc-c'),
      ['inc-c: the whole incident is missing: entry 1 is missing, which checkpoint 4 knows'],
    ],
    [
      'a record that was written anew, chain and state',
      (all) => {
        all.records.delete('inc-c');
        const checkpoints = all.checkpoints;
        all.write('inc-c', said('nothing'));
        all.checkpoints = checkpoints;
      },
      ['inc-c: entry 1 is another one than checkpoint 4 knows: the record was written anew'],
    ],
    [
      'a checkpoint that was removed',
      (all) => {
        all.checkpoints = all.checkpoints.filter(({ n }) => n !== 2);
      },
      ['-: checkpoint 2 is missing'],
    ],
    [
      'the first checkpoints removed before their time',
      (all) => {
        all.checkpoints = all.checkpoints.slice(1);
      },
      ['-: what is before checkpoint 2 is missing, though it is not older than what is kept'],
    ],
    [
      'a checkpoint that was changed to hide an incident',
      (all) => {
        const last = all.checkpoints.at(-1);
        if (last !== undefined)
          all.checkpoints = [
            ...all.checkpoints.slice(0, -1),
            { ...last, heads: last.heads.filter(({ incident }) => incident !== 'inc-c') },
          ];
        all.records.delete('inc-c');
      },
      ['-: checkpoint 4 was changed: its hash does not fit it'],
    ],
    [
      'the newest of everything removed, which only who holds a checkpoint can tell',
      (all) => {
        all.checkpoints = all.checkpoints.slice(0, -1);
        all.records.delete('inc-c');
      },
      ['-: you hold checkpoint 4, and the newest here is 3: what was put on record between them is missing'],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await after(change)).toEqual(expected);
  });

  it('everything written anew, which only who holds a checkpoint can tell', async () => {
    const other = memory();
    other.write('inc-d', said('more'));
    other.checkpoint();
    const another = memory();
    another.write('inc-d', said('less'));
    another.checkpoint();
    expect(await problems(another, null)).toEqual([]);
    expect(await problems(another, other.checkpoints.at(-1))).toEqual([
      '-: checkpoint 5 is another one than you hold: what was on record by then was written anew',
    ]);
  });
});

describe('whatever somebody does to a line of an export, and hides it with an end that fits', () => {
  /** Lines but the header, which says what it is, and the end. */
  const inner = async () => {
    const all = memory();
    const lines = await exportOf(all);
    return { lines, held: all.checkpoints.at(-1) ?? null, last: lines.length - 2 };
  };

  it('a line removed, or two changed about, is found', async () => {
    const { lines, held, last } = await inner();
    const place = fc.integer({ min: 1, max: last });
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const removed = lines.filter((_, index) => index !== one);
        expect((await found(resealed(removed), held)).found, `without ${lines[one]}`).toBeGreaterThan(0);
        if (one === other) return;
        const moved = lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
        expect((await found(resealed(moved), held)).found, `${one} and ${other}`).toBeGreaterThan(0);
      }),
      { seed: 20_260_101 },
    );
  });

  it('a letter changed in an entry or a checkpoint is found', async () => {
    const { lines, held, last } = await inner();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: last }), fc.nat(), async (place, at) => {
        const line = lines[place] ?? '';
        if (line.startsWith('{"kind":"incident"')) return;
        const begin = line.indexOf(',') + 1;
        const where = begin + (at % (line.length - begin - 1));
        const letter = line[where] === '7' ? '8' : '7';
        const changed = lines.with(place, line.slice(0, where) + letter + line.slice(where + 1));
        expect((await found(resealed(changed), held)).found, changed[place]).toBeGreaterThan(0);
      }),
      { seed: 20_260_101, numRuns: 400 },
    );
  });

  it('an export that is cut short anywhere is found, and any change at all where its end stands as it was', async () => {
    const { lines } = await inner();
    for (let length = 1; length < lines.length; length += 1)
      expect(
        (await found(lines.slice(0, length))).problems.some(({ what }) => what.includes('cut short')),
      ).toBe(true);
    const place = lines.findIndex((line) => line.startsWith('{"kind":"incident"'));
    const changed = lines.with(place, (lines[place] ?? '').replace('is ill', 'is well'));
    expect(await found(changed)).toMatchObject({
      problems: [{ line: lines.length, what: expect.stringContaining('not those that were exported') }],
    });
  });
});
