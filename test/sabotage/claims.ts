import { card } from '../../src/adapters/sinks/slack/blocks/card/card.ts';
import { threadMessages } from '../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import { canHaveHelped, type Incident, type VerifyAfter } from '../../src/incident/model/incident.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import { trackRecords } from '../../src/knowledge/track-record.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { type Case, isHonest } from './cases.ts';
import type { Patient } from './patient.ts';
import type { Stage } from './stage.ts';

/** All that Medic keeps of one service's incidents. */
export interface Kept {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
}

/** What Medic said of a recovery, and when; epoch milliseconds. */
export interface Claim {
  readonly at: number;
  /** `healed`: by its fix. `well`: whyever. */
  readonly what: 'healed' | 'well';
  readonly words: string;
}

/** How long nobody can know of a fault that begins: it is scraped, evaluated and sent first; milliseconds. */
const UNHEARD = 3_000;
/** How a card or a thread says that all is well. Asking whether it is, promising it or denying it says no such thing. */
const PRAISE =
  /Recovery proven|[Rr]ecovered (?:by itself|at )|\bResolved\b(?! by)|[Ww]ell again|Healthy, (?:but not|though)|healthy anyway|Answered by recovery/;

/** The words in which a card or a thread says that all is well; null where it does not. */
export const praiseIn = (text: string): string | null => PRAISE.exec(text)?.[0] ?? null;

export async function keptIn({ memory }: Stage): Promise<ReadonlyMap<string, readonly Kept[]>> {
  const all: Kept[] = [];
  for (const id of await memory.incidents()) {
    const [incident, timeline] = await Promise.all([memory.load(id), memory.timeline(id)]);
    if (incident !== null) all.push({ incident, timeline });
  }
  return Map.groupBy(
    all.sort((a, b) => a.incident.milestones.opened - b.incident.milestones.opened),
    ({ incident }) => incident.subject.name,
  );
}

/** Every word of recovery in an incident's record. */
export function claimsOf({ incident, timeline }: Kept): readonly Claim[] {
  let watching: VerifyAfter['kind'] = 'fix';
  let last: Incident['attempts'][number]['result'] = null;
  return timeline.flatMap(({ at, happening }): Claim[] => {
    if (happening.kind === 'watching') watching = happening.why;
    if (happening.kind === 'ended') last = happening.result;
    if (happening.kind === 'closed' && (happening.how === 'healed' || happening.how === 'recovered'))
      return [
        {
          at,
          what: happening.how === 'healed' ? 'healed' : 'well',
          words: `closed as ${happening.how}: ${plainly(happening.reason)}`,
        },
      ];
    if (happening.kind !== 'outcome' || happening.outcome.kind !== 'proven') return [];
    const byFix = watching === 'fix' && canHaveHelped(last);
    return [
      { at, what: byFix ? 'healed' : 'well', words: `proven in ${incident.id}: ${happening.outcome.reason}` },
    ];
  });
}

/** What its card and its thread say at last. */
function wordsOf({ incident, timeline }: Kept): string {
  return JSON.stringify([card(incident, { now: Date.now() }), threadMessages(incident, timeline)]);
}

/** Every lie about a service whose recovery was none, or was none of the remedy's. */
export function liesAbout(kept: readonly Kept[], patient: Patient): readonly string[] {
  const end = Date.now();
  return kept.flatMap((each) => {
    const claims = claimsOf(each);
    const false_ = claims.filter(
      ({ at, what }) => what === 'healed' || !patient.wasWellWithin(at - UNHEARD, at),
    );
    const { incident } = each;
    const stands = claims.length > 0 && incident.phase.at === 'closed' && incident.relapsed === null;
    const praise = praiseIn(wordsOf(each));
    const [record] = trackRecords([incident]);
    return [
      ...false_.map(({ words }) => words),
      ...(stands && !patient.wasWellWithin(end, end) ? ['its end stands although it did not last'] : []),
      ...(claims.length === 0 && praise !== null ? [`it reads "${praise}"`] : []),
      ...(record !== undefined && record.helped + record.didNotLast > 0
        ? [`the record of ${record.playbook} says that it helped`]
        : []),
      ...uncounted(incident),
    ];
  });
}

/** Attempts that failed or changed nothing, and that the playbook's record does not call that. */
function uncounted(incident: Incident): readonly string[] {
  const vain = incident.attempts.filter(
    ({ result, proof }) =>
      proof !== undefined &&
      (((result?.kind === 'failed' || result?.kind === 'timed-out') && result.untouched !== true) ||
        (result?.kind === 'succeeded' && result.changed === 0)),
  );
  const counted = trackRecords([incident]).reduce((sum, { didNotHelp }) => sum + didNotHelp, 0);
  return counted < vain.length ? ['the record of its playbook does not count the failure'] : [];
}

/** What is wrong with how an honest recovery was told; null where nothing. */
export function unrecognised(kept: readonly Kept[], { kind }: Case, patient: Patient): string | null {
  if (!isHonest(kind)) return null;
  const [first] = kept;
  if (first === undefined) return 'nothing was told of it';
  const { phase } = first.incident;
  if (phase.at !== 'closed' || phase.how !== kind.must)
    return `it is ${phase.at === 'closed' ? `closed as ${phase.how}` : phase.at}, not ${kind.must}`;
  const early = claimsOf(first).find(({ at }) => !patient.wasWellWithin(at, at));
  if (early !== undefined) return `said before it was so: ${early.words}`;
  const [record] = trackRecords([first.incident]);
  return kind.must === 'healed' && record?.helped !== 1 ? 'the record does not say that it helped' : null;
}
