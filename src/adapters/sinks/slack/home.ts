import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Desk } from '../../../desk/desk.ts';
import type { HomeViewers, LastShown } from '../../../engine/showing/home-viewers.ts';
import type { ProjectionStore } from '../../../engine/showing/notifier.ts';
import { brokenHome, home, newsIn } from './blocks/home/home.ts';
import type { Call } from './connection/calls.ts';
import { failureOf } from './connection/failure.ts';
import { LaneBusy, type Pace, type Pacer, type Rank } from './connection/pacer.ts';
import type { Log } from './connection/web-client.ts';
import type { Acting, People } from './people.ts';
import { threadsOf } from './projection/thread.ts';

/** Slack takes a hundred views a minute from the whole app. */
const VIEWS: Pace = { burst: 20, perSecond: 1.5 };
const LANE = 'views';

export interface HomeParts {
  /** For what a person waits for: quick to give up. */
  readonly client: WebClient;
  readonly call: Call;
  readonly pacer: Pacer;
  readonly desk: Pick<Desk, 'overview'>;
  readonly people: People;
  readonly visitors: HomeViewers;
  readonly projections: Pick<ProjectionStore, 'threads'>;
  readonly threadUrl: (channel: string, ts: string) => string | null;
  readonly log: Log;
}

/** Medic's Home tab. It never throws: what cannot be drawn now is drawn by a later round, or when the person asks. */
export interface Home {
  /** Somebody came, asked anew or pressed a button: draws it for them at once. `notice` is what became of the button. */
  show(who: Acting, notice?: string | null): Promise<void>;
  /** Draws it anew for everybody who came lately and would see something else than what they see. */
  round(): Promise<void>;
}

export function createHome(parts: HomeParts): Home {
  const { visitors, log } = parts;
  return {
    async show(who, notice = null) {
      try {
        await visitors
          .came(who.id)
          .catch((err: unknown) => log.warn({ err }, 'a visitor could not be noted'));
        const blocks = await drawn(parts, who, notice);
        await publish(parts, who.id, blocks, 'person', null);
      } catch (err) {
        log.warn({ err, user: who.id }, 'the Home tab could not be shown');
      }
    },
    async round() {
      for (const id of await visitors.present()) {
        try {
          await renew(parts, id);
        } catch (err) {
          if (err instanceof LaneBusy) return;
          log.warn({ err, user: id }, 'the Home tab could not be brought up to date');
        }
      }
    },
  };
}

async function renew(parts: HomeParts, id: string): Promise<void> {
  const last = await parts.visitors.lastShown(id);
  const blocks = await drawn(parts, { id }, null);
  if (last?.mark !== markOf(blocks)) await publish(parts, id, blocks, 'story', last);
}

async function drawn(
  { desk, people, projections, threadUrl, log }: HomeParts,
  who: Acting,
  notice: string | null,
): Promise<readonly KnownBlock[]> {
  try {
    const { person } = await people.known(who);
    const overview = await desk.overview(person);
    const threads = await threadsOf(projections, [...overview.open, ...overview.closed]);
    const urlOf = ({ id }: { readonly id: string }) => {
      const thread = threads.get(id);
      return thread === undefined ? null : threadUrl(thread.channel, thread.ts);
    };
    return home(overview, { threadUrl: urlOf, notice });
  } catch (err) {
    log.warn({ err, user: who.id }, 'there is nothing to show in the Home tab');
    return brokenHome(Date.now());
  }
}

/**
 * Publishes, and keeps what was published. Where it brings up to date what stood there, it names the showing that it takes the place
 * of: should another replica have shown something since, Slack refuses it, and the next round begins with what stands there then.
 */
async function publish(
  { client, call, pacer, visitors }: HomeParts,
  user: string,
  blocks: readonly KnownBlock[],
  rank: Rank,
  instead: LastShown | null,
): Promise<void> {
  await pacer.turn(LANE, VIEWS, rank);
  const view = { type: 'home' as const, blocks: [...blocks] };
  const over = instead === null || instead.showing === '' ? {} : { hash: instead.showing };
  try {
    const answer = await call('views.publish', LANE, () =>
      client.views.publish({ user_id: user, view, ...over }),
    );
    await visitors.showed(user, { mark: markOf(blocks), showing: answer.view?.hash ?? '' });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'refused' && failure.error === 'hash_conflict')
      return visitors.showed(user, { mark: '', showing: '' });
    throw error;
  }
}

function markOf(blocks: readonly KnownBlock[]): string {
  return createHash('sha256')
    .update(JSON.stringify(newsIn(blocks)))
    .digest('hex')
    .slice(0, 32);
}
