import { type Lead, leadsIn } from '../../diagnosis/leads.ts';
import { shownFor } from '../../diagnosis/look.ts';
import { deployIn } from '../../evidence/deploy.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { ofSubject } from '../../evidence/facts/of-subject.ts';
import type { LookReading } from '../../evidence/looks/look.ts';
import { cutWholeWords } from '../../lib/text/cut.ts';
import type { Draft } from '../model/draft.ts';
import type { Incident } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { groundsOf, makePlan } from '../plan/plan-builder.ts';
import { sceneOf } from './scene.ts';

/** What a round of evidence holds for a person who has to take over. */
export interface Found {
  readonly round: number;
  readonly leads: readonly Near[];
  readonly looks: readonly Looked[];
  /** The playbooks that ease faults of the library without mending them, where a plan can be made as it stands. Absent in what an older Medic found. */
  readonly eases?: readonly Easing[];
  /** The release that came shortly before what is wrong; absent where none did. */
  readonly release?: Release;
}

/** A lead with what would mend it. */
export interface Near extends Lead {
  readonly title: string;
  /** Whether a plan can be made of it as it stands: nobody has to give a value. */
  readonly ready: boolean;
}

/** A playbook that a person may run for a while's relief. */
export interface Easing {
  readonly playbook: string;
  readonly title: string;
  readonly faults: readonly string[];
}

/** What Medic saw when it looked for itself. */
export type Looked = Pick<LookReading, 'words' | 'verdict' | 'at'>;

export interface Release {
  readonly version: string;
  /** Who released it; null where nobody is named. */
  readonly by: string | null;
  readonly at: number;
  /** How long before what is wrong began, milliseconds. */
  readonly before: number;
}

const LOOKS = 6;
const WORDS = 200;
/** A release longer ago than this before the first sign is nothing that people have to see first; milliseconds. */
const SHORTLY = 2 * 3_600_000;

/** Keeps of the evidence what people need who take over. Nothing is concluded from it. */
export function findings(draft: Draft, all: readonly Evidence[], context: StepContext): Found {
  const { incident } = draft;
  const evidence = ofSubject(all);
  const release = releaseIn(incident, evidence);
  return {
    round: incident.round,
    leads: leadsIn(context.library, context.catalog, evidence, sceneOf(incident, context.settings))
      .map((lead) => nearOf(draft, lead, evidence, context))
      .filter((near) => !isElsewhere(near, evidence, context)),
    looks: looksIn(evidence),
    eases: easing(draft, evidence, context),
    ...(release === null ? {} : { release }),
  };
}

/** A pattern of a playbook for what is not known to run here: there was nowhere to look for it, and no plan can be made of it. */
function isElsewhere(
  { playbook, fault, ready }: Near,
  evidence: readonly Evidence[],
  { catalog }: StepContext,
) {
  const known = playbook === null || fault !== undefined || ready ? undefined : catalog.get(playbook);
  return known !== undefined && shownFor(known, evidence).kind === 'unasked';
}

function easing(draft: Draft, evidence: readonly Evidence[], context: StepContext): readonly Easing[] {
  return [...context.catalog.values()]
    .filter(({ manifest }) => manifest.eases.length > 0)
    .flatMap(({ manifest: { name: playbook, eases: faults } }) => {
      const lead = { playbook, cause: '', matched: [], missing: [] };
      const { title, ready } = nearOf(draft, lead, evidence, context);
      return ready ? [{ playbook, title, faults }] : [];
    });
}

function nearOf(draft: Draft, lead: Lead, evidence: readonly Evidence[], context: StepContext): Near {
  if (lead.playbook === null) return { ...lead, title: lead.title ?? lead.cause, ready: false };
  const by = { kind: 'person', user: '' } as const;
  const grounds = groundsOf(draft.incident, evidence, context.settings);
  const made = makePlan(draft, { playbook: lead.playbook, parameters: {}, by }, grounds, context);
  const title = made.kind === 'made' ? made.plan.title : context.catalog.get(lead.playbook)?.manifest.title;
  return { ...lead, title: title ?? lead.playbook, ready: made.kind === 'made' };
}

function looksIn(evidence: readonly Evidence[]): readonly Looked[] {
  const looked = evidence.flatMap(({ data }) => (data?.type === 'look' ? [data.reading] : []));
  // What is wrong comes before what is well: on many hosts only the first few are kept.
  const order: readonly LookReading['verdict'][] = ['fault', 'other', 'unknown', 'well'];
  return looked
    .toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict))
    .slice(0, LOOKS)
    .map(({ words, verdict, at }) => ({ words: cutWholeWords(words, WORDS), verdict, at }));
}

/** The newest release before what is wrong began, as the service's own record of changes has it, or whoever deployed it told. */
function releaseIn({ alerts }: Incident, evidence: readonly Evidence[]): Release | null {
  // Of no alert at all, nothing is before it.
  const began = Math.min(...Object.values(alerts).map(({ alert }) => alert.startsAt));
  const [newest] = evidence
    .flatMap((item) => deployIn(item) ?? [])
    .map(({ version, by, at }) => ({
      version: cutWholeWords(version, WORDS),
      by: by === null ? null : cutWholeWords(by, WORDS),
      at,
    }))
    .filter(
      ({ version, at }) => version !== '' && Number.isFinite(began) && at <= began && began - at <= SHORTLY,
    )
    .sort((one, other) => other.at - one.at);
  return newest === undefined ? null : { ...newest, before: began - newest.at };
}
