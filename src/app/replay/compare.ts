import type { Conclusion, Past } from './past.ts';

/** Something that is concluded otherwise today. */
export type Difference = 'cause' | 'object' | 'confidence' | 'playbook' | 'tier' | 'decision';

/** Less than this is the same confidence to a person. */
const A_POINT = 0.005;

/** What differs between two conclusions, that which matters most first. Pure. */
export function differences(was: Conclusion, now: Conclusion): readonly Difference[] {
  const differs: Readonly<Record<Difference, boolean>> = {
    cause: was.stands !== now.stands || causeOf(was) !== causeOf(now),
    object: was.stands && now.stands && was.object !== now.object,
    confidence: Math.abs((was.confidence ?? 0) - (now.confidence ?? 0)) >= A_POINT,
    playbook: was.playbook !== now.playbook,
    tier: was.tier !== now.tier,
    decision: was.decision !== now.decision,
  };
  return (Object.keys(differs) as Difference[]).filter((one) => differs[one]);
}

function causeOf({ fault, cause }: Conclusion): string | null {
  return fault ?? cause;
}

/** What a replay cannot show, in sentences: it has what was found then, and not the world. Pure. */
export function limitsOf({ was, alerts, subject }: Past, services: readonly string[]): readonly string[] {
  return [
    'The facts are those that were found then: what a collector of today would find besides, or otherwise, is not in them.',
    ...(was.by === 'model'
      ? ['A model named the cause then; no model is asked now, so that only faults and patterns answer.']
      : []),
    ...(alerts.length === 0 ? ['A person asked then; what they asked is not kept word for word.'] : []),
    ...(subject.kind === 'service' && !services.includes(subject.name)
      ? [
          `${subject.name} is not in medic.yml any more, or here: nothing is known of its hosts, and no plan can be made for it.`,
        ]
      : []),
    'Silences, cooldowns, orders of people and other incidents of that time are left out.',
  ];
}
