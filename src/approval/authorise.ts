import type { Roles } from '../config/settings.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Person, Receipt } from './person.ts';

export type Authorisation =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: string };

const ALLOWED: Authorisation = { kind: 'allowed' };

/** Operators start, hurry, resume and stop things. Approvers may do what operators may. */
export function mayOperate(person: Person, roles: Roles): Authorisation {
  if (has(person, roles.operators) || has(person, roles.approvers)) return ALLOWED;
  return lacks('operator', roles.operators, person);
}

/** Only an approver lets Medic do more by itself than before. */
export function mayLoosen(person: Person, roles: Roles): Authorisation {
  return has(person, roles.approvers) ? ALLOWED : lacks('approver', roles.approvers, person);
}

/** An approver approves, once, and never their own request. */
export function mayApprove(
  person: Person,
  plan: Plan,
  receipts: readonly Receipt[],
  roles: Roles,
): Authorisation {
  if (!has(person, roles.approvers)) return lacks('approver', roles.approvers, person);
  if (plan.requestedBy.kind === 'person' && plan.requestedBy.user === person.id) {
    return { kind: 'refused', reason: 'you asked for this plan, so someone else has to approve it' };
  }
  if (receipts.some((receipt) => receipt.user === person.id)) {
    return { kind: 'refused', reason: 'you have approved it already; another person has to as well' };
  }
  return ALLOWED;
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
    const reason = `this needs the ${role} role, which only members of Medic's own Slack workspace have, and Slack does not say that you are one`;
    return { kind: 'refused', reason };
  }
  const mentions = [
    ...members.users.map((user) => `<@${user}>`),
    ...members.groups.map((group) => `<!subteam^${group}>`),
  ];
  const places = members.channels.map((channel) => `<#${channel}>`).join(' or ');
  const ways = [
    ...(mentions.length > 0 ? [`ask ${mentions.join(', ')}`] : []),
    ...(places === '' ? [] : [`do it in ${places}`]),
  ];
  const reason =
    ways.length > 0
      ? `this needs the ${role} role: ${ways.join(', or ')}`
      : `this needs the ${role} role, which nobody has: set \`roles\` in medic.yml`;
  return { kind: 'refused', reason };
}
