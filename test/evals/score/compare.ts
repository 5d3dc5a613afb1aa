import { z } from 'zod';
import type { Row } from './summary.ts';
import type { Verdict } from './verdict.ts';

/** From the best to the worst. */
const ORDER: readonly Verdict[] = ['right', 'abstained', 'wrong', 'error', 'wrong_action'];

const Earlier = z.object({
  rows: z.array(
    z.object({
      case: z.string(),
      verdict: z.enum(['right', 'wrong', 'abstained', 'wrong_action', 'error']),
      fault: z.string().nullish(),
      object: z.string().nullish(),
    }),
  ),
});
export type Earlier = z.infer<typeof Earlier>;

export interface Changed {
  readonly case: string;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly fault: string | null;
  readonly isWorse: boolean;
}

/** The last line of what `--json` printed; throws where that is none. */
export function readEarlier(text: string): Earlier {
  const line = text.trim().split('\n').at(-1) ?? '';
  return Earlier.parse(JSON.parse(line));
}

/** What changed since, what got worse first, the worst of it at the top. A case that is gone is worse: nothing is known of it any more. */
export function compare(earlier: Earlier, rows: readonly Row[]): readonly Changed[] {
  const before = new Map(earlier.rows.map((row) => [row.case, row]));
  const after = new Map(rows.map((row) => [row.case, row]));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .flatMap((name): readonly Changed[] => {
      const [was, is] = [before.get(name), after.get(name)];
      if (was?.verdict === is?.verdict) return [];
      const step = was === undefined ? 0 : is === undefined ? 1 : rank(is.verdict) - rank(was.verdict);
      return [
        {
          case: name,
          before: was?.verdict ?? null,
          after: is?.verdict ?? null,
          fault: is?.fault ?? null,
          isWorse: step > 0,
        },
      ];
    })
    .sort((a, b) => weight(b) - weight(a));
}

const rank = (verdict: Verdict) => ORDER.indexOf(verdict);

function weight({ isWorse, after }: Changed): number {
  return (isWorse ? 100 : 0) + (after === null ? ORDER.length : rank(after));
}
