import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Refusal } from './api/call.ts';
import type { Platform, ResponseTarget, Trigger } from './platform.ts';

const MOST_KEPT = 1000;

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (map.size > MOST_KEPT && !oldest.done) map.delete(oldest.value);
}

/** A `trigger_id` for one interaction. */
export function newTrigger(platform: Platform, user: string, viewId?: string): string {
  const id = `${Date.now()}.${platform.workspace.team.id}.${randomBytes(16).toString('hex')}`;
  platform.triggers.set(id, { user, at: performance.now(), used: false, ...(viewId ? { viewId } : {}) });
  forgetOldest(platform.triggers);
  return id;
}

/** Uses up a `trigger_id`. @throws Refusal when it is unknown, too old, or was used before */
export function redeemTrigger(platform: Platform, id: string): Trigger {
  const trigger = platform.triggers.get(id);
  if (!trigger) throw new Refusal('invalid_trigger_id');
  if (trigger.used) throw new Refusal('exchanged_trigger_id');
  if (performance.now() - trigger.at > platform.limits.triggerLifeMs) throw new Refusal('expired_trigger_id');
  trigger.used = true;
  return trigger;
}

/** A `response_url` that may write about one interaction, a few times, for half an hour. */
export function newResponseUrl(
  platform: Platform,
  kind: 'actions' | 'commands',
  target: Omit<ResponseTarget, 'uses' | 'at'>,
): string {
  const path = `/${kind}/${platform.workspace.team.id}/${randomBytes(12).toString('hex')}`;
  platform.responseTargets.set(path, { ...target, uses: 0, at: performance.now() });
  forgetOldest(platform.responseTargets);
  return `${platform.url}${path}`;
}
