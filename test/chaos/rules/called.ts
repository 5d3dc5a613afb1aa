import { nameOf } from './account.ts';
import type { ChaosRecord, KeptIncident } from './record.ts';

/** How long after its time a rung may be told at the end of a run, milliseconds. */
const LATE = 5_000;

/** Calls that nobody was told of in time, that were told twice, or of which the pager shows something else than is so. */
export function callsAstray({ incidents, pages, refusedPages, endedAt }: ChaosRecord): readonly string[] {
  const known = new Set(incidents.map(({ incident }) => incident.id));
  return [
    ...refusedPages.map((why) => `the pager could not read what it was told: ${why}`),
    ...Object.keys(pages)
      .filter((id) => !known.has(id))
      .map((id) => `the pager shows ${id}, which is not kept`),
    ...incidents.flatMap((kept) =>
      flawsOf(kept, pages[kept.incident.id] ?? null, endedAt).map((flaw) => `${nameOf(kept)}: ${flaw}`),
    ),
  ];
}

function flawsOf(
  { incident: { call }, timeline }: KeptIncident,
  page: ChaosRecord['pages'][string] | null,
  endedAt: number,
): readonly string[] {
  const told = timeline.flatMap(({ happening }) => (happening.kind === 'called' ? [happening] : []));
  const twice = told.filter(
    (one, index) => told.findIndex(({ call: nth, tell }) => nth === one.call && tell === one.tell) < index,
  );
  const shown = page ?? 'nothing';
  const so = call === undefined ? ['nothing'] : mayShow(call, page);
  return [
    ...twice.map(({ call: nth, tell }) => `${tell} was told twice of call ${nth}`),
    ...(so.includes(shown) ? [] : [`the pager shows ${shown} where it must show ${so.join(' or ')}`]),
    ...(call?.next != null && call.next + LATE < endedAt
      ? ['nobody was told although it was their turn']
      : []),
  ];
}

type Call = NonNullable<KeptIncident['incident']['call']>;

/** What a pager may show of a call: nothing of one that it was never told of. */
function mayShow(call: Call, page: ChaosRecord['pages'][string] | null): readonly string[] {
  if (call.ended !== null) return ['nothing', 'resolved'];
  if (call.taken !== null) return ['nothing', 'acknowledged', 'resolved'];
  if (call.told.some(({ sink }) => sink === 'pagerduty')) return ['triggered'];
  // Until its turn has come, it shows what it was told of an earlier call, if of any.
  return call.earlier.includes('pagerduty') ? [page ?? 'nothing'] : ['nothing'];
}
