import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../src/incident/event.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { describe as obstacleIn } from '../../src/incident/obstacle.ts';
import { bob, evidenceItem } from './fixtures.ts';
import { diagnosed, ended, opened, type Walk } from './walk.ts';

const CALL = '<!subteam^S0ONCALL> <@U0EVERY>';

/** The reason that the card and the call for a person give. */
function reasonOf({ phase }: Incident): string {
  if (!('reason' in phase) || phase.reason === null) throw new Error(`a reason is missing: ${phase.at}`);
  return phase.reason;
}

function acted(walked: Walk, action: PlanAction): Walk {
  return walked.feed({ type: 'acted', action, plan: null, by: bob, reason: CALL });
}

describe('words from outside, in a sentence of Medic’s own, name and call nobody', () => {
  it.each([
    [
      'the output of a dry run',
      () => {
        const walked = diagnosed('Grave');
        const { id } = walked.phase('preparing').decided.plan;
        return walked.feed({ type: 'dry-run-ended', plan: id, result: { kind: 'failed', reason: CALL } });
      },
    ],
    [
      'the output of a playbook',
      () => {
        return ended('Small', { kind: 'failed', reason: CALL, exitCode: null, untouched: true });
      },
    ],
    ['what a person gives as a reason', () => acted(diagnosed('Middling'), 'escalate')],
    [
      'what a model says',
      () => {
        const walked = opened('Unheard', { model: true });
        const evidence = [evidenceItem({ id: 'E1' })];
        walked.feed({ type: 'evidence-collected', round: 1, evidence });
        const answer = { kind: 'failed', failure: 'garbage', reason: CALL, model: 'm' } as const;
        return walked.feed({ type: 'model-answered', round: 1, answer, evidence });
      },
    ],
  ] as const)('%s', (_what, live) => {
    const reason = reasonOf(live().incident).replace(`<@${bob.id}>`, '');
    expect(reason).toContain('S0ONCALL');
    expect(reason).not.toMatch(/<[@!#]/);
  });

  it('the name of what another incident is about', () => {
    const lock = 'area:production/target/<!subteam^S0ONCALL>';
    const words = obstacleIn({ kind: 'locked', lock, holder: 'inc-1', retryAt: 0 });
    expect(words).toContain('S0ONCALL');
    expect(words).not.toMatch(/<[@!#]/);
  });
});
