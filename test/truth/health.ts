import type { Evidence } from '../../src/evidence/evidence.ts';
import { type Record, told } from './numbers.ts';
import type { Verdict } from './verdicts.ts';

/** What was found last, of which an answer about the health of a service speaks. */
function foundLast({ events }: Record): readonly Evidence[] {
  const found = events.flatMap((event) => (event.type === 'evidence-collected' ? [event.evidence] : []));
  return (found.at(-1) ?? []).filter(({ status }) => status === 'ok');
}

/** What one item says of the service: a look, a health check or an alert, and nothing else. */
function saysOf({ kind, data, text, supportsNothing }: Evidence): 'well' | 'ill' | null {
  if (kind === 'alert')
    return /^alert .+ is firing$/m.test(text) && supportsNothing === undefined ? 'ill' : null;
  if (kind === 'probe') return data?.type === 'facts' && data.facts.healthy === true ? 'well' : 'ill';
  // That a release is new says nothing of health.
  if (data?.type !== 'look' || 'release' in data.spec) return null;
  return data.reading.verdict === 'well' ? 'well' : 'ill';
}

const isIll = (record: Record) => foundLast(record).some((item) => saysOf(item) === 'ill');
const isWell = (record: Record) =>
  !isIll(record) && foundLast(record).some((item) => saysOf(item) === 'well');
/** An answer in the thread may be about another service, and from what was read for it alone. */
const hasAsked = (record: Record) => told(record, 'asked').length > 0;

/** What whoever asks how a service is may be told. */
export const HEALTH: readonly Verdict[] = [
  { says: /\bdoes not look healthy\b/i, isSo: (record) => isIll(record) || hasAsked(record) },
  { says: /\blooks healthy\b/i, isSo: (record) => isWell(record) || hasAsked(record) },
  { says: /\bshows no clear sign of health\b/i, isSo: (record) => !isIll(record) || hasAsked(record) },
  {
    says: /<@(\w+)> asked for it\b/,
    isSo: ({ incident: { openedBy } }, [who]) => openedBy.kind === 'person' && openedBy.user === who,
  },
];
