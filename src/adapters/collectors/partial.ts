import type { Finding } from '../../evidence/collector.ts';

/**
 * Keeps what could be found out when some of several questions failed: their reasons are added to the last finding. Throws the
 * reasons when all failed.
 */
export async function keepWhatAnswered(questions: readonly Promise<Finding>[]): Promise<readonly Finding[]> {
  const settled = await Promise.allSettled(questions);
  const found = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const reasons = settled.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
  const last = found.pop();
  if (last === undefined) {
    if (reasons.length > 0) throw new Error(reasons.join('; '));
    return [];
  }
  if (reasons.length === 0) return [...found, last];
  return [...found, { ...last, text: `${last.text}\n(not everything answered: ${reasons.join('; ')})` }];
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
