import { expect, test } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import type { Diagnosis, Hypothesis } from '../../../../../src/diagnosis/diagnosis.ts';
import type { Attempt } from '../../../../../src/execution/attempt.ts';
import type { Found } from '../../../../../src/incident/evidence/found.ts';
import type { Incident } from '../../../../../src/incident/model/incident.ts';
import { alert, incidentIn, OPENED } from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

const FOUND: Found = {
  round: 1,
  leads: [
    {
      playbook: 'restart_service',
      title: 'Restart a service',
      cause: 'The process of the service ended and nothing started it again.',
      matched: ['systemd on web-1: failed (exit code 1) since 06:09:58Z'],
      missing: ['An alert about the service fires'],
      ready: true,
    },
  ],
  looks: [
    { words: 'systemd on web-1: failed (exit code 1) since 06:09:58Z', verdict: 'fault', at: OPENED + 1600 },
    { words: 'systemd on web-2: running since 05:00:00Z', verdict: 'well', at: OPENED + 1600 },
  ],
  release: { version: 'v2', by: 'ben', at: OPENED - 15_000, before: 15_000 },
};

const CALL: NonNullable<Incident['call']> = {
  nth: 1,
  why: 'escalated',
  since: OPENED + 2000,
  told: [],
  earlier: [],
  droppedAt: null,
  next: null,
  taken: { by: 'U0ALICE', via: 'slack', at: OPENED + 60_000 },
  heard: OPENED,
  ended: null,
};

const full = {
  ...alert,
  labels: { ...alert.labels, mountpoint: '/var', device: '/dev/sda1', unit: 'catalog.service' },
  annotations: { ...alert.annotations, description: 'The process has not answered for a minute.' },
};

function called(change: Partial<Incident> = {}): Incident {
  const attached = { alert: full, heardAt: OPENED, beganAt: OPENED, changedAt: OPENED, fires: 1 };
  return incidentIn(
    { at: 'escalated', reason: 'no known fault explains it, and no model is configured', decided: null },
    { diagnosis: null, found: FOUND, call: CALL, alerts: { f1: attached }, ...change },
  );
}

const service = { name: 'catalog', owners: [], dashboards: [], dependants: ['checkout', 'storefront'] };
const shown = (incident: Incident) => read(card(incident, { now: OPENED + 90_000, service }));

test('a card that needs a person shows what was found, who is on it, and the nearest fix', async () => {
  const handed = { to: 'U0BOB', by: 'U0ALICE', at: OPENED + 80_000 };
  const bare: Found = {
    ...FOUND,
    leads: FOUND.leads.map((lead) => ({ ...lead, ready: false })),
  };
  const looks = [
    ['with a fix near', called()],
    ['handed over', called({ call: { ...CALL, handed } })],
    ['no playbook fits', called({ found: bare })],
    ['nothing near', called({ found: { ...FOUND, leads: [], looks: [] }, call: { ...CALL, taken: null } })],
  ] as const;
  const text = looks.map(([name, incident]) => `== ${name}\n${shown(incident)}`).join('\n\n');
  await expect(`${text}\n`).toMatchFileSnapshot('looks/needs-a-person.txt');
});

test('manual steps are text and never a button, and stand only where no fix is offered', () => {
  const [withFix, without] = [shown(called()), shown(called({ found: { ...FOUND, leads: [] } }))];
  expect(withFix).toContain('[Restart catalog]');
  expect(withFix).not.toContain('By hand');
  expect(without).toContain('By hand');
  expect(without).not.toContain('[Restart');
});

test('a fix carries its incident and playbook, and asks once more', () => {
  const { blocks } = card(called(), { now: OPENED });
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  const fix = buttons.find((one) => 'action_id' in one && one.action_id === 'plan:fix:0');
  if (fix?.type !== 'button') throw new Error('no fix is offered');
  expect(JSON.parse(fix.value ?? '')).toEqual({ i: 'I1', p: null, b: 'restart_service' });
  expect(fix.confirm?.title?.text).toBe('Restart catalog?');
});

test('a fix that was run already is not offered again', () => {
  const attempt: Attempt = {
    id: 'A1',
    plan: 'I1-p1',
    planDigest: 'b',
    purpose: 'fix',
    playbook: 'restart_service',
    targets: ['production/catalog'],
    startedAt: OPENED,
    endedAt: null,
    tasks: [],
    result: null,
  };
  expect(shown(called({ attempts: [attempt] }))).not.toContain('[Restart');
});

test('a sign of which nobody can say is not said to be missing', () => {
  const [lead] = FOUND.leads;
  if (lead === undefined) return expect.fail();
  const said = shown(
    called({
      found: { ...FOUND, leads: [{ ...lead, missing: [], unread: ['Its log says that it ended'] }] },
    }),
  );
  expect(said).toContain('*1 of 2 signs*');
  expect(said).toContain(':grey_question: Could not be read: Its log says that it ended');
  expect(said).not.toContain('Not found');
});

test('what was found in an earlier round is not shown as what is so now', () => {
  const said = shown(called({ round: 2 }));
  expect(said).not.toMatch(/systemd on web-1|Release/);
});

test('no query stands where people look for what is broken', () => {
  const queries = [
    'rate(http_requests_total{job="shop"}[5m]) > 0.05',
    'sum by (job) (rate(errors_total[1m]))',
    'node_filesystem_avail_bytes < 1e9',
  ];
  for (const summary of queries) {
    const odd = { ...full, name: 'ErrorsHigh', annotations: { summary } };
    const attached = { alert: odd, heardAt: OPENED, beganAt: OPENED, changedAt: OPENED, fires: 1 };
    expect(shown(called({ title: summary, alerts: { f1: attached } }))).toContain(
      '*Critical:* ErrorsHigh on catalog',
    );
  }
});

test('a known cause that nothing mends shows what it stands on, what a person can do, and the fix that eases it', () => {
  const quote = 'healthz did not answer: nothing within 2000 ms';
  const hypothesis: Hypothesis = {
    cause: 'Its process hangs: a deadlock or an endless loop.',
    claims: [
      { text: 'A request to it gets no answer in time.', citations: [{ evidence: 'E2', quote }] },
      { text: 'Its supervisor says RUNNING.', citations: [{ evidence: 'E3', quote: 'shop: RUNNING' }] },
    ],
    against: [],
    playbook: null,
    parameters: {},
    selfConfidence: null,
    confidence: 0.9,
    witnesses: ['probe/health', 'supervisor/web-1'],
    fault: 'process_hangs',
    object: 'service/catalog',
    consequences: ['A dependency does not answer (service storefront)'],
    steps: ['take a thread dump if it can write one'],
  };
  const diagnosis: Diagnosis = {
    by: { kind: 'fault', fault: 'process_hangs', digest: 'd' },
    round: 1,
    at: OPENED,
    summary: '',
    hypotheses: [hypothesis],
    struck: [],
    prevention: null,
    lead: null,
    conclusion: { kind: 'cause' },
  };
  const eases = [
    { playbook: 'restart_service', title: 'Restart a service', faults: ['process_hangs'] },
    { playbook: 'clean_disk', title: 'Clean a disk', faults: ['log_explosion'] },
  ];
  const looked = { words: 'release_link is not set', verdict: 'unknown', at: OPENED } as const;
  const found: Found = { ...FOUND, leads: [], looks: [looked], eases };
  const reason = 'no playbook mends this cause';
  const said = shown(called({ diagnosis, found, phase: { at: 'escalated', reason, decided: null } }));
  expect(said).toContain(`:white_check_mark: A request to it gets no answer in time: “${quote}” *E2*`);
  expect(said).toContain('*Because of it:* A dependency does not answer (service storefront)');
  expect(said).toContain(
    '*What you can do:*\n• Restart catalog: eases it for a while, and does not mend it\n• take a thread dump if it can write one',
  );
  expect(said).toContain('[Restart catalog]');
  expect(said).not.toMatch(/Clean a disk|Medic looked/);
  const [lead] = FOUND.leads;
  if (lead === undefined) throw new Error('nothing comes near it');
  const other = { ...lead, playbook: 'rollback_release', title: 'Roll back a release' };
  const beside = { diagnosis, found: { ...found, leads: [other] } };
  expect(shown(called(beside)), 'what mends another cause').not.toContain('[Roll back');
  const elsewhere = { ...diagnosis, hypotheses: [{ ...hypothesis, object: 'service/orders' as const }] };
  expect(shown(called({ diagnosis: elsewhere, found }))).not.toContain('[Restart');
});

test('a step that is a command stands as it is typed', () => {
  const cause: Hypothesis = {
    cause: 'Its process hangs.',
    claims: [],
    against: [],
    playbook: null,
    parameters: {},
    selfConfidence: null,
    pattern: 'process_hangs',
    confidence: 0.9,
    witnesses: [],
    steps: ['systemctl restart catalog'],
  };
  const diagnosis: Diagnosis = {
    by: { kind: 'fault', fault: 'process_hangs', digest: 'd' },
    round: 1,
    at: OPENED,
    summary: '',
    hypotheses: [cause],
    struck: [],
    prevention: null,
    lead: null,
    conclusion: { kind: 'cause' },
  };
  expect(shown(called({ diagnosis }))).toContain('• systemctl restart catalog');
});

test('a near fault that no playbook mends says what was found, what was not, and what to do if that is it', () => {
  const lead = {
    playbook: null,
    fault: 'disk_full',
    title: 'A disk is full',
    cause: 'Files that were never cleaned up have filled the disk.',
    matched: ['The kernel says 90 % of its space is used: “/ 90 % used”'],
    missing: ['A failing write says so too'],
    steps: ['du -xh / | sort -h | tail', 'rotate logs', 'find out what grew'],
    ready: false,
  };
  const said = shown(called({ found: { ...FOUND, looks: [], leads: [lead] } }));
  expect(said).toContain('*1 of 2 signs*');
  expect(said).toContain(':white_check_mark: The kernel says 90 % of its space is used: “/ 90 % used”');
  expect(said).toContain(':heavy_multiplication_x: Not found: A failing write says so too');
  expect(said).toContain('If that is it: du -xh / | sort -h | tail');
  expect(said).not.toMatch(/find out what grew|lacks a value|\[Restart/);
});
