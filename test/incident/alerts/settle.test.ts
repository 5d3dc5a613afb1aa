import { describe, expect, it } from 'vitest';
import { openCall } from '../../../src/incident/model/call.ts';
import type { Incident, Phase } from '../../../src/incident/model/incident.ts';
import { shipped } from '../../kit/faults/shipped.ts';
import { bob, evidenceItem, settings, shop, T0, telling } from '../../kit/incident/fixtures.ts';
import { opened, rechecked, resolved, type Walk, walk } from '../../kit/incident/walk.ts';

/** That it was deployed at this time, as its change file has it. */
const deployed = (at: number | string) =>
  evidenceItem({
    id: 'E7',
    kind: 'change',
    data: {
      type: 'facts',
      facts: { current_version: 'v2', deployed_at: typeof at === 'string' ? at : new Date(at).toISOString() },
    },
  });
const found = (walked: Walk, ...evidence: ReturnType<typeof deployed>[]) =>
  walked.feed({ type: 'evidence-collected', round: walked.incident.round, evidence }, 1000);
/** An alert of which no pattern knows anything, and a deploy so long before it. */
const afterDeploy = (before: number) => found(opened('Unheard'), deployed(T0 - 1000 - before));

describe('what begins within seconds of a known deploy', () => {
  it('is looked at once more before anybody is called, and then somebody is', () => {
    const walked = afterDeploy(8000);
    const { until } = walked.phase('investigating') as { until: number };
    expect(walked.told.at(-1)).toEqual({ kind: 'settling', deployed: T0 - 9000, until });
    expect(openCall(walked.incident)).toBeNull();
    expect(walked.effects.at(-1)).toMatchObject({ kind: 'timer', name: 'settle', at: until });
    walked.feed({ type: 'timer', name: 'settle', serves: String(until) }, until - walked.now);
    expect(walked.incident).toMatchObject({ phase: { at: 'investigating', doing: 'collecting' }, round: 2 });
    found(walked, deployed(T0 - 9000));
    expect(walked.incident.phase.at).toBe('escalated');
    expect(openCall(walked.incident)).not.toBeNull();
  });

  it('calls nobody where it was the restart, and is over by then', () => {
    const walked = afterDeploy(8000);
    resolved(walked);
    rechecked(walked);
    expect(walked.incident.phase).toMatchObject({ at: 'closed', how: 'recovered' });
    expect(walked.incident.call).toBeUndefined();
    walked.feed({ type: 'timer', name: 'settle', serves: '0' }, 20_000);
    expect(walked.refusals).toHaveLength(1);
  });

  it('is mended without waiting where Medic knows how', () => {
    const walked = opened('Small');
    walked.feed({
      type: 'evidence-collected',
      round: 1,
      evidence: [...telling('Small'), deployed(T0 - 9000)],
    });
    expect(walked.incident.phase.at).toBe('reproving');
  });

  it('waits as well where a cause is known that no playbook can be planned for', () => {
    const walked = opened('Choosy');
    found(walked, ...telling('Choosy'), deployed(T0 - 9000));
    expect(walked.incident.phase).toMatchObject({ at: 'investigating', doing: 'settling' });
  });

  it.each([
    ['long before it', () => afterDeploy(120_000)],
    ['after it had begun', () => found(opened('Unheard'), deployed(T0 + 500_000))],
    ['at a time that nobody can read', () => found(opened('Unheard'), deployed('yesterday'))],
    ['never, as far as is known', () => found(opened('Unheard'))],
  ])('calls a person at once where the deploy was %s', (_when, made) => {
    expect(made().incident.phase.at).toBe('escalated');
  });

  it('goes on with a model that answers late as with a second opinion, and calls nobody by it', () => {
    const walked = found(opened('Choosy', { model: true }), ...telling('Choosy'), deployed(T0 - 9000));
    const answer = { kind: 'failed', failure: 'garbage', reason: 'no sense', model: 'm' } as const;
    walked.feed({ type: 'model-answered', round: 1, evidence: [], answer });
    expect(walked.incident.phase).toMatchObject({ at: 'investigating', doing: 'settling' });
  });
});

describe('what lies in a dependency', () => {
  const within = ['service/stock'] as const;
  const stated = (
    id: string,
    witness: string,
    name: 'systemd.unit.active_state' | 'scrape.up',
    value: string | boolean,
  ) => ({
    ...evidenceItem({ id, kind: 'state', witness, dependency: 'stock', text: `${name}: ${value}` }),
    facts: [{ name, of: 'service/stock' as const, within, value, at: T0, quote: `${name}: ${value}` }],
  });
  /** That the process of stock has ended. */
  const dead = () => [
    stated('E8', 'systemd/ops-1/stock.service', 'systemd.unit.active_state', 'failed'),
    stated('E9', 'scrape/stock/ops-1:8080', 'scrape.up', false),
  ];
  const known = settings({
    services: { shop: { depends_on: ['stock'] }, stock: {} },
  });
  const about = (name: string, phase: Phase): Incident => ({
    ...opened('Unheard').incident,
    id: 'inc-other',
    subject: { kind: 'service', name, environment: 'production' },
    phase,
  });
  const where = (neighbours: readonly Incident[]) => {
    const circumstances = { settings: known, library: shipped().library };
    const walked = opened('Unheard', circumstances);
    return walked.feed({ type: 'evidence-collected', round: 1, evidence: dead() }, 1000, {
      around: { neighbours, lately: null },
    });
  };
  const MENDED: Phase = { at: 'investigating', doing: 'collecting' };

  it('waits one look where an incident of its own is under way there, and then somebody is called', () => {
    const walked = where([about('stock', MENDED)]);
    expect(walked.incident.diagnosis?.hypotheses[0]?.dependency).toBe('service stock');
    const { until } = walked.phase('investigating') as { until: number };
    expect(walked.told.at(-1)).toEqual({ kind: 'settling', dependency: 'stock', until });
    expect(openCall(walked.incident)).toBeNull();
    walked.feed({ type: 'timer', name: 'settle', serves: String(until) }, until - walked.now);
    walked.feed({ type: 'evidence-collected', round: 2, evidence: dead() }, 1000, {
      around: { neighbours: [about('stock', MENDED)], lately: null },
    });
    expect(walked.incident.phase.at).toBe('escalated');
  });

  it('calls nobody where it is over by then', () => {
    const walked = where([about('stock', MENDED)]);
    resolved(walked);
    rechecked(walked);
    expect(walked.incident.phase).toMatchObject({ at: 'closed' });
    expect(walked.incident.call).toBeUndefined();
  });

  it.each([
    ['nobody looks into it there', []],
    [
      'somebody was called for it there',
      [about('stock', { at: 'escalated', reason: 'nobody knows', decided: null })],
    ],
    ['another neighbour is looked into', [about('desk', MENDED)]],
  ])('calls a person at once where %s', (_where, neighbours) => {
    expect(where(neighbours).incident.phase.at).toBe('escalated');
  });
});

describe('what a person mistyped', () => {
  const heal = (walked: Walk, playbook: string, parameters = {}) =>
    walked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook, parameters });
  const fails = (walked: Walk) => {
    const { plan } = walked.phase('preparing').decided;
    return walked.feed({
      type: 'dry-run-ended',
      plan: plan.id,
      result: { kind: 'failed', reason: 'no such unit' },
    });
  };
  /** What is told that calls somebody. */
  const calls = (walked: Walk) => walked.told.filter(({ kind }) => kind === 'escalated' || kind === 'called');

  it('is refused where there is no such playbook or value, and takes no call', () => {
    const walked = found(opened('Unheard'));
    const { version } = walked.incident;
    heal(walked, 'eese');
    heal(walked, 'tune', { pace: 'quick' });
    expect(walked.refusals).toHaveLength(2);
    expect(walked.incident.version).toBe(version);
    expect(openCall(walked.incident)?.taken).toBeNull();
  });

  it('is answered, and calls nobody, where only its dry run shows it', () => {
    const walked = fails(
      walk({ type: 'heal-requested', subject: shop, by: bob, playbook: 'mend', parameters: {} }),
    );
    expect(walked.incident.phase).toMatchObject({ at: 'closed', how: 'answered' });
    expect(calls(walked)).toEqual([]);
  });

  it.each([
    ['escalated', () => found(opened('Unheard'))],
    [
      'cancelled',
      () => {
        const walked = opened('Middling');
        walked.feed({ type: 'evidence-collected', round: 1, evidence: telling('Middling') });
        return walked.feed({ type: 'acted', action: 'cancel', plan: null, by: bob, reason: null });
      },
    ],
  ])('leaves things as they were where an incident was %s', (_at, made) => {
    const walked = made();
    const before = [walked.incident.phase, calls(walked).length];
    fails(heal(walked, 'mend'));
    expect([walked.incident.phase, calls(walked).length]).toEqual(before);
    expect(walked.told.at(-1)).toMatchObject({ kind: 'withdrawn' });
  });

  it('is over where every alert resolved meanwhile, and all is seen to be well', () => {
    const walked = heal(opened('Small'), 'mend');
    resolved(walked);
    fails(walked);
    rechecked(walked);
    expect(walked.incident.phase).toMatchObject({ at: 'closed', how: 'recovered' });
    expect(calls(walked)).toEqual([]);
  });

  it('leaves to Medic what Medic was at', () => {
    const walked = fails(heal(opened('Small'), 'mend'));
    expect(walked.incident).toMatchObject({ phase: { at: 'investigating' }, round: 2 });
    expect(calls(walked)).toEqual([]);
  });
});
