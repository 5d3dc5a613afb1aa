import { createHash } from 'node:crypto';
import { entryHash } from '../../../src/incident/model/timeline.ts';
import { nameOf } from './account.ts';
import type { ChaosRecord, KeptIncident } from './record.ts';

/**
 * Timelines whose entries do not hang together: one was changed, lost, or written by two at once; and what Medic's own verification found wrong while
 * the run went on.
 */
export function brokenChains({ incidents, audit }: ChaosRecord): readonly string[] {
  const broken = incidents.flatMap((kept) => {
    const found = breakIn(kept);
    return found === null ? [] : [`${nameOf(kept)}: ${found}`];
  });
  return [...broken, ...audit];
}

function breakIn({ incident, timeline }: KeptIncident): string | null {
  let before = createHash('sha256').update(incident.id).digest('hex');
  for (const [index, { seq, at, happening, hash }] of timeline.entries()) {
    if (seq !== index + 1) return `entry ${index + 1} calls itself ${seq}`;
    if (hash !== entryHash(before, seq, at, happening)) return `entry ${seq} does not hang on the one before`;
    before = hash;
  }
  if (incident.head.length !== timeline.length || incident.head.hash !== before)
    return `its state speaks of ${incident.head.length} entries, and there are ${timeline.length}`;
  return null;
}
