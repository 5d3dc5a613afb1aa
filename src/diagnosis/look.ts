import type { Evidence } from '../evidence/evidence.ts';
import { ofSubject } from '../evidence/facts/of-subject.ts';
import type { LookReading, LookSpec } from '../evidence/looks/look.ts';
import type { Playbook } from '../playbooks/manifest.ts';
import type { Claim } from './diagnosis.ts';

/**
 * What Medic's own look says of the fault that a playbook is for.
 *
 * - `undeclared`: the playbook declares no look
 * - `shown`: it shows the fault; the claims cite it
 * - `unasked`: nobody knew where to look, as where the registry does not say where it runs
 * - `unread`: it could not be read
 * - `not-shown`: it was read, and does not show the fault
 */
export type Shown =
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'shown'; readonly claims: readonly Claim[] }
  | { readonly kind: 'unasked'; readonly words: string }
  | { readonly kind: 'unread'; readonly words: string }
  | { readonly kind: 'not-shown'; readonly words: string };

const QUOTE = 200;

export function shownFor(playbook: Playbook, evidence: readonly Evidence[]): Shown {
  if (playbook.manifest.look === null) return { kind: 'undeclared' };
  const own = looksAmong(evidence).filter(({ look }) => look.playbooks.includes(playbook.manifest.name));
  const shown = own.filter(({ item, look }) => item.status === 'ok' && look.reading.verdict === 'fault');
  const unbounded = shown.find(({ look }) => isUnbounded(look.reading, look.spec));
  if (unbounded !== undefined && !grows(evidence))
    return {
      kind: 'not-shown',
      words: `${unbounded.look.reading.words}; it has no limit (memory_limit in medic.yml), and nothing shows that it grows`,
    };
  if (shown.length > 0) return { kind: 'shown', claims: shown.map(({ item }) => claimOf(item)) };
  const words = own.map(({ look }) => look.reading.words).join('; ');
  const unread = own.some(({ look }) => look.reading.verdict === 'unknown');
  if (own.length === 0) return { kind: 'unasked', words: 'nothing was looked at for it' };
  return { kind: unread ? 'unread' : 'not-shown', words };
}

/** A service that holds most of a host may be meant to, as a database is: whoever sets no limit has to see it grow. */
function isUnbounded({ facts }: LookReading, spec: LookSpec): boolean {
  return 'memory' in spec && facts.limit_bytes === undefined;
}

/** In four hours it would hold twice as much. */
const SOON = 4 * 3600;

function grows(evidence: readonly Evidence[]): boolean {
  return ofSubject(evidence).some(
    ({ status, supportsNothing, facts = [] }) =>
      status === 'ok' &&
      supportsNothing === undefined &&
      facts.some(
        ({ name, value, usual }) =>
          name === 'process.resident_memory.doubling' &&
          usual !== true &&
          typeof value === 'number' &&
          value <= SOON,
      ),
  );
}

/** Whether a look among the evidence told nothing for want of time alone, so that another may tell more. */
export function isWorthAnotherLook(evidence: readonly Evidence[]): boolean {
  return looksAmong(evidence).some(({ look }) => look.reading.late === true);
}

function looksAmong(evidence: readonly Evidence[]) {
  return evidence.flatMap((item) => (item.data?.type === 'look' ? [{ item, look: item.data }] : []));
}

/** Its first line says what was seen, with its numbers. */
function claimOf({ id, text }: Evidence): Claim {
  const [line = ''] = text.split('\n');
  return {
    text: 'Medic’s own look confirms it.',
    citations: [{ evidence: id, quote: line.slice(0, QUOTE).trim() }],
  };
}
