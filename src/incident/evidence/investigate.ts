import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { compare, judge, type Opinion } from '../../diagnosis/judge.ts';
import { askKnown } from '../../diagnosis/known.ts';
import { isWorthAnotherLook } from '../../diagnosis/look.ts';
import type { ModelAnswer } from '../../diagnosis/model.ts';
import { type Evidence, summarise } from '../../evidence/evidence.ts';
import { cutWholeWords } from '../../lib/text/cut.ts';
import { type Said, say } from '../../lib/text/text.ts';
import { letSettle } from '../alerts/settle.ts';
import { endUnfixed } from '../end.ts';
import { change, type Draft, emit, enter, record } from '../model/draft.ts';
import type { Decided, Incident, Phase } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { needingApproval, planFor, waitingFor, waitingForPeople } from '../plan/planning.ts';
import { attachChart } from './chart.ts';
import { evidenceSummary, healthIn } from './evidence-summary.ts';
import { findings } from './found.ts';
import { type Anew, investigate } from './gather.ts';
import { sceneOf } from './scene.ts';

/** How much of an item the thread shows at a glance. */
const EXCERPT = 600;

/** How often it is looked at again where a look told nothing for want of time, before a person is called. */
const MOST_AGAIN = 2;

/** The facts are in: known patterns speak first, and the model where they do not decide, or as a second opinion. */
export function consider(draft: Draft, evidence: readonly Evidence[], context: StepContext): Draft {
  const { incident } = draft;
  const noted = record(
    change(draft, {
      evidence: evidence.map(summarise),
      found: findings(draft, evidence, context),
      milestones: { ...incident.milestones, evidence: incident.milestones.evidence ?? context.now },
    }),
    {
      kind: 'evidence',
      round: incident.round,
      items: evidence.map(summarise),
      excerpts: excerptsOf(evidence),
    },
  );
  // A person's own plan may have overtaken the investigation: the facts are kept, and nothing else is concluded.
  const { phase } = incident;
  if (phase.at !== 'investigating' || phase.doing === 'settling') return noted;
  const anew: Anew = phase.settled === true ? { settled: true } : {};
  if (isBlind(incident, evidence)) return investigate(noted);
  const known = askKnown(context.library, context.catalog, evidence, sceneOf(incident, context.settings));
  const diagnosis =
    known === null ? null : judge(known.proposal, known.by, judging(draft, evidence, context));
  const question = { kind: 'ask-model', round: incident.round } as const;
  if (diagnosis?.conclusion.kind === 'cause') {
    const told = attachChart(diagnosed(noted, diagnosis, context), evidence);
    const planned = planFor(told, diagnosis, evidence, context);
    return context.model && planned.incident.phase.at !== 'closed' ? emit(planned, question) : planned;
  }
  const { again = 0 } = phase;
  if (again < MOST_AGAIN && isWorthAnotherLook(evidence))
    return investigate(noted, { ...anew, again: again + 1 });
  const unsure = diagnosis === null ? noted : diagnosed(noted, diagnosis, context);
  if (context.model) return emit(enter(unsure, { at: 'investigating', doing: 'asking', ...anew }), question);
  return giveUp(
    attachChart(unsure, evidence),
    diagnosis?.lead ?? null,
    unexplained(incident, diagnosis),
    evidence,
    context,
  );
}

/** Why a person is called where no model can be asked. What known patterns lack is said in their own words. */
function unexplained(incident: Incident, diagnosis: Diagnosis | null): string {
  if (diagnosis?.conclusion.kind === 'abstained') return diagnosis.conclusion.reason;
  return isQuestion(incident)
    ? 'no known fault is seen, and no model is configured'
    : 'no known fault explains it, and no model is configured';
}

/** An alert joined while a person's question was looked into: these facts were gathered without it. */
function isBlind({ openedBy, ...incident }: Incident, evidence: readonly Evidence[]): boolean {
  const joined = openedBy.kind === 'person' && Object.keys(incident.alerts).length > 0;
  return joined && evidence.every(({ kind }) => kind !== 'alert');
}

/** The model has spoken, or failed to. */
export function listen(
  draft: Draft,
  answer: ModelAnswer,
  evidence: readonly Evidence[],
  context: StepContext,
): Draft {
  const { phase } = draft.incident;
  const asked = phase.at === 'investigating' && phase.doing !== 'settling';
  if (answer.kind === 'failed') {
    const fallback = asked ? 'a person is called with the evidence' : 'the known pattern stands on its own';
    const told = record(draft, {
      kind: 'model-failed',
      model: answer.model,
      reason: answer.reason,
      fallback,
    });
    return asked
      ? giveUp(
          attachChart(told, evidence),
          draft.incident.diagnosis?.lead ?? null,
          `the model gave no answer: ${answer.reason}`,
          evidence,
          context,
        )
      : told;
  }
  if (asked && isBlind(draft.incident, evidence)) return investigate(draft);
  const by = { kind: 'model', model: answer.model, promptHash: answer.promptHash } as const;
  const diagnosis = judge(answer.proposal, by, judging(draft, evidence, context));
  if (!asked) return secondOpinion(draft, diagnosis, context);
  const told = attachChart(diagnosed(draft, diagnosis, context), evidence);
  if (diagnosis.conclusion.kind === 'cause') return planFor(told, diagnosis, evidence, context);
  return giveUp(told, diagnosis.lead, diagnosis.conclusion.reason, evidence, context);
}

/** A second opinion that contradicts puts a plan that has not started before a person. Afterwards it is only recorded. */
function secondOpinion(draft: Draft, diagnosis: Diagnosis, context: StepContext): Draft {
  const first = draft.incident.diagnosis;
  const opinion: Opinion =
    first === null ? { verdict: 'abstains' } : compare(first, diagnosis, context.settings.policy.confidence);
  const told = record(change(draft, { secondOpinion: diagnosis }), {
    kind: 'second-opinion',
    diagnosis,
    verdict: opinion.verdict,
  });
  const decided = currentPlan(draft.incident);
  if (opinion.verdict !== 'contradicts' || decided === null || !restsOn(first, decided)) return told;
  const reason = opinion.words;
  const held = beforePerson(draft.incident.phase, say`${reason}`, context);
  return held === null
    ? told
    : record(enter(told, held), { kind: 'held', plan: decided.plan.id, by: 'second opinion', reason });
}

/** Whether a plan rests on a diagnosis. What a person put in its place rests on that person's word. */
function restsOn(diagnosis: Diagnosis | null, { plan }: Decided): boolean {
  return plan.requestedBy.kind === 'medic' || plan.playbook === diagnosis?.hypotheses[0]?.playbook;
}

/** The phase with its plan put before a person; null where the plan has begun, or waits for nothing any more. */
function beforePerson(phase: Phase, reason: Said, context: StepContext): Phase | null {
  switch (phase.at) {
    case 'preparing':
      return { ...phase, decided: needingApproval(phase.decided, reason, context) };
    case 'waiting':
      return waitingForPeople(phase, reason, context);
    case 'reproving':
    case 'starting':
      return waitingFor(needingApproval(phase.decided, reason, context));
    case 'verifying': {
      if (!('resume' in phase.after)) return null;
      const resume = waitingForPeople(phase.after.resume, reason, context);
      return { ...phase, decided: resume.decided, after: { ...phase.after, resume } };
    }
    default:
      return null;
  }
}

function judging(draft: Draft, evidence: readonly Evidence[], context: StepContext) {
  return {
    evidence,
    catalog: context.catalog,
    threshold: context.settings.policy.confidence,
    round: draft.incident.round,
    now: context.now,
  };
}

function diagnosed(draft: Draft, diagnosis: Diagnosis, context: StepContext): Draft {
  const { milestones } = draft.incident;
  return record(
    change(draft, {
      diagnosis,
      milestones: { ...milestones, diagnosed: milestones.diagnosed ?? context.now },
    }),
    {
      kind: 'diagnosed',
      diagnosis,
    },
  );
}

/**
 * Nobody knows: a person is called with the best lead. A question that nothing fires about is simply answered, with what was looked
 * at: that nothing was found is worth something only to one who knows where.
 */
function giveUp(
  draft: Draft,
  lead: string | null,
  reason: string,
  evidence: readonly Evidence[],
  context: StepContext,
): Draft {
  const settling = letSettle(draft, evidence, context);
  if (settling !== null) return settling;
  const why = isQuestion(draft.incident) ? answerTo(evidence, reason, context) : reason;
  return endUnfixed(draft, say`${lead === null ? why : `${why}. Best lead: ${lead}`}`, context);
}

/** Why nothing is known of an ill is of no use to one whose service is well. */
function answerTo(evidence: readonly Evidence[], reason: string, { now }: StepContext): string {
  const looked = evidenceSummary(evidence, now);
  return healthIn(evidence, now).verdict === 'healthy' ? looked : `${looked}; ${reason}`;
}

/** Whether a person asked, and no alert has come of it. */
function isQuestion({ openedBy, alerts }: Incident): boolean {
  return openedBy.kind === 'person' && Object.keys(alerts).length === 0;
}

function excerptsOf(evidence: readonly Evidence[]): Readonly<Record<string, string>> {
  return Object.fromEntries(evidence.map((item) => [item.id, excerptOf(item.text)]));
}

/** Whole lines, as far as there is room: half a line may say something else than the whole one. */
function excerptOf(text: string): string {
  if (text.length <= EXCERPT) return text;
  const end = text.lastIndexOf('\n', EXCERPT);
  return end > 0 ? text.slice(0, end) : cutWholeWords(text, EXCERPT);
}
