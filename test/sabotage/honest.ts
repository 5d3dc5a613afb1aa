import { setTimeout as delay } from 'node:timers/promises';
import { isSettled } from '../chaos/collect.ts';
import type { Kind } from './kinds.ts';
import { closed, fallIll, getWell, opened, press, reached } from './scene.ts';

/** Recoveries that are real, and must be told as what they are. */
export interface Honest extends Kind {
  readonly must: 'healed' | 'recovered';
}

const cured = (name: string, family: Kind['families'][0], button?: string): Honest => ({
  name,
  families: [family],
  must: 'healed',
  async play(scene) {
    scene.patient.remedyWill('cure');
    fallIll(scene);
    if (button !== undefined) await press(scene, 'U0CAROL', button);
    await closed(scene);
  },
});

export const HONEST: readonly Honest[] = [
  cured('healed at once', 'queue'),
  cured('healed after its window', 'memory'),
  cured('healed with approval', 'errors', 'Approve'),
  cured('healed by Ansible', 'threads'),
  {
    name: 'recovered without a plan',
    families: ['lag'],
    must: 'recovered',
    async play(scene) {
      fallIll(scene);
      await opened(scene);
      if (scene.chance.odds(0.7)) await reached(scene, 'some rest', isSettled);
      await delay(scene.chance.between(0, 1_000));
      getWell(scene);
      await closed(scene);
    },
  },
  {
    name: 'recovered while a plan waits',
    families: ['errors'],
    must: 'recovered',
    async play(scene) {
      fallIll(scene);
      await reached(scene, 'its plan to wait', ({ phase }) => phase.at === 'waiting');
      getWell(scene);
      await closed(scene);
    },
  },
];
