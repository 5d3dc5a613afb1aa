import { describe, expect, it } from 'vitest';
import {
  type ContainerState,
  judgeWorkload,
  type PodState,
  type WorkloadState,
} from '../../../src/evidence/looks/workload.ts';

const NOW = Date.parse('2026-01-02T03:00:00Z');
const MINUTE = 60_000;
const running: ContainerState = {
  name: 'cart',
  waiting: null,
  runningSince: NOW - 60 * MINUTE,
  restarts: 0,
  ended: null,
};
const pod = (more: Partial<PodState> = {}): PodState => ({
  name: 'cart-1',
  isNewest: true,
  isReady: true,
  unreadySince: null,
  isRefused: false,
  containers: [running],
  ...more,
});
const crashing = pod({
  isReady: false,
  containers: [
    {
      ...running,
      waiting: 'CrashLoopBackOff',
      runningSince: null,
      restarts: 3,
      ended: { reason: 'Error', exitCode: 1, at: NOW - MINUTE },
    },
  ],
});
const ended = { reason: 'Error', exitCode: 1, at: NOW - MINUTE };
const killed = pod({
  isReady: false,
  containers: [{ ...running, restarts: 2, ended: { reason: 'OOMKilled', exitCode: 137, at: NOW - MINUTE } }],
});
const well: WorkloadState = {
  desired: 2,
  isComplete: true,
  progress: '2 of 2 pods are updated, 2 available',
  revisions: 2,
  newestAt: NOW - 10 * MINUTE,
  pods: [pod(), pod({ name: 'cart-2' })],
  limits: { cart: 64 * 2 ** 20 },
  cordoned: [],
  leastReplicas: 2,
  mostMemory: 2 ** 30,
};
type Is = Parameters<typeof judgeWorkload>[1]['is'];
const judge = (is: Is, more: Partial<WorkloadState>, symptom: number | null = NOW - 9 * MINUTE) =>
  judgeWorkload({ ...well, ...more }, { is, within: 30 * MINUTE }, symptom, NOW);
const broken = { isComplete: false, pods: [pod(), crashing] };

describe('a look at a workload', () => {
  it.each<Is>(['badly_rolled_out', 'out_of_memory', 'hung', 'cordoned_out', 'scaled_to_zero'])(
    'for %s finds it well where all of its pods are available and none is broken',
    (is) => expect(judge(is, {}).verdict).toBe('well'),
  );

  it('blames a rollout that came shortly before the symptom and whose pods do not run', () => {
    expect(judge('badly_rolled_out', broken)).toMatchObject({
      verdict: 'fault',
      words:
        'its newest template came 60 s before the symptom, and 1 of its pods does not run (cart-1: CrashLoopBackOff); 2 of 2 pods are updated, 2 available',
    });
  });

  it.each([
    ['came long before', { ...broken, newestAt: NOW - 60 * MINUTE }],
    ['came after it', { ...broken, newestAt: NOW - 5 * MINUTE }],
    ['is the first', { ...broken, revisions: 1 }],
    ['is complete', { ...broken, isComplete: true }],
    [
      'is broken as the one before it is',
      { isComplete: false, pods: [crashing, { ...crashing, isNewest: false }] },
    ],
    [
      'is broken as the one before it is, which runs just now',
      {
        isComplete: false,
        pods: [crashing, pod({ isNewest: false, containers: [{ ...running, restarts: 1, ended }] })],
      },
    ],
    ['is not what is broken', { isComplete: false, pods: [{ ...crashing, isNewest: false }] }],
    ['is only under way', { isComplete: false, pods: [pod({ isReady: false, unreadySince: NOW - 1000 })] }],
  ])('does not blame a rollout that %s', (_, more) => {
    expect(judge('badly_rolled_out', more).verdict).toBe('other');
  });

  it('blames a rollout whose pods run and never become ready', () => {
    const deaf = pod({ isReady: false, unreadySince: NOW - 5 * MINUTE });
    expect(judge('badly_rolled_out', { isComplete: false, pods: [deaf] }).verdict).toBe('fault');
  });

  it('tells which container was killed for memory, and half as much again, up to the ceiling', () => {
    const facts = (mostMemory: number | null) => judge('out_of_memory', { pods: [killed], mostMemory }).facts;
    expect(facts(2 ** 30)).toEqual({ container: 'cart', memory_limit: '96Mi' });
    expect(facts(80 * 2 ** 20)).toEqual({ container: 'cart', memory_limit: '80Mi' });
    expect(facts(64 * 2 ** 20)).toEqual({ container: 'cart' });
    expect(facts(null)).toEqual({ container: 'cart' });
  });

  it('does not take a container that was killed hours ago for one that is killed now', () => {
    const old = pod({
      containers: [
        { ...running, restarts: 1, ended: { reason: 'OOMKilled', exitCode: 137, at: NOW - 60 * MINUTE } },
      ],
    });
    expect(judge('out_of_memory', { pods: [old] }).verdict).toBe('well');
  });

  it('finds the one pod that runs, was ready, and is not any more', () => {
    const hung = pod({ name: 'cart-2', isReady: false, unreadySince: NOW - 3 * MINUTE });
    expect(judge('hung', { isComplete: false, pods: [pod(), hung] })).toMatchObject({
      verdict: 'fault',
      facts: { pod: 'cart-2' },
    });
    expect(judge('hung', { isComplete: false, pods: [hung, { ...hung, name: 'cart-3' }] }).verdict).toBe(
      'other',
    );
    const starting = { ...hung, containers: [{ ...running, runningSince: NOW - 3 * MINUTE }] };
    expect(judge('hung', { isComplete: false, pods: [pod(), starting] }).verdict).toBe('other');
  });

  it('finds nobody well who was scaled to zero, and says how many pods it should have at least', () => {
    expect(judge('scaled_to_zero', { desired: 0, pods: [] })).toMatchObject({
      verdict: 'fault',
      facts: { replicas: 2 },
    });
    expect(judge('hung', { desired: 0, pods: [] }).verdict).toBe('other');
  });

  it('names a cordoned node where pods wait for one', () => {
    const waiting = pod({ isReady: false, isRefused: true, containers: [] });
    expect(judge('cordoned_out', { isComplete: false, pods: [waiting], cordoned: ['node-1'] })).toMatchObject(
      {
        verdict: 'fault',
        facts: { node: 'node-1' },
      },
    );
    expect(judge('cordoned_out', { isComplete: false, pods: [waiting] }).verdict).toBe('other');
    expect(judge('cordoned_out', { cordoned: ['node-1'] }).verdict).toBe('well');
  });
});
