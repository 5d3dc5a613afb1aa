import { describe, expect, it } from 'vitest';
import { createPauseCards } from '../../src/engine/showing/pause-cards.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { inWindow } from '../corpus/moves.ts';
import { bob } from '../kit/incident/fixtures.ts';
import { executing, opened, starting } from '../kit/incident/walk.ts';

/** The open incidents, by a name for each. */
function cards(open: Readonly<Record<string, Incident>>) {
  const drawn: string[] = [];
  const woken: string[] = [];
  const state = { pausedBy: null as string | null, dead: false };
  const shown = createPauseCards({
    store: {
      paused: async () => state.pausedBy,
      open: async () => Object.keys(open),
      loadMany: async (names: readonly string[]) =>
        names.map((name) => (open[name] === undefined ? null : { ...open[name], id: name })),
    } as never,
    engine: {
      dispatch: async (id: string, { type }: { readonly type: string }) => woken.push(`${id} ${type}`),
    } as never,
    log: { warn: () => undefined } as never,
    jobQueue: {
      show: async (id: string) => {
        if (state.dead) throw new Error('the process died');
        drawn.push(id);
      },
    },
  });
  return { drawn, woken, state, ...shown };
}

/** A plan that was to start while Medic was paused. */
const held = () => {
  const walked = starting('Small');
  const { plan } = walked.phase('starting').decided;
  const obstacle = { kind: 'paused', by: bob.id, retryAt: walked.now + 30_000 } as const;
  return walked.feed({ type: 'claim-refused', plan: plan.id, obstacle }).incident;
};
const all = () => ({
  window: inWindow().incident,
  turn: held(),
  running: executing('Small').incident,
  looking: opened('Small').incident,
});

describe('a pause', () => {
  it('is drawn at once on the card of each plan that waits, and on no other', async () => {
    const rig = cards(all());
    rig.state.pausedBy = bob.id;
    await rig.changed();
    expect(rig.drawn).toEqual(['window', 'turn']);
    expect(rig.woken).toEqual([]);
  });

  it('that ends is drawn as well, and what waited for that looks at once whether its way is clear', async () => {
    const rig = cards(all());
    await rig.changed();
    expect(rig.drawn).toEqual(['window', 'turn']);
    expect(rig.woken).toEqual(['turn your-turn']);
  });

  it('holds although it could not be drawn, and is by the next look', async () => {
    const rig = cards(all());
    rig.state.pausedBy = bob.id;
    rig.state.dead = true;
    await rig.changed();
    rig.state.dead = false;
    await rig.look();
    expect(rig.drawn).toEqual(['window', 'turn']);
  });

  it('is drawn by whoever looks next, where whoever ordered it could not', async () => {
    const rig = cards(all());
    await rig.look();
    rig.drawn.length = 0;
    await rig.look();
    expect(rig.drawn).toEqual([]);
    rig.state.pausedBy = bob.id;
    rig.state.dead = true;
    await expect(rig.look()).rejects.toThrow('died');
    rig.state.dead = false;
    await rig.look();
    expect(rig.drawn).toEqual(['window', 'turn']);
  });

  it('and its end within one second are looked at once more, for they may have been drawn as one', async () => {
    const rig = cards(all());
    await rig.look();
    rig.state.pausedBy = bob.id;
    await rig.changed();
    rig.state.pausedBy = null;
    await rig.changed();
    rig.drawn.length = 0;
    await rig.look();
    expect(rig.drawn).toEqual(['window', 'turn']);
  });
});
