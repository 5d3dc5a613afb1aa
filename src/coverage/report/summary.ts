import { inDays } from '../duration.ts';
import type { Lack } from '../judge.ts';
import type { Coverage } from '../sum.ts';
import { counted } from './words.ts';

/** What is lacking, as it goes after "for lack of". */
const LACKS: Readonly<Record<Lack, string>> = {
  syntax: 'an expression that it can read',
  always: '',
  label: 'a label that names what they are about',
  facts: 'facts about what they measure',
  fault: 'a fault in the library that fits',
};

/** The sum in one sentence: "37 alerts in 30 days: I could have healed up to 14, …". */
export function summaryOf({ sum, history, rows }: Coverage): string {
  const { by, total, counts, lacking } = sum;
  if (rows.length === 0) return 'There is no alert rule.';
  if (counts === 'alerts' && total === 0)
    return `No alert fired in ${inDays(history?.covered ?? 0)}. ${summaryOf(unmeasured({ sum, history, rows }))}`;
  const [healed, asked, named] =
    counts === 'alerts'
      ? ['I could have healed', 'asked for', 'named the cause of']
      : ['I could heal', 'ask for', 'name the cause of'];
  const parts = [
    ...(by.heal > 0 ? [`${healed} up to ${by.heal}`] : [`${healed} none by myself`]),
    ...(by.ask > 0 ? [`${asked} ${by.ask}`] : []),
    ...(by.explain > 0 ? [`${named} ${by.explain} without a fix for it`] : []),
  ];
  const lacks = [...lacking]
    .filter(([, count]) => count > 0)
    .map(([lack, count]) => `${count} for lack of ${LACKS[lack]}`);
  const none = by.none === 0 ? '' : `, and can’t explain ${by.none}: ${lacks.join('; ')}`;
  const when = history === null ? '' : ` in ${inDays(history.covered)}`;
  return `${counts === 'alerts' ? counted(total, 'alert') : counted(total, 'alert rule')}${when}: ${listed(parts)}${none}.`;
}

/** The same by rules, where nothing fired. */
function unmeasured({ rows }: Pick<Coverage, 'rows' | 'sum' | 'history'>): Coverage {
  const counted = rows.filter(({ lack }) => lack !== 'always');
  const of = (outcome: string) => counted.filter((row) => row.outcome === outcome).length;
  const lacks = Map.groupBy(counted, ({ lack }) => lack);
  const lacking = new Map(
    [...lacks].flatMap(([lack, some]) => (lack === null ? [] : [[lack, some.length] as const])),
  );
  return {
    rows,
    history: null,
    ruleless: new Map(),
    sum: {
      counts: 'rules',
      total: counted.length,
      by: { heal: of('heal'), ask: of('ask'), explain: of('explain'), none: of('none') },
      lacking,
    },
  };
}

function listed(parts: readonly string[]): string {
  return parts.join(', ');
}
