import type { WebClient } from '@slack/web-api';
import type { Call } from '../connection/calls.ts';
import { failureOf } from '../connection/failure.ts';
import { streamName } from './streams.ts';

/** The type of the metadata by which a message of an incident is found again. */
export const EVENT_TYPE = 'medic_incident';
const MOST_PAGES = 10;

/** A message that stands in Slack and bears a name. */
export interface Found {
  readonly key: string;
  readonly ts: string;
}

/** The same, of whichever incident. */
interface Named extends Found {
  readonly incident: string;
}

/** A thread or a channel, since a moment (epoch milliseconds). */
export interface Where {
  readonly channel: string;
  readonly thread: string | null;
  readonly since: number;
}

interface Asking {
  readonly client: WebClient;
  readonly call: Call;
}

/** The messages of an incident that stand somewhere, oldest first. */
export async function messagesOf(asking: Asking, where: Where, incident: string): Promise<Found[]> {
  const names = await namesIn(asking, where);
  return names.flatMap(({ incident: of, key, ts }) => (of === incident ? [{ key, ts }] : []));
}

/** The names that messages bear which stand somewhere, oldest first. */
export async function namesIn({ client, call }: Asking, { channel, thread, since }: Where): Promise<Named[]> {
  const found: Named[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const common = {
      channel,
      include_all_metadata: true,
      limit: 200,
      oldest: (since / 1000).toFixed(6),
      ...(cursor ? { cursor } : {}),
    };
    const answer = await unlessForbidden(
      thread === null
        ? call('conversations.history', null, () => client.conversations.history(common))
        : call('conversations.replies', null, () => client.conversations.replies({ ...common, ts: thread })),
    );
    if (answer === null) break;
    found.push(...(answer.messages ?? []).flatMap(nameOf));
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return found.sort((a, b) => Number(a.ts) - Number(b.ts));
}

/** An app that may not read finds nothing: it posts perhaps twice, which is better than never. */
async function unlessForbidden<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'refused' && failure.error === 'missing_scope') return null;
    throw error;
  }
}

interface Standing {
  readonly ts?: string;
  readonly metadata?: unknown;
  readonly blocks?: unknown;
}

function nameOf(message: Standing): Named[] {
  const metadata = message.metadata as
    | { event_type?: unknown; event_payload?: Record<string, unknown> }
    | undefined;
  const payload = metadata?.event_type === EVENT_TYPE ? metadata.event_payload : streamName(message.blocks);
  const { incident, key } = payload ?? {};
  return typeof incident === 'string' && typeof key === 'string' && message.ts
    ? [{ incident, key, ts: message.ts }]
    : [];
}
