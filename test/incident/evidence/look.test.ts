import { describe, expect, it } from 'vitest';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { type Catalog, Manifest } from '../../../src/playbooks/manifest.ts';
import {
  alice,
  bob,
  dave,
  evidenceItem,
  given,
  LOOK,
  looked,
  shop,
  telling,
} from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  ILL,
  opened,
  prepared,
  reproved,
  resolved,
  shown,
  UNSEEN,
  type Walk,
} from '../../kit/incident/walk.ts';
import { saying } from '../../kit/saying.ts';

const act = (action: 'approve' | 'run-now' | 'try-again', by = bob) =>
  ({ type: 'acted', action, plan: null, by, reason: null }) as const;

/** The catalog, with this playbook changed. */
function changed(name: string, changes: object): Catalog {
  const { catalog } = given();
  const playbook = catalog.get(name);
  if (playbook === undefined) throw new Error(`there is no playbook ${name}`);
  return new Map([...catalog, [name, { ...playbook, manifest: { ...playbook.manifest, ...changes } }]]);
}

/** An operator asks for a playbook, and Medic looks before it goes on. */
function healing(playbook: string, look: Parameters<typeof prepared>[1] = {}, name = 'Unheard'): Walk {
  const walked = opened(name);
  walked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook, parameters: {} });
  return walked.feed(prepared(walked, look));
}

/** Reads premises that cannot be read, until Medic gives it up. */
function unreadable(walked: Walk): Walk {
  walked.feed(reproved(walked, UNSEEN)).phase('reproving');
  walked.now += 60_000;
  return walked.feed(reproved(walked, UNSEEN));
}

describe('a plan of Medic’s own', () => {
  it('is never automatic where its playbook declares no look', () => {
    const answers = Manifest.shape.answers.parse([
      {
        pattern: 'two',
        summary: 's',
        cause: 'c',
        when: [
          { alert: 'any', claim: 'it fires' },
          { evidence: 'log', quote: 'it broke', claim: 'the log says so' },
        ],
      },
    ]);
    const walked = opened('Unheard', { catalog: changed('ease', { look: null, answers }) });
    const log = evidenceItem({ id: 'E7', text: '03:00 it broke' });
    walked.feed({ type: 'evidence-collected', round: 1, evidence: [...telling('Unheard').slice(0, 1), log] });
    expect(walked.phase('waiting')).toMatchObject({
      for: 'approval',
      decided: { verdict: { tier: { declared: 'low', effective: 'high' } } },
    });
  });

  it('needs approval where the look was at something else than the plan acts on', () => {
    const [alerted, look] = telling('Small');
    if (alerted === undefined || look?.data?.type !== 'look') throw new Error('it has no look');
    const spec = { command: { ...LOOK.command, argv: ['cat', 'another'] } };
    const walked = opened('Small');
    const evidence = [alerted, { ...look, data: { ...look.data, spec } }];
    walked.feed({ type: 'evidence-collected', round: 1, evidence });
    expect(walked.phase('waiting').for).toBe('approval');
    expect(
      walked
        .phase('waiting')
        .decided.verdict.reasons.map((one) => plainly(one))
        .join(),
    ).toContain('did not look at exactly');
  });

  it('that was cut short by Run now starts no more than another where the look no longer shows the fault', () => {
    const walked = diagnosed('Middling');
    walked.feed(prepared(walked));
    walked.feed(shown(walked.incident)).feed(act('run-now'));
    expect(
      plainly(walked.feed(reproved(walked, { ...ILL, look: 'well' })).phase('escalated').reason),
    ).toContain('was not started');
  });

  it('is looked for again, twice, where a look told nothing for want of time, before a person is called', () => {
    const walked = opened('Small');
    const late = (): Parameters<Walk['feed']>[0] => ({
      type: 'evidence-collected',
      round: walked.incident.round,
      evidence: [
        ...telling('Small', walked.now).slice(0, 1),
        evidenceItem({
          id: 'E2',
          kind: 'state',
          status: 'failed',
          data: { type: 'look', playbooks: ['ease'], spec: LOOK, reading: looked('unknown', { late: true }) },
        }),
      ],
    });
    walked.feed(late()).feed(late());
    expect(walked.phase('investigating')).toMatchObject({ again: 2 });
    expect(plainly(walked.feed(late()).phase('escalated').reason)).toContain('no known fault');
    expect(walked.incident.round).toBe(3);
  });
});

describe('a plan that a person asks for', () => {
  it('is looked at first, and goes on by itself where the look shows the fault', () => {
    const walked = opened('Unheard');
    walked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook: 'ease', parameters: {} });
    expect(walked.phase('preparing').decided.verdict.kind).toBe('allow');
    expect(walked.effects.at(-1)?.kind).toBe('dry-run');
    walked.feed(prepared(walked)).phase('reproving');
    expect(walked.feed(reproved(walked)).phase('starting').decided.unseen).toBeUndefined();
  });

  it.each([
    ['well', 'does not look needed'],
    ['other', 'does not look needed'],
    ['unknown', 'could not check'],
  ] as const)('needs somebody else’s approval where the look says %s', (look, reason) => {
    const walked = healing('ease', { look });
    const { decided, for: what } = walked.phase('waiting');
    expect([what, decided.unseen]).toEqual(['approval', `web-1 was looked at: ${look}`]);
    expect(decided.verdict.reasons.map((one) => plainly(one)).join()).toContain(reason);
    walked.feed(shown(walked.incident));
    const asked = walked.told.findLast(({ kind }) => kind === 'approval-asked');
    expect(asked).toMatchObject({ why: saying(reason) });
    walked.feed(act('run-now'));
    expect(walked.refusals.at(-1)).toContain('needs approval');
  });

  it('and that somebody approved in the knowledge of what the look says starts on their word', () => {
    const walked = healing('ease', { look: 'well' });
    walked.feed(shown(walked.incident)).feed(act('approve', alice));
    walked.feed(reproved(walked, { ...ILL, look: 'well' }));
    expect(walked.phase('starting').decided.consent?.kind).toBe('approved');
  });

  it('starts no more than Medic’s own where the look showed the fault and no longer does', () => {
    const walked = healing('ease');
    walked.feed(reproved(walked, { ...ILL, look: 'well' }));
    expect(plainly(walked.phase('escalated').reason)).toContain('was not started');
  });
});

describe('a plan that could not be confirmed', () => {
  it('is tried again by Medic for a minute, and then never called no longer right', () => {
    const walked = unreadable(diagnosed('Small'));
    expect(walked.phase('escalated')).toMatchObject({ retriable: true });
    expect(plainly(walked.phase('escalated').reason)).toContain(
      'could not confirm the problem is still there',
    );
    expect(walked.effects.some(({ kind }) => kind === 'claim')).toBe(false);
  });

  it('may be tried again by an operator, and by nobody else', () => {
    const walked = unreadable(diagnosed('Small'));
    walked.feed(act('try-again', dave));
    expect(walked.refusals.at(-1)).toContain('operator role');
    walked.feed(act('try-again')).phase('reproving');
    expect(walked.told.at(-1)).toMatchObject({ kind: 'tried-again', by: bob.id });
    walked.feed(reproved(walked)).phase('starting');
  });

  /** A plan that Alice approved, and whose premises could not be read then. */
  function approved(): Walk {
    const walked = diagnosed('Grave');
    walked.feed(prepared(walked));
    walked.feed(shown(walked.incident)).feed(act('approve', alice));
    return unreadable(walked).feed(act('try-again'));
  }

  it('may be tried again with the approval it has', () => {
    const walked = approved();
    const { receipts, consent } = walked.phase('reproving').decided;
    expect([receipts.map(({ user }) => user), consent?.kind]).toEqual([[alice.id], 'approved']);
    walked.feed(reproved(walked)).phase('starting');
  });

  it('has to be approved anew where its dry run says something else by then', () => {
    const walked = approved();
    walked.feed({ ...reproved(walked), diff: { kind: 'diff', diff: '-a\n+c', changes: 1 } });
    expect(walked.phase('waiting')).toMatchObject({ for: 'approval', decided: { receipts: [] } });
  });

  it('is not tried again where its playbook or the rules have changed by then', () => {
    const other = approved();
    other.feed({ ...reproved(other), playbookHash: 'another' });
    expect(other.phase('escalated').retriable).toBeUndefined();
    const ruled = approved();
    ruled.feed(reproved(ruled), 0, { policyDigest: 'policy-2' });
    expect(ruled.phase('preparing').decided.receipts).toEqual([]);
  });

  it('is nothing to try again where something was read that speaks against it', () => {
    const walked = diagnosed('Small');
    walked.feed(reproved(walked, { ...UNSEEN, look: 'well' })).feed(act('try-again'));
    expect(walked.refusals.at(-1)).toContain('nothing to try again');
  });

  it('is watched instead where its alerts have resolved in the meantime', () => {
    const walked = diagnosed('Small');
    walked.feed(reproved(walked, UNSEEN));
    resolved(walked).now += 60_000;
    expect(walked.feed(reproved(walked, UNSEEN)).phase('verifying').after.kind).toBe('resolved');
  });
});
