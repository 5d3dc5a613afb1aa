import { createHash } from 'node:crypto';
import { entryHash } from '../../src/incident/timeline.ts';
import { nameOf } from './account.ts';
import type { ChaosRecord, KeptIncident } from './record.ts';

/** Timelines whose entries do not hang together: one was changed, lost, or written by two at once. */
export function brokenChains({ incidents }: ChaosRecord): readonly string[] {
  return incidents.flatMap((kept) => {
    const broken = breakIn(kept);
    return broken === null ? [] : [`${nameOf(kept)}: ${broken}`];
  });
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
