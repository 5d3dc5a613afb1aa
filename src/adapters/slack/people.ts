import { performance } from 'node:perf_hooks';
import type { WebClient } from '@slack/web-api';
import type { Person } from '../../approval/person.ts';
import { failureOf, remedy } from './failure.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Log } from './web-client.ts';

/** A person with what Slack says of them, and what it would not say. */
export interface Known {
  readonly person: Person;
  /** Why the person's groups may be incomplete, in words for them; null when they are not. */
  readonly trouble: string | null;
}

/** Somebody who acts, as the payload names them. */
export interface Acting {
  readonly id: string;
  /** Looked up where the payload gives none. */
  readonly name?: string | undefined;
  /** The workspace they belong to, which in a shared channel may be another one than Medic's. */
  readonly team?: string | undefined;
  /** The channel they act in. */
  readonly channel?: string | undefined;
}

/** Who people are, as Slack vouches for them. Never throws: a group that cannot be read has no members. */
export interface People {
  known(acting: Acting): Promise<Known>;
}

const FRESH = 60_000;

/**
 * @param groups ids of the user groups that roles are given to; no others are looked at
 * @param workspace the id of Medic's own workspace; null while it is not known
 */
export function createPeople(
  client: WebClient,
  groups: readonly string[],
  log: Log,
  workspace: () => string | null,
): People {
  const names = new Map<string, string>();
  const members = new Map<string, { readonly users: ReadonlySet<string>; readonly at: number }>();
  let trouble: string | null = null;

  const refresh = oneAtATime(
    (group: string) => group,
    async (group: string): Promise<void> => {
      const known = members.get(group);
      if (known && performance.now() - known.at < FRESH) return;
      try {
        const answer = await client.usergroups.users.list({ usergroup: group });
        members.set(group, { users: new Set(answer.users ?? []), at: performance.now() });
        trouble = null;
      } catch (err) {
        const failure = failureOf(err);
        const why =
          failure.kind === 'refused' ? remedy(failure.error, failure.needed) : 'Slack did not answer';
        log.warn({ err, group, stale: known !== undefined }, 'the members of a user group could not be read');
        if (!known) trouble = `Medic could not read who belongs to the user group ${group}: ${why}.`;
      }
    },
  );

  async function nameOf(id: string): Promise<string> {
    const known = names.get(id);
    if (known !== undefined) return known;
    try {
      const { user } = await client.users.info({ user: id });
      const name = user?.real_name ?? user?.name ?? id;
      names.set(id, name);
      return name;
    } catch (err) {
      log.debug({ err, user: id }, 'the name of a person could not be read');
      return id;
    }
  }

  return {
    async known({ id, name, team, channel }) {
      const [called] = await Promise.all([name ?? nameOf(id), ...groups.map((group) => refresh(group))]);
      const theirs = groups.filter((group) => members.get(group)?.users.has(id));
      // Being in a channel gives a role only to people of our own workspace, never to guests from another one.
      const ours = team !== undefined && team !== '' && team === workspace();
      return {
        person: { id, name: called, groups: theirs, channel: ours && channel ? channel : null },
        trouble,
      };
    },
  };
}
