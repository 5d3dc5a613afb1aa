import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decided, Incident } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import { type Bearings, leaveFor, remade, standsAside } from '../../../src/incident/people/leave.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { Manifest } from '../../../src/playbooks/manifest.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';
import { given, settings, T0 } from '../../kit/incident/fixtures.ts';
import { executing } from '../../kit/incident/walk.ts';

const WORD = { kind: 'word', pausedBy: null, catalog: {} } as const;

function bearings(changes: Partial<Bearings> & { readonly manifest?: object } = {}): Bearings {
  const { manifest, ...others } = changes;
  const playbook = given().catalog.get('ease');
  if (playbook === undefined) throw new Error('there is no ease');
  const own = {
    ...playbook,
    manifest: Manifest.parse({ ...playbook.manifest, timeout: '10s', verify: VERIFY, ...manifest }),
  };
  return {
    word: WORD,
    own: { playbook: own, hash: playbook.hash },
    settings: settings(),
    policyDigest: claimed().decided.verdict.policyDigest,
    silences: [],
    evidence: [],
    now: T0,
    ...others,
  };
}

const VERIFY = { checks: [{ alert: 'resolved' }], within: '60s', every: '1s', stable: '3s' };

function claimed(): { readonly incident: Incident; readonly decided: Decided } {
  const { incident } = executing('Small');
  const decided = currentPlan(incident);
  if (decided === null) throw new Error('there is no plan');
  return { incident, decided };
}

/** What becomes of a fix that was claimed, with something else in what was decided, or in what the runner goes by. */
function leave(change: (decided: Decided) => Partial<Decided> = () => ({}), known = bearings()) {
  const { incident, decided } = claimed();
  const [attempt] = incident.attempts;
  if (attempt === undefined) throw new Error('nothing was claimed');
  return leaveFor(incident, { ...decided, ...change(decided) }, attempt, known);
}

const planned = (change: Partial<Plan>) => (decided: Decided) => ({ plan: { ...decided.plan, ...change } });
const reasonOf = (one: ReturnType<typeof leave>) =>
  one.kind === 'go' ? 'go' : `${one.kind}: ${plainly(one.reason)}`;

describe('a runner that makes the plan anew', () => {
  it('starts what it would have made itself', () => {
    expect(leave()).toEqual({ kind: 'go' });
  });

  it('refuses every part that is another, and says which', () => {
    const look = { spec: { command: { argv: ['evil'], fault: '^no', well: '^yes' } }, hosts: null };
    const parts: Readonly<Record<string, Partial<Plan>>> = {
      targets: { targets: ['production/elsewhere'] },
      timeout: { timeout: 24 * 3_600_000 },
      look: { look },
      'blast radius': { maxTargets: 100 },
      risk: { risk: 'high' },
      command: { run: { command: ['evil'] } },
      rollback: { rollback: { none: 'why bother' } },
      preconditions: { preconditions: [] },
      verification: { verify: { checks: [{ alert: 'resolved' }], within: 1, every: 1, stable: 1 } },
    };
    for (const [name, part] of Object.entries(parts))
      expect(reasonOf(leave(planned(part)))).toBe(
        `refused: the plan is not what ease makes here: it differs in its ${name}`,
      );
    expect(reasonOf(leave(planned({ environment: 'staging' })))).toContain('the plan is for staging');
  });

  it('refuses a service that its registry does not name', () => {
    const parameters = { service: { value: 'vault', origin: 'service registry, name' } };
    const other = leave(planned({ parameters, targets: ['production/vault'] }));
    expect(reasonOf(other)).toMatch(/^refused: nothing here backs the values for ease.*vault/);
    const gone = remade(
      claimed().incident,
      claimed().decided,
      bearings({ settings: settings({ services: {} }) }),
    );
    expect(gone.kind).toBe('refused');
  });

  it('admits no value that is not the registry’s own, whatever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/), (value) => {
        const parameters = { service: { value, origin: 'service registry, name' } };
        const kind = leave(planned({ parameters, targets: [`production/${value}`] })).kind;
        expect(kind === 'refused' || value === 'shop').toBe(true);
      }),
    );
  });
});

describe('a runner that judges for itself', () => {
  it('refuses a verdict that is milder than its own', () => {
    const high = {
      ...bearings(),
      settings: settings({ services: { shop: { hosts: ['web-1'], traffic_share: 0.9 } } }),
    };
    expect(reasonOf(leave(() => ({}), high))).toMatch(/^refused: its verdict is "allow".*own is "ask"/);
    const observed = { ...bearings(), settings: settings({ policy: { mode: 'observe' } }) };
    expect(reasonOf(leave(() => ({}), observed))).toMatch(/own is "observe"/);
  });

  it('counts the approvals itself: one person counts once, and nobody approves what they asked for', () => {
    const ask = (users: readonly string[], approvals: number) =>
      leave(({ plan, verdict }) => ({
        verdict: { ...verdict, kind: 'ask', approvals },
        consent: { kind: 'approved', at: T0, quiet: false },
        receipts: users.map((user) => ({
          user,
          at: T0,
          planDigest: plan.digest,
          policyDigest: verdict.policyDigest,
          diffHash: null,
        })),
      })).kind;
    expect([
      ask([], 1),
      ask(['UCAROL'], 1),
      ask(['UCAROL', 'UCAROL'], 2),
      ask(['UCAROL', 'UALICE'], 2),
    ]).toEqual(['refused', 'go', 'refused', 'go']);
  });

  it('refuses a cancel window that has not passed, or that is shorter than its own', () => {
    const waited = (at: number, window: number) =>
      reasonOf(
        leave(({ verdict }) => ({
          verdict: { ...verdict, kind: 'wait', window },
          consent: { kind: 'window-passed', at: verdict.at + at },
        })),
      );
    expect(waited(300_000, 300_000)).toBe('go');
    expect(waited(10, 300_000)).toContain('its cancel window has not passed');
    const unrehearsed = { rollback: { run: { command: ['true', 'back'] }, rehearsed: false } };
    const medium = bearings({ manifest: unrehearsed });
    const short = leave(
      ({ plan, verdict }) => ({
        plan: { ...plan, ...unrehearsed },
        verdict: { ...verdict, kind: 'wait', window: 1, tier: { ...verdict.tier, effective: 'medium' } },
        consent: { kind: 'window-passed', at: verdict.at + 1 },
      }),
      medium,
    );
    expect(reasonOf(short)).toContain('its cancel window is shorter');
  });
});

describe('a runner holds back', () => {
  const aside = (known: Partial<Bearings>) => reasonOf(standsAside(claimed().decided, bearings(known)));

  it('where it has no word of what people ordered, or they paused Medic', () => {
    expect(aside({ word: { kind: 'no-word', reason: 'there is none' } })).toBe('hold: there is none');
    expect(aside({ word: { ...WORD, pausedBy: 'UBOB' } })).toBe('hold: UBOB has paused Medic');
  });

  it('where it has not yet the playbook that the brain planned with, and not where the brain has moved on as well', () => {
    const { plan } = claimed().decided;
    const own = bearings().own;
    const older = own && { ...own, hash: 'older' };
    const word = (hash: string) => ({ ...WORD, catalog: { ease: hash } });
    expect(aside({ own: older, word: word(plan.playbookHash) })).toMatch(
      /^hold: .*waits until both have the same/,
    );
    expect(aside({ own: older, word: word('older') })).toBe('go');
    expect(aside({ own: null, word: word(plan.playbookHash) })).toMatch(/^hold: /);
  });

  it('where other rules hold, or it is silenced', () => {
    expect(reasonOf(leave(() => ({}), bearings({ policyDigest: 'another' })))).toMatch(
      /^hold: .*other rules/,
    );
    const silence = {
      id: 's-1',
      source: 'slack',
      by: 'UBOB',
      reason: 'moving',
      from: 0,
      until: T0 + 60_000,
      service: 'shop',
      environment: null,
      matchers: [],
    } as const;
    expect(reasonOf(leave(() => ({}), bearings({ silences: [silence] })))).toMatch(/^hold: silenced by UBOB/);
  });
});
