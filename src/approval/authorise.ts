import type { Roles } from '../config/settings.ts';
import { channel, code, group, joined, person, type Said, say } from '../lib/text/text.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Person, Receipt } from './person.ts';

export type Authorisation =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: Said };

const ALLOWED: Authorisation = { kind: 'allowed' };

/** Operators start, hurry, resume and stop things. Approvers may do what operators may. */
export function mayOperate(who: Person, roles: Roles): Authorisation {
  if (has(who, roles.operators) || has(who, roles.approvers)) return ALLOWED;
  return lacks('operator', roles.operators, who);
}

/** Only an approver lets Medic do more by itself than before. */
export function mayLoosen(who: Person, roles: Roles): Authorisation {
  return has(who, roles.approvers) ? ALLOWED : lacks('approver', roles.approvers, who);
}

/** An approver approves, once, and never their own request. */
export function mayApprove(
  who: Person,
  plan: Plan,
  receipts: readonly Receipt[],
  roles: Roles,
): Authorisation {
  if (!has(who, roles.approvers)) return lacks('approver', roles.approvers, who);
  if (plan.requestedBy.kind === 'person' && plan.requestedBy.user === who.id) {
    const reason = say`you asked for this plan, so someone else has to approve it${others(who, receipts, roles)}`;
    return { kind: 'refused', reason };
  }
  if (receipts.some((receipt) => receipt.user === who.id)) {
    const reason = say`you have approved it already; another person has to as well${others(who, receipts, roles)}`;
    return { kind: 'refused', reason };
  }
  return ALLOWED;
}

/** Who else may approve: those who have not, and are not the one who is refused. */
function others(who: Person, receipts: readonly Receipt[], { approvers }: Roles): Said {
  const { users, groups, channels } = approvers;
  const left = users.filter((user) => user !== who.id && !receipts.some((receipt) => receipt.user === user));
  const people = [...left.map((user) => person(user)), ...groups.map((id) => group(id))];
  const ways = [
    ...(people.length > 0 ? [say`ask ${joined(people, ', ')}`] : []),
    ...(channels.length > 0
      ? [
          say`somebody in ${joined(
            channels.map((id) => channel(id)),
            ' or ',
          )} may`,
        ]
      : []),
  ];
  return ways.length > 0
    ? say`: ${joined(ways, ', or ')}`
    : say`, and nobody else has the approver role: add somebody under ${code('roles')} in medic.yml`;
}

function has({ id, groups, channel = null, stranger }: Person, members: Roles['operators']): boolean {
  // The ids of another workspace are its own: the same one may be somebody else there.
  if (stranger) return false;
  return (
    members.users.includes(id) ||
    groups.some((group) => members.groups.includes(group)) ||
    (channel !== null && members.channels.includes(channel))
  );
}

function lacks(role: string, members: Roles['operators'], { stranger }: Person): Authorisation {
  if (stranger) {
    const reason = say`this needs the ${role} role, which only members of Medic's own Slack workspace have, and Slack does not say that you are one`;
    return { kind: 'refused', reason };
  }
  const mentions = [...members.users.map((user) => person(user)), ...members.groups.map((id) => group(id))];
  const places = members.channels.map((id) => channel(id));
  const ways = [
    ...(mentions.length > 0 ? [say`ask ${joined(mentions, ', ')}`] : []),
    ...(places.length > 0 ? [say`do it in ${joined(places, ' or ')}`] : []),
  ];
  const reason =
    ways.length > 0
      ? say`this needs the ${role} role: ${joined(ways, ', or ')}`
      : say`this needs the ${role} role, which nobody has: set ${code('roles')} in medic.yml`;
  return { kind: 'refused', reason };
}
