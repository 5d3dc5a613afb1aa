import type { Evidence } from '../evidence/evidence.ts';
import type { Catalog, Pattern, Playbook } from '../playbooks/manifest.ts';
import type { Library } from './faults/library.ts';
import { nearMisses } from './faults/near-misses.ts';
import type { Scene } from './faults/recognise.ts';
import { shownFor } from './look.ts';
import { meeting } from './patterns.ts';

/** A known cause some of whose signs are there: what speaks for it, and what would have to be so as well. */
export interface Lead {
  /** What would mend it; null where no playbook does. */
  readonly playbook: string | null;
  /** The fault of the library that it is; absent where a playbook knows it by a pattern of its own. */
  readonly fault?: string;
  /** What the fault is called. */
  readonly title?: string;
  readonly cause: string;
  /** Its signs that were found, and those that were not, in the words of the catalog and of Medic's look. */
  readonly matched: readonly string[];
  readonly missing: readonly string[];
  /** Those of which nobody can say, since what they would stand in could not be read. */
  readonly unread?: readonly string[];
  /** What a person does about it. */
  readonly steps?: readonly string[];
}

const MOST = 3;

interface Sign {
  readonly words: string;
  readonly holds: boolean;
  /** Whether what it would stand in could not be read. */
  readonly unread: boolean;
  /** Whether it tells this cause from others: that some alert fires does not. */
  readonly tells: boolean;
}

/**
 * The known causes that come nearest to what was found, best first: patterns of playbooks, and faults of the library. A fault that a
 * playbook mends and that playbook's own pattern are one, told by whichever comes nearer.
 */
export function leadsIn(
  library: Library,
  catalog: Catalog,
  evidence: readonly Evidence[],
  scene: Scene,
): readonly Lead[] {
  const all = [...patternLeads(catalog, evidence), ...nearMisses(library, catalog, evidence, scene)];
  const ranked = all.toSorted((one, other) => shareOf(other) - shareOf(one));
  const isFirst = ({ playbook }: Lead, index: number) =>
    playbook === null || ranked.findIndex((one) => one.playbook === playbook) === index;
  return ranked.filter(isFirst).slice(0, MOST);
}

function shareOf({ matched, missing, unread = [] }: Lead): number {
  return matched.length / (matched.length + missing.length + unread.length);
}

/** A pattern that only has in common with what was found that something fires is none, unless nobody could look. */
function patternLeads(catalog: Catalog, evidence: readonly Evidence[]): readonly Lead[] {
  return [...catalog.values()]
    .flatMap((playbook) => playbook.manifest.answers.map((pattern) => weighed(playbook, pattern, evidence)))
    .filter(({ signs, open }) => signs.some(({ holds, tells }) => holds && (tells || open)))
    .map(({ playbook, pattern, signs }) => {
      const of = (meant: (sign: Sign) => boolean) => signs.filter(meant).map(({ words }) => words);
      const unread = of((sign) => !sign.holds && sign.unread);
      return {
        playbook: playbook.manifest.name,
        cause: pattern.cause,
        matched: of(({ holds }) => holds),
        missing: of((sign) => !sign.holds && !sign.unread),
        ...(unread.length === 0 ? {} : { unread }),
      };
    });
}

function weighed(playbook: Playbook, pattern: Pattern, evidence: readonly Evidence[]) {
  const shown = shownFor(playbook, evidence);
  const signs = [...lookSign(shown), ...pattern.when.map((condition) => signOf(condition, evidence))];
  return { playbook, pattern, signs, open: shown.kind === 'unread' || shown.kind === 'unasked' };
}

function lookSign(shown: ReturnType<typeof shownFor>): readonly Sign[] {
  switch (shown.kind) {
    case 'undeclared':
      return [];
    case 'shown': {
      const quote = shown.claims[0]?.citations[0]?.quote ?? 'Medic looked, and saw it';
      return [{ words: quote, holds: true, unread: false, tells: true }];
    }
    case 'not-shown':
      return [{ words: shown.words, holds: false, unread: false, tells: true }];
    case 'unread':
    case 'unasked':
      return [{ words: `Medic’s own look: ${shown.words}`, holds: false, unread: true, tells: true }];
    default:
      return shown satisfies never;
  }
}

function signOf(condition: Pattern['when'][number], evidence: readonly Evidence[]): Sign {
  const holds = meeting(condition, evidence).length > 0;
  const tells = !('alert' in condition && condition.alert === 'any');
  const kind = 'alert' in condition ? 'alert' : condition.evidence;
  const unread = evidence.some((item) => item.kind === kind && item.status === 'failed');
  return { words: condition.claim.replace(/\.$/, ''), holds, unread, tells };
}
