import { setTimeout as delay } from 'node:timers/promises';
import { isSettled } from '../chaos/collect.ts';
import type { Chance } from '../chaos/world/random.ts';
import type { Family } from './families.ts';
import {
  attemptEnded,
  fallIll,
  getWell,
  killRemedy,
  opened,
  press,
  quiet,
  reached,
  type Scene,
  sayResolved,
  settled,
  watched,
} from './scene.ts';
import { RELABELLED } from './stage.ts';

/** A way in which something looks like recovery and is none, or is none of the remedy's. */
export interface Kind {
  readonly name: string;
  /** The faults it is played with. */
  readonly families: readonly [Family, ...Family[]];
  /** Whether its service has a scrape target of its own. */
  readonly alone?: true;
  /** How its services are called; `name` by default. */
  readonly prefix?: string;
  /** Resolves once Medic has nothing more to do about it. */
  play(scene: Scene): Promise<unknown>;
}

const ALL: readonly [Family, ...Family[]] = ['queue', 'memory', 'lag', 'queue', 'lag', 'errors'];

/** Lets the case come to a moment in the life of its incident: at once, while something is under way, or when all is done. */
async function someMoment(scene: Scene): Promise<void> {
  await opened(scene);
  const to = scene.chance.pick(['at once', 'diagnosed', 'at rest', 'after the remedy'] as const);
  if (to === 'diagnosed') await reached(scene, 'its diagnosis', ({ phase }) => phase.at !== 'investigating');
  if (to === 'at rest' || (to === 'after the remedy' && !ownRemedy(scene)))
    await reached(scene, 'some rest', isSettled);
  // An alert that its source does not know by these labels has none: a person is called.
  if (to === 'after the remedy' && ownRemedy(scene))
    await reached(
      scene,
      'the end of its remedy, or some rest',
      (incident) => incident.attempts.some(({ result }) => result !== null) || isSettled(incident),
    );
}

/** Whether a remedy runs for this fault without anybody. */
function ownRemedy({ family }: Scene): boolean {
  return family === 'queue' || family === 'memory' || family === 'threads';
}

const someLook = (chance: Chance) => chance.pick(['no', null] as const);

export const KINDS: readonly Kind[] = [
  {
    name: 'alert gone, look bad',
    families: ALL,
    async play(scene) {
      const { patient, family, chance } = scene;
      const masks = ownRemedy(scene) && chance.odds(0.3);
      if (masks) patient.remedyWill('mask');
      fallIll(scene);
      if (masks) await attemptEnded(scene);
      else await someMoment(scene);
      patient.tell(family, 'well');
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'series vanished, look bad',
    families: ALL,
    async play(scene) {
      fallIll(scene);
      await someMoment(scene);
      scene.patient.tell(scene.family, 'gone');
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'series vanished, look unreadable',
    families: ALL,
    async play(scene) {
      const { patient, family, chance } = scene;
      const lookFirst = chance.odds(0.5);
      fallIll(scene, chance.pick(['no', null] as const));
      await someMoment(scene);
      if (lookFirst) patient.look(null);
      patient.tell(family, 'gone');
      await delay(chance.between(0, 800));
      patient.look(null);
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'only a notice says so',
    families: ALL,
    async play(scene) {
      const { patient, chance } = scene;
      if (chance.odds(0.4)) patient.remedyWill('half');
      fallIll(scene, someLook(chance));
      await someMoment(scene);
      if (chance.odds(0.5)) patient.look(chance.pick(['yes', null] as const));
      await sayResolved(scene);
      await settled(scene);
    },
  },
  {
    name: 'alert of another cluster',
    families: ['queue', 'lag', 'memory'],
    async play(scene) {
      const { patient, family, chance } = scene;
      patient.really('ill');
      patient.look(someLook(chance));
      if (chance.odds(0.5)) patient.tell(family, 'well');
      patient.tell(family, 'ill', 'there');
      await opened(scene);
      if (chance.odds(0.7)) await reached(scene, 'some rest', isSettled);
      patient.tell(family, chance.pick(['well', 'gone'] as const), 'there');
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'relabelled on its way',
    families: ['queue', 'memory', 'lag', 'queue'],
    prefix: RELABELLED,
    async play(scene) {
      const { patient, family, chance } = scene;
      const half = chance.odds(0.6);
      if (half) patient.remedyWill('half');
      fallIll(scene);
      await someMoment(scene);
      if (!half) patient.look(someLook(chance));
      if (!half && chance.odds(0.5)) patient.tell(family, 'gone');
      await settled(scene);
    },
  },
  {
    name: 'look good, alert fires on',
    families: ['queue', 'memory', 'queue', 'lag'],
    async play(scene) {
      const { patient } = scene;
      if (ownRemedy(scene)) patient.remedyWill('half');
      fallIll(scene);
      await someMoment(scene);
      if (!ownRemedy(scene)) patient.look('yes');
      await settled(scene);
    },
  },
  {
    name: 'old samples again and again',
    families: ['memory', 'queue'],
    async play(scene) {
      const { patient, family, chance } = scene;
      patient.remedyWill(chance.pick(['half', 'half', 'nothing'] as const), true);
      patient.dated = true;
      fallIll(scene);
      await reached(scene, 'its remedy to run', ({ phase }) => phase.at === 'executing');
      // What is repeated is older than the end of the remedy, and stays so.
      patient.tell(family, 'frozen');
      await quiet(scene);
      patient.openGate();
      await attemptEnded(scene);
      await settled(scene);
    },
  },
  {
    name: 'target hangs',
    families: ['queue', 'lag', 'memory'],
    alone: true,
    async play(scene) {
      const { patient, chance } = scene;
      fallIll(scene, someLook(chance));
      await someMoment(scene);
      patient.hung = true;
      if (chance.odds(0.5)) patient.look(null);
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'remedy fails, well by itself',
    families: ['queue', 'memory'],
    async play(scene) {
      const { patient, chance } = scene;
      patient.remedyWill('fail', true);
      fallIll(scene);
      await reached(scene, 'its remedy to run', ({ phase }) => phase.at === 'executing');
      const before = chance.odds(0.3);
      if (before) getWell(scene);
      patient.openGate();
      await attemptEnded(scene);
      await delay(chance.between(0, 1_500));
      if (!before) getWell(scene);
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'remedy changes nothing',
    families: ['threads'],
    async play(scene) {
      fallIll(scene);
      await attemptEnded(scene);
      await delay(scene.chance.between(0, 1_500));
      getWell(scene);
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'remedy broken off, well by itself',
    families: ['queue', 'memory'],
    async play(scene) {
      const { patient, chance } = scene;
      patient.remedyWill('hang', true);
      fallIll(scene);
      await reached(
        scene,
        'its remedy to run',
        ({ phase }) => phase.at === 'executing' && patient.pid() !== null,
      );
      const before = chance.odds(0.3);
      if (before) getWell(scene);
      if (chance.odds(0.6)) killRemedy(scene);
      else await press(scene, 'U0BOB', 'Stop');
      await attemptEnded(scene);
      await delay(chance.between(0, 1_500));
      if (!before) getWell(scene);
      await quiet(scene);
      await settled(scene);
    },
  },
  {
    name: 'good for a moment',
    families: ['queue', 'memory'],
    async play(scene) {
      const { patient, family, chance } = scene;
      fallIll(scene);
      await watched(scene);
      for (let times = chance.between(1, 3); times > 0; times -= 1) {
        await delay(chance.between(0, 700));
        if (chance.odds(0.8)) patient.look('yes');
        if (chance.odds(0.8)) patient.tell(family, 'well');
        // Less than the two seconds for which everything has to be good.
        await delay(chance.between(200, 1_000));
        patient.look('no');
        patient.tell(family, 'ill');
      }
      await settled(scene);
    },
  },
  {
    name: 'another fault at once',
    families: ['queue', 'errors', 'memory'],
    async play(scene) {
      const { patient, chance } = scene;
      // Of a remedy that succeeds just before nobody could know that it did nothing.
      patient.remedyWill('fail');
      fallIll(scene);
      await someMoment(scene);
      getWell(scene);
      await delay(chance.between(0, 3_000));
      patient.really('ill');
      if (chance.odds(0.5)) patient.look('no');
      patient.tell('lag', 'ill');
      await reached(scene, 'the other alert', ({ alerts }) =>
        Object.values(alerts).some(
          ({ alert }) => alert.name === 'ReplicationLagging' && alert.status === 'firing',
        ),
      );
      await settled(scene);
    },
  },
  {
    name: 'ordered for a healthy service, fails',
    families: ['queue'],
    async play(scene) {
      const { patient, family, stage, chance } = scene;
      patient.tell(family, 'well');
      const killed = chance.odds(0.3);
      patient.remedyWill(killed ? 'hang' : 'fail');
      const channel = stage.channelOf(patient.name);
      await stage.slack.person('U0BOB').command(channel, '/heal', `drain service=${patient.name}`);
      const { phase } = await reached(
        scene,
        'its order',
        (incident) =>
          incident.phase.at === 'executing' || incident.phase.at === 'waiting' || isSettled(incident),
      );
      if (phase.at === 'waiting' && phase.for === 'approval') await press(scene, 'U0CAROL', 'Approve');
      if (killed) {
        await reached(
          scene,
          'its remedy to run',
          (one) => one.phase.at === 'executing' && patient.pid() !== null,
        );
        killRemedy(scene);
      }
      await attemptEnded(scene);
      await settled(scene);
    },
  },
  {
    name: 'alert gone while a plan waits, look bad',
    families: ['errors', 'errors', 'memory'],
    async play(scene) {
      const { patient, family, chance } = scene;
      fallIll(scene);
      await reached(scene, 'its plan to wait', ({ phase }) => phase.at === 'waiting');
      patient.tell(family, chance.pick(['well', 'gone'] as const));
      if (chance.odds(0.3)) patient.look(null);
      await quiet(scene);
      await settled(scene);
    },
  },
];
