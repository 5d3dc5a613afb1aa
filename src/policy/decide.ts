import type { Subject } from '../alerts/alert.ts';
import type { PolicySettings } from '../config/settings.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { type Said, say } from '../lib/text/text.ts';
import type { Risk } from '../playbooks/manifest.ts';
import type { Plan } from '../playbooks/plan.ts';
import { type Circumstances, tierOf } from './tier.ts';
import type { Mode, Verdict } from './verdict.ts';

/** Everything a verdict depends on. */
export interface Case extends Circumstances {
  readonly plan: Plan;
  readonly subject: Subject;
  /** What the plan rests on; null for a person's own plan, which needs none. */
  readonly diagnosis: Diagnosis | null;
  readonly settings: PolicySettings;
  readonly policyDigest: string;
  readonly now: number;
}

/** Says what may become of a plan, and why. The rules, in order: environment, evidence, mode, tier. */
export function decide(given: Case): Verdict {
  const { plan, settings } = given;
  const tier = tierOf(plan, given);
  const verdict = (kind: Verdict['kind'], reason: Said): Verdict => ({
    kind,
    tier,
    reasons: [reason, ...tier.raisedBy.map((step) => say`${step}`)],
    approvals: approvalsFor(given.subject, settings),
    window: kind === 'wait' ? settings.cancel_window : settings.approval_expires,
    planDigest: plan.digest,
    policyDigest: given.policyDigest,
    at: given.now,
  });
  if (plan.environment !== given.subject.environment) {
    return verdict(
      'deny',
      say`the plan acts on ${plan.environment}, the incident is about ${given.subject.environment}`,
    );
  }
  if (plan.requestedBy.kind === 'medic' && given.diagnosis?.conclusion.kind !== 'cause') {
    return verdict('deny', say`nothing is automatic without a cause backed by evidence`);
  }
  const mode = modeOf(given.subject, settings);
  if (mode === 'observe') return verdict('observe', say`observe mode in ${given.subject.environment}`);
  if (mode === 'supervised') return verdict('ask', say`supervised mode asks before every run`);
  return verdict(KINDS[tier.effective], say`its playbook declares ${tier.declared} risk`);
}

const KINDS = { low: 'allow', medium: 'wait', high: 'ask' } as const satisfies Record<Risk, Verdict['kind']>;

/** The mode that holds for a subject: the first exception that fits, else the default. */
export function modeOf(subject: Subject, settings: PolicySettings): Mode {
  return settings.modes.find((exception) => isFor(exception, subject))?.mode ?? settings.mode;
}

/** How many people an approval takes: more than one may be asked for everywhere, and two where four eyes are to see it. */
function approvalsFor(subject: Subject, { approvals, four_eyes }: PolicySettings): number {
  return four_eyes.some((place) => isFor(place, subject)) ? Math.max(2, approvals) : approvals;
}

/** Whether a rule is for a subject: whatever it leaves out fits anything. */
function isFor(
  rule: { readonly environment?: string | undefined; readonly service?: string | undefined },
  subject: Subject,
): boolean {
  return (
    (rule.environment === undefined || rule.environment === subject.environment) &&
    (rule.service === undefined || rule.service === subject.name)
  );
}
