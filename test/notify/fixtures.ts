import type { Incident } from '../../src/incident/model/incident.ts';
import type { Page, Standing } from '../../src/notify/page.ts';
import type { Pager, Standings } from '../../src/notify/pager.ts';
import type { Shown, Sink } from '../../src/notify/sink.ts';
import { settings } from '../kit/incident/fixtures.ts';
import { opened, type Walk } from '../kit/incident/walk.ts';

/** An incident that needs a person, who is looked for at these at once. */
export function calling(...sinks: readonly string[]): Walk {
  const escalation = sinks.map((tell) => ({ tell }));
  const walked = opened('Unheard', { settings: settings({ escalation }) });
  return walked.feed({ type: 'evidence-collected', round: 1, evidence: [] });
}

export function says(walked: Walk, taken: boolean) {
  return { type: 'pager-said', from: 'pagerduty', taken, who: 'Ada Example', at: walked.now } as const;
}

/** What stands at pagers, in memory; `die` lets the next so many writes fail as in a process that dies. */
export function memoryStandings(): Standings & {
  die(afterWrites: number): void;
  at(sink: string, incident: string): Standing | null;
} {
  const known = new Map<string, Standing>();
  let left = Number.POSITIVE_INFINITY;
  return {
    die(afterWrites) {
      left = afterWrites;
    },
    at: (sink, incident) => known.get(`${sink} ${incident}`) ?? null,
    read: async (sink, incident) => known.get(`${sink} ${incident}`) ?? null,
    async write(sink, incident, standing) {
      if (left <= 0) throw new Error('this process is dead');
      left -= 1;
      known.set(`${sink} ${incident}`, standing);
    },
  };
}

export function bring(sink: Sink, incident: Incident, held = () => true): Promise<Shown> {
  return sink.bring({ incident, timeline: [], now: 0, reachableSince: 0, host: null, pausedBy: null, held });
}

/** A pager that knows what it was told, and dedups as PagerDuty does. */
export function memoryPager(
  name: string,
): Pager & { readonly told: string[]; state(): 'nothing' | 'open' | 'taken' | 'over' } {
  const told: string[] = [];
  let state: 'nothing' | 'open' | 'taken' | 'over' = 'nothing';
  return {
    name,
    told,
    state: () => state,
    async send(signal: 'trigger' | 'acknowledge' | 'resolve', page: Page) {
      told.push(`${signal} ${page.call}`);
      const isOpen = state === 'open' || state === 'taken';
      if (signal === 'trigger' && !isOpen) state = 'open';
      if (signal === 'acknowledge' && isOpen) state = 'taken';
      if (signal === 'resolve' && isOpen) state = 'over';
    },
  };
}
