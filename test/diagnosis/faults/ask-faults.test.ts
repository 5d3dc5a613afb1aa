import { describe, expect, it } from 'vitest';
import { askFaults } from '../../../src/diagnosis/faults/ask-faults.ts';
import { Fault } from '../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../src/diagnosis/faults/library.ts';
import type { Scene } from '../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import type { Catalog } from '../../../src/playbooks/manifest.ts';
import { fact, item, NOON } from '../../kit/faults/facts.ts';
import { given, telling } from '../../kit/incident/fixtures.ts';
import { opened, type Walk } from '../../kit/incident/walk.ts';

const WAITING = 'k8s.container.waiting.reason';
const AVAILABLE = 'k8s.workload.replicas.available';
const POD = 'pod/shop/shop-1';
const WORKLOAD = 'workload/shop/shop';

const image = Fault.parse({
  name: 'image_missing',
  title: 'the image cannot be pulled',
  object: 'pod',
  summary: '{object} does not start',
  cause: 'The image of {object} is not in its registry.',
  prevention: 'Pin images.',
  steps: ['Undo the rollout of {object}.'],
  signs: [
    { claim: 'It waits with {value}.', any: [{ fact: WAITING, is: 'ErrImagePull' }] },
    { claim: 'It was fine before.', any: [{ fact: 'k8s.pod.phase', is: 'Pending' }] },
  ],
  explains: ['workload_down'],
});
const down = Fault.parse({
  name: 'workload_down',
  title: 'nothing of it is available',
  object: 'workload',
  summary: '{object} is down',
  cause: 'None of its pods is ready.',
  prevention: 'Run more.',
  signs: [{ claim: '{value} are available.', any: [{ fact: AVAILABLE, below: 1 }] }],
});
const library = libraryOf([image, down]);
const within = [WORKLOAD, 'service/shop'] as const;

const evidence: readonly Evidence[] = [
  item('E5', [fact(WAITING, POD, 'ErrImagePull', { within })]),
  item('E6', [fact('k8s.pod.phase', POD, 'Pending', { within })]),
  item('E7', [fact(AVAILABLE, WORKLOAD, 0, { within: ['service/shop'] })]),
];
const scene: Scene = { symptom: NOON, needs: new Map() };

/** The catalog, with a playbook that mends these faults. */
function mending(name: string, mends: readonly string[], changes: object = {}): Catalog {
  const { catalog } = given();
  const playbook = catalog.get(name);
  if (playbook === undefined) throw new Error(`there is no playbook ${name}`);
  const manifest = { ...playbook.manifest, mends: [...mends], ...changes };
  return new Map([...catalog, [name, { ...playbook, manifest }]]);
}

const only = (catalog: Catalog, around = scene) =>
  askFaults(library, catalog, evidence, around)?.proposal.hypotheses[0];

describe('a fault that is recognised', () => {
  it('is proposed with its cause, its claims, what follows from it and what people can do', () => {
    expect(askFaults(library, new Map(), evidence, scene)).toMatchObject({
      by: { kind: 'fault', fault: 'image_missing', digest: library.digest },
      proposal: {
        summary: 'pod shop/shop-1 does not start',
        prevention: 'Pin images.',
        hypotheses: [
          {
            cause: 'The image of pod shop/shop-1 is not in its registry.',
            claims: [{ text: 'It waits with ErrImagePull.' }, { text: 'It was fine before.' }],
            playbook: null,
            pattern: 'image_missing',
            fault: 'image_missing',
            object: POD,
            explains: ['image_missing', 'workload_down'],
            consequences: ['nothing of it is available (workload shop/shop)'],
            steps: ['Undo the rollout of pod shop/shop-1.'],
          },
        ],
      },
    });
  });

  it('calls for the playbook that mends it, and for none that is for something else', () => {
    expect(only(mending('ease', ['image_missing'], { look: null }))?.playbook).toBe('ease');
    expect(only(mending('ease', ['workload_down'], { look: null }))?.playbook).toBeNull();
  });

  it('calls for none where it lies in something else than the incident is about', () => {
    const catalog = mending('ease', ['image_missing'], { look: null });
    const about = ['service/web'] as const;
    const needs = new Map([['service/web', ['service/shop']]] as const);
    expect(only(catalog, { symptom: NOON, about, needs })?.playbook).toBeNull();
    expect(only(catalog, { symptom: NOON, about: ['service/shop'], needs })?.playbook).toBe('ease');
  });

  it('says that it lies in a dependency, where it does, before anything that would be read as the subject’s own', () => {
    const needs = new Map([['service/web', ['service/shop']]] as const);
    const told = (about: Scene['about']) =>
      askFaults(library, new Map(), evidence, { symptom: NOON, needs, ...(about && { about }) })?.proposal;
    expect(told(['service/web'])).toMatchObject({
      summary: 'The cause lies in pod shop/shop-1, a dependency. pod shop/shop-1 does not start',
      hypotheses: [
        {
          cause: 'In pod shop/shop-1, a dependency: The image of pod shop/shop-1 is not in its registry.',
          dependency: 'pod shop/shop-1',
        },
      ],
    });
    expect(told(['service/shop'])?.hypotheses[0]).not.toHaveProperty('dependency');
  });

  it('that lies in a dependency leaves to a fix what something here mends for certain, though it may have brought it about', () => {
    const needs = new Map([['service/web', ['service/shop']]] as const);
    const own = item('E8', [fact(AVAILABLE, 'workload/web/web', 0, { within: ['service/web'] })]);
    const about = ['service/web'] as const;
    const asked = (more: readonly Evidence[]) =>
      askFaults(library, mending('ease', ['workload_down']), [...evidence, own, ...more], {
        symptom: NOON,
        needs,
        about,
      })?.proposal.hypotheses.map(({ fault: name, object, playbook }) => [name, object, playbook]);
    expect(asked([])).toEqual([['image_missing', POD, null]]);
    const looks = telling('Small').filter(({ data }) => data?.type === 'look');
    expect(asked(looks)).toEqual([
      ['image_missing', POD, null],
      ['workload_down', 'workload/web/web', 'ease'],
    ]);
  });

  it('is no rival of the patterns of a playbook that mends it, or what it brings about', () => {
    const answers = given().catalog.get('ease')?.manifest.answers ?? [];
    const patterns = answers.map(({ pattern }) => pattern);
    expect(only(mending('ease', ['workload_down']))?.explains).toEqual(expect.arrayContaining(patterns));
  });
});

describe('an incident whose fault is recognised', () => {
  const found = (circumstances: Partial<StepContext>): Walk => {
    const walked = opened('Unheard', { library, ...circumstances });
    const at = walked.now;
    const fresh = evidence.map((one) => ({ ...one, observedAt: at }));
    return walked.feed({ type: 'evidence-collected', round: 1, evidence: fresh });
  };

  it('names the cause to whoever is called, where nothing mends it', () => {
    const { incident } = found({});
    expect(incident.diagnosis).toMatchObject({
      conclusion: { kind: 'cause' },
      hypotheses: [{ fault: 'image_missing', playbook: null }],
    });
    if (incident.phase.at !== 'escalated') throw new Error(`it is ${incident.phase.at}`);
    expect(plainly(incident.phase.reason)).toBe('no playbook mends this cause');
  });

  it('is not concluded from one instrument alone', () => {
    const walked = opened('Unheard', { library });
    const one = evidence.map((each) => ({ ...each, witness: 'kubelet/n1', observedAt: walked.now }));
    const { diagnosis } = walked.feed({ type: 'evidence-collected', round: 1, evidence: one }).incident;
    expect(diagnosis?.conclusion.kind).toBe('abstained');
  });

  it('is told once with the pattern that matches as well, and plans the playbook of both', () => {
    const catalog = mending('ease', ['image_missing']);
    const walked = opened('Small', { library, catalog });
    const fresh = evidence.map((one) => ({ ...one, observedAt: walked.now }));
    const all = [...telling('Small', walked.now), ...fresh];
    const { incident } = walked.feed({ type: 'evidence-collected', round: 1, evidence: all });
    expect(incident.diagnosis?.hypotheses.map(({ playbook }) => playbook)).toEqual(['ease']);
    expect(incident.diagnosis?.conclusion.kind).toBe('cause');
  });
});
