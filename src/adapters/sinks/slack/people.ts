import { performance } from 'node:perf_hooks';
import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import type { Person } from '../../../approval/person.ts';
import { failureOf, remedy } from './connection/failure.ts';
import type { Log } from './connection/web-client.ts';
import { oneAtATime } from './projection/one-at-a-time.ts';

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
  /** Why somebody who was picked from a list cannot take anything over: Slack's picker offers apps and closed accounts too. Null where they can. */
  cannotTake(id: string): Promise<string | null>;
}

/** Ids of Slack; `enterprise` is null where the workspace stands alone. */
export interface Workspace {
  readonly team: string;
  readonly enterprise: string | null;
}

interface Profile extends Omit<Workspace, 'team'> {
  readonly name: string;
  readonly team: string | null;
  /** An app is no person, and who is `gone` was deactivated: neither acts, whatever a payload says. */
  readonly standing: 'member' | 'guest' | 'app' | 'gone';
}

const FRESH = 60_000;

/**
 * @param groups ids of the user groups that roles are given to; no others are looked at
 * @param workspace Medic's own workspace, and the organisation that it is a part of; null while they are not known
 */
export function createPeople(
  client: WebClient,
  groups: readonly string[],
  log: Log,
  workspace: () => Workspace | null,
): People {
  const profiles = new Map<string, Profile & { readonly at: number }>();
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

  const profileOf = oneAtATime(
    (id: string) => id,
    async (id: string): Promise<Profile> => {
      const known = profiles.get(id);
      if (known !== undefined && performance.now() - known.at < FRESH) return known;
      try {
        const { user } = await client.users.info({ user: id });
        const profile = {
          name: user?.real_name ?? user?.name ?? id,
          team: user?.team_id ?? null,
          enterprise: user?.enterprise_user?.enterprise_id ?? null,
          standing: standingOf(user),
          at: performance.now(),
        };
        profiles.set(id, profile);
        return profile;
      } catch (err) {
        log.debug({ err, user: id }, 'what Slack knows of a person could not be read');
        // That somebody acts is Slack's own word: without another, they are who they were.
        return known ?? { name: id, team: null, enterprise: null, standing: 'member' };
      }
    },
  );

  /** Whether somebody belongs to Medic's workspace, or to the organisation that this is a part of. */
  async function isOurs(id: string, team: string | undefined): Promise<boolean> {
    const home = workspace();
    if (home === null) return false;
    if (team) {
      if (team === home.team) return true;
      if (home.enterprise === null) return false;
    }
    const profile = await profileOf(id);
    if (home.enterprise !== null && profile.enterprise === home.enterprise) return true;
    return !team && profile.team === home.team;
  }

  return {
    async known({ id, name, team, channel }) {
      const [profile, ours] = await Promise.all([
        profileOf(id),
        isOurs(id, team),
        ...groups.map((group) => refresh(group)),
      ]);
      const called = name ?? profile.name;
      if (!ours || isNobody(profile))
        return { person: { id, name: called, groups: [], channel: null, stranger: true }, trouble: null };
      const theirs = groups.filter((group) => members.get(group)?.users.has(id));
      // Slack does not say whose a reaction is: a channel gives a role only where it does, and to members, not to whoever is a guest in it.
      const place = team && channel && profile.standing === 'member' ? channel : null;
      const home = team ?? profile.team;
      const person = { id, name: called, groups: theirs, channel: place };
      return { person: home === null ? person : { ...person, team: home }, trouble };
    },
    async cannotTake(id) {
      const { name, standing } = await profileOf(id);
      if (standing === 'app') return `${name} is an app. Choose a person.`;
      return standing === 'gone' ? `${name}’s account is deactivated. Choose somebody else.` : null;
    },
  };
}

function isNobody({ standing }: Profile): boolean {
  return standing === 'app' || standing === 'gone';
}

/** What Slack sends of itself, which it does not call a bot. */
const SLACKBOT = 'USLACKBOT';

function standingOf(user: UsersInfoResponse['user']): Profile['standing'] {
  if (user?.is_bot === true || user?.id === SLACKBOT) return 'app';
  if (user?.deleted === true) return 'gone';
  return user?.is_restricted === true || user?.is_ultra_restricted === true ? 'guest' : 'member';
}
