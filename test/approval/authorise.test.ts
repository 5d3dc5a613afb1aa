import { describe, expect, it } from 'vitest';
import { mayApprove, mayLoosen, mayOperate } from '../../src/approval/authorise.ts';
import { evidenceDigest } from '../../src/approval/receipt.ts';
import { Settings } from '../../src/config/settings.ts';
import { channel, group, person, say } from '../../src/lib/text/text.ts';
import { alice, bob, carol, dave } from '../kit/incident/fixtures.ts';
import { diagnosed } from '../kit/incident/walk.ts';
import { saying } from '../kit/saying.ts';

const { roles } = Settings.parse({
  roles: {
    operators: { users: ['UBOB'], channels: ['C0OPS'] },
    approvers: { users: ['UALICE'], groups: ['SOPS'], channels: ['C0WAR', 'G0LEADS'] },
  },
});
const { plan } = diagnosed('Small').phase('reproving').decided;
const asked = { ...plan, requestedBy: { kind: 'person', user: dave.id } } as const;

describe('a role', () => {
  it('is had by users, by members of a group, and by whoever acts in a channel', () => {
    expect(mayOperate(bob, roles).kind).toBe('allowed');
    expect(mayOperate({ ...dave, channel: 'C0OPS' }, roles).kind).toBe('allowed');
    expect(mayApprove({ ...dave, channel: 'G0LEADS' }, plan, [], roles).kind).toBe('allowed');
    expect(mayApprove({ ...carol, groups: ['SOPS'] }, plan, [], roles).kind).toBe('allowed');
  });

  it('is not had in another channel, nor where nobody knows the channel', () => {
    for (const channel of ['C0ELSE', null])
      expect(mayOperate({ ...dave, channel }, roles).kind).toBe('refused');
    expect(mayOperate(dave, roles).kind).toBe('refused');
    expect(mayApprove({ ...dave, channel: 'C0OPS' }, plan, [], roles).kind).toBe('refused');
  });

  it('is had by nobody of another workspace, whatever their id, their groups and where they act', () => {
    const alice2 = { ...alice, groups: ['SOPS'], channel: 'C0WAR', stranger: true } as const;
    const reason = saying("only members of Medic's own Slack workspace");
    expect(mayOperate(alice2, roles)).toMatchObject({ kind: 'refused', reason });
    expect(mayLoosen(alice2, roles)).toMatchObject({ kind: 'refused', reason });
    expect(mayApprove(alice2, plan, [], roles)).toMatchObject({ kind: 'refused', reason });
  });

  it('that is lacking is refused with who has it and where', () => {
    expect(mayApprove(dave, plan, [], roles)).toEqual({
      kind: 'refused',
      reason: say`this needs the approver role: ask ${person('UALICE')}, ${group('SOPS')}, or do it in ${channel('C0WAR')} or ${channel('G0LEADS')}`,
    });
    const nobody = Settings.parse({}).roles;
    expect(mayOperate(alice, nobody)).toMatchObject({ reason: saying('which nobody has') });
    const onlyChannel = Settings.parse({
      roles: { operators: { channels: ['C0OPS'] }, approvers: {} },
    }).roles;
    expect(mayOperate(alice, onlyChannel)).toMatchObject({
      reason: say`this needs the operator role: do it in ${channel('C0OPS')}`,
    });
  });

  it('that somebody else has to use is refused with who that is', () => {
    const receipt = {
      user: carol.id,
      at: 0,
      planDigest: '',
      policyDigest: '',
      evidenceDigest: '',
      diffHash: null,
    };
    const both = Settings.parse({ roles: { approvers: { users: ['UALICE', 'UCAROL', 'UDAVE'] } } }).roles;
    expect(mayApprove(dave, asked, [receipt], both)).toEqual({
      kind: 'refused',
      reason: say`you asked for this plan, so someone else has to approve it: ask ${person('UALICE')}`,
    });
    expect(mayApprove(carol, plan, [receipt], both)).toMatchObject({
      reason: say`you have approved it already; another person has to as well: ask ${person('UALICE')}, ${person('UDAVE')}`,
    });
    const alone = Settings.parse({ roles: { approvers: { users: ['UDAVE'] } } }).roles;
    expect(mayApprove(dave, asked, [], alone)).toMatchObject({
      reason: saying('nobody else has the approver role'),
    });
  });

  it('had by the channel lets nobody approve what they asked for', () => {
    expect(mayApprove({ ...dave, channel: 'C0WAR' }, asked, [], roles)).toMatchObject({
      reason: saying('someone else has to approve it'),
    });
  });
});

describe('the digest of the evidence', () => {
  const items = [
    { id: 'E1', hash: 'a' },
    { id: 'E2', hash: 'b' },
  ];

  it('is another one when an item is added, changed or goes by another name', () => {
    const others = [
      items.slice(1),
      [...items, { id: 'E3', hash: 'c' }],
      [{ id: 'E1', hash: 'b' }, items[1]],
      [
        { id: 'E1', hash: 'aE2' },
        { id: '', hash: 'b' },
      ],
    ].map((list) => evidenceDigest(list.filter((one) => one !== undefined)));
    expect(new Set([evidenceDigest(items), ...others]).size).toBe(5);
    expect(evidenceDigest([...items])).toBe(evidenceDigest(items));
  });
});
