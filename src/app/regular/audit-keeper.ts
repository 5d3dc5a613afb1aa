import type { Checkpoint } from '../../audit/checkpoint.ts';
import { type AuditLog, addCheckpoints, forgetCheckpoints } from '../../engine/audit.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';

const HOUR = 3_600_000;
const hourOf = (at: number) => Math.floor(at / HOUR);

/** Keeps the chain of checkpoints, and tells the world outside how far it has come: in metrics, and in the log once an hour. */
export function auditKeeper(
  audit: AuditLog,
  { now, metrics, log }: { readonly now: () => number; readonly metrics: Metrics; readonly log: Logger },
): () => Promise<void> {
  let shown: number | null = null;
  const show = ({ n, hash, at }: Checkpoint) => {
    metrics.auditCheckpoints.set(n);
    if (shown === hourOf(at)) return;
    shown = hourOf(at);
    metrics.auditHead.reset();
    metrics.auditHead.set({ checkpoint: String(n), hash }, 1);
  };
  return async () => {
    const { newest, added } = await addCheckpoints(audit, now());
    if (newest !== null) show(newest);
    for (const { n, hash, at, beforeAt } of added) {
      if (hourOf(at) !== hourOf(beforeAt)) log.info({ checkpoint: n, hash }, 'a checkpoint of the record');
    }
    if (added.length > 0) await forgetCheckpoints(audit, now());
  };
}
