import type { Act, Button } from './world/act.ts';
import { PEOPLE } from './world/fleet.ts';
import type { AlertName } from './world/playbooks.ts';
import type { Chance } from './world/random.ts';

type Click = Omit<Extract<Act, { readonly kind: 'click' }>, 'kind' | 'at' | 'service'>;

/** What people do about a plan: nothing, one thing, or several at once. */
export function clicksFor(name: AlertName, service: string, at: number, chance: Chance): Act[] {
  const { operator, approver, approver2, stranger } = PEOPLE;
  const press = (button: Button, user: string, delay = chance.between(0, 900)): Click => ({
    button,
    user,
    delay,
    offset: null,
  });
  const around = (button: Button, user: string): Click => ({
    button,
    user,
    delay: 0,
    offset: chance.between(-60, 60),
  });
  const choices: Readonly<Record<string, readonly [Click[], ...Click[][]]>> = {
    window: [
      [],
      [],
      [press('Run now', operator)],
      [press('Run now', stranger)],
      [press('Cancel', stranger)],
      [around('Cancel', stranger)],
      [around('Cancel', operator), around('Cancel', stranger)],
      [around('Cancel', stranger), around('Run now', operator)],
      [press('Run now', operator, 300), press('Cancel', stranger, 300)],
      [press('Hold', stranger, 200), press('Resume', operator, 1_200)],
      [press('Hold', stranger, 200)],
    ],
    approval: [
      [],
      [press('Approve', approver)],
      [press('Approve', approver)],
      [press('Approve', stranger)],
      [press('Approve', approver, 400), press('Approve', approver2, 400)],
      [press('Approve', approver, 400), press('Reject', operator, 380)],
      [press('Approve', approver, 400), press('Cancel', stranger, 400)],
      [press('Reject', operator)],
    ],
    running: [[], [], [press('Stop', operator, 100)], [press('Stop', stranger, 100)]],
  };
  const kind = name === 'Middling' || name === 'Vain' ? 'window' : name === 'Grave' ? 'approval' : 'running';
  const clicks = chance.pick(choices[kind] as readonly [Click[], ...Click[][]]);
  return clicks.map((click) => ({ kind: 'click', service, at, ...click }));
}
