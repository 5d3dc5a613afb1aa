import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Workspace } from '../people.ts';
import { failureOf, remedy } from './failure.ts';
import type { Log } from './web-client.ts';

/** Who Medic is in this workspace. */
interface BotIdentity {
  readonly botUserId: string;
  readonly botId: string;
  /** The workspace that Medic belongs to. */
  readonly workspace: Workspace;
  /** The app that Medic is; null where Slack does not say. */
  readonly appId: string | null;
}

/** Asks Slack who Medic is, until Slack says so; a Slack that is down or refuses is no reason to end. */
export interface Identity {
  /** Begins to ask. Never rejects. */
  start(): void;
  stop(): void;
  known(): BotIdentity | null;
  /** The address of the workspace, under which its messages are found; null while it is not known. */
  workspaceUrl(): string | null;
  /** Why it is not known yet, for people. */
  trouble(): string;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** @param client asks `auth.test` with the bot token */
export function createIdentity(client: WebClient, log: Log): Identity {
  const stopped = new AbortController();
  let identity: BotIdentity | null = null;
  let url: string | null = null;
  let trouble = 'Slack has not answered yet';

  async function ask(): Promise<void> {
    for (let pause = FIRST_PAUSE; !stopped.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const answer = await client.auth.test();
        url = answer.url ?? null;
        const known = {
          botUserId: answer.user_id ?? '',
          botId: answer.bot_id ?? '',
          workspace: { team: answer.team_id ?? '', enterprise: answer.enterprise_id || null },
        };
        identity = { ...known, appId: answer.app_id ?? null };
        log.info({ team: answer.team, bot: answer.user }, 'Slack knows Medic');
        if (answer.app_id === undefined) identity = { ...known, appId: await appOf(known.botId) };
        return;
      } catch (err) {
        const failure = failureOf(err);
        trouble =
          failure.kind === 'refused'
            ? remedy(failure.error, failure.needed)
            : 'Slack cannot be reached; it is tried again until it can';
        log.warn({ err, pause }, 'Slack did not say who Medic is');
      }
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  async function appOf(bot: string): Promise<string | null> {
    try {
      return (await client.bots.info({ bot })).bot?.app_id ?? null;
    } catch (err) {
      log.debug({ err }, 'Slack did not say which app Medic is');
      return null;
    }
  }

  return {
    start: () => void ask(),
    stop: () => stopped.abort(),
    known: () => identity,
    workspaceUrl: () => url,
    trouble: () => trouble,
  };
}
