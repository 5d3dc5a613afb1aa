import type { ProjectionStore } from '../../../engine/showing/notifier.ts';
import type { Incident } from '../../../incident/model/incident.ts';
import { currentPlan } from '../../../incident/model/phases.ts';
import { HostFirst, type Sink } from '../../../notify/sink.ts';
import type { HostThread, Notifier } from './projection/notifier.ts';
import { threadOf } from './projection/thread.ts';

/** How soon to look whether the thread has been opened that an incident is to be told in, milliseconds. */
const HOST_FIRST = 500;
/** An incident whose host cannot be shown for this long, though people can be reached, is shown by itself; milliseconds. */
const ALONE_AFTER = 120_000;

/**
 * Slack as a sink: what it confirms is that people can see the incident, and the plan whose buttons stand there, whose time begins by that.
 *
 * @param addressOf where a thread is that is told already, for people to follow; null where nobody knows
 */
export function slackSink(
  notifier: Notifier,
  store: Pick<ProjectionStore, 'threads'>,
  addressOf: (incident: string) => Promise<string | null>,
): Sink {
  return {
    name: 'slack',
    async bring({ incident, timeline, now, reachableSince, host, pausedBy, held }) {
      const thread = host === null ? null : await threadOfHost(store, host, { now, reachableSince });
      const { follows } = incident;
      const former = follows === undefined ? null : await addressOf(follows.incident);
      const shown = await notifier.project(incident, timeline, now, thread, held, { former, pausedBy });
      const diff = currentPlan(incident)?.diff?.hash ?? null;
      return {
        confirmed: [
          ...(incident.milestones.thread === null ? [{ type: 'shown' as const }] : []),
          ...(shown.plan === null ? [] : [{ type: 'plan-shown' as const, plan: shown.plan, diff }]),
        ],
        refreshAt: shown.refreshAt,
      };
    },
  };
}

/** The thread of the incident that another one is linked to, which is opened first. */
async function threadOfHost(
  store: Pick<ProjectionStore, 'threads'>,
  host: Incident,
  { now, reachableSince }: { readonly now: number; readonly reachableSince: number },
): Promise<HostThread | null> {
  const { subject, milestones, relapsed } = host;
  const thread = await threadOf(store, host);
  if (thread !== null)
    return { incident: host.id, subject: subject.name, closed: milestones.closed, relapsed, ...thread };
  if (now - Math.max(milestones.opened, reachableSince) > ALONE_AFTER) return null;
  throw new HostFirst(host, HOST_FIRST);
}
