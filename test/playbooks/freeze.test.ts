import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Service } from '../../src/config/settings.ts';
import { person, say } from '../../src/lib/text/text.ts';
import { freeze } from '../../src/playbooks/freeze.ts';
import { ground } from '../../src/playbooks/ground.ts';
import { Manifest, type Playbook } from '../../src/playbooks/manifest.ts';
import type { Plan, Requester } from '../../src/playbooks/plan.ts';
import { sentenceOf } from '../../src/playbooks/problem.ts';
import type { Grounds } from '../../src/playbooks/sources.ts';
import { alert, evidenceItem, looked, shop } from '../kit/incident/fixtures.ts';

const manifest = Manifest.parse({
  name: 'go_back',
  title: 'Go back to {{release}}',
  description: 'An example.',
  risk: 'high',
  category: 'rollback',
  idempotent: true,
  parameters: {
    service: { description: 'the service', from: [{ registry: 'name' }] },
    release: {
      description: 'the release',
      from: [{ fact: 'previous_version' }, { registry: 'settings.stable' }],
    },
    instance: { description: 'where', from: [{ label: 'instance' }], pattern: '[a-z0-9.:-]+' },
    pace: { description: 'how', from: [{ oneOf: ['slow', 'fast'] }] },
    percent: { description: 'how much', from: [{ range: { min: 1, max: 50, default: 10 } }] },
  },
  targets: ['{{service}}', '{{instance}}'],
  run: { command: ['deploy', '--to={{release}}', '{{ service }}'] },
  timeout: '10s',
  rollback: { run: { command: ['deploy', '--forward', '{{service}}'] }, rehearsed: true },
  preconditions: [{ alert: 'firing' }],
  verify: {
    checks: [
      { alert: 'resolved' },
      { metric: { query: 'errors{instance="{{instance}}"}', is: '<', value: 1 } },
    ],
    within: '1m',
    every: '1s',
    stable: '3s',
  },
});
const playbook: Playbook = { manifest, folder: '/playbooks/go_back', hash: 'hash' };
const deploys = evidenceItem({
  id: 'E3',
  kind: 'change',
  data: { type: 'facts', facts: { previous_version: 'v1' } },
});
const grounds: Grounds = {
  subject: shop,
  service: Service.parse({ hosts: ['web-1'], settings: { stable: 'v0' } }),
  alerts: [alert('Grave')],
  evidence: [deploys],
};
const medic: Requester = { kind: 'medic' };
const bob: Requester = { kind: 'person', user: 'UBOB' };
/** What leaves nothing open: a choice among several values is the proposer's. */
const CHOSEN = { pace: 'slow' };

function frozen(proposed: Record<string, string> = CHOSEN, given: Grounds = grounds, by = medic): Plan {
  const freezing = freeze('inc-1-p1', playbook, proposed, given, by);
  if (freezing.kind === 'refused') throw new Error(sentenceOf(freezing.problems));
  return freezing.plan;
}

function problems(proposed: Record<string, string>, given: Grounds = grounds, by = medic): string {
  const grounding = ground(manifest, proposed, given, by);
  return grounding.kind === 'ungrounded' ? sentenceOf(grounding.problems) : '';
}

describe('every value of a plan has an origin', () => {
  it('found in the registry, the evidence, a label, or what the manifest allows', () => {
    expect(frozen().parameters).toEqual({
      service: { value: 'shop', origin: 'service registry, name' },
      release: { value: 'v1', origin: 'E3, previous_version' },
      instance: { value: 'web-1:80', origin: 'alert label instance' },
      pace: { value: 'slow', origin: 'the values its manifest allows' },
      percent: { value: '10', origin: 'the range 1 to 50' },
    });
  });

  it('in the order of its sources, and not from evidence that failed', () => {
    const failed = { ...grounds, evidence: [{ ...deploys, status: 'failed' as const }] };
    expect(frozen(CHOSEN, failed).parameters.release).toEqual({
      value: 'v0',
      origin: 'service registry, settings.stable',
    });
  });

  it.each([
    [
      'a value that no source bears out',
      { release: 'v7' },
      'for “release”, “v7” is not known: it can be v1 or v0',
    ],
    [
      'a value that does not look as it must',
      { release: 'v1; reboot' },
      '“v1; reboot” cannot be used: use up to',
    ],
    [
      'a value that does not match the pattern',
      { instance: 'WEB' },
      '“WEB” cannot be used: it must match [a-z',
    ],
    ['a value outside the range', { percent: '51' }, '“51” cannot be used: give a number from 1 to 50'],
    ['no number at all', { percent: 'half' }, '“half” cannot be used: give a number from 1 to 50'],
    [
      'a value that is not among those allowed',
      { pace: 'reckless' },
      '“reckless” is not known: it can be slow or',
    ],
    ['another name than the subject’s', { service: 'bank' }, '“bank” is not known: only shop is'],
    [
      'a parameter that the playbook does not have',
      { colour: 'red' },
      'for “colour”, go_back has no such parameter',
    ],
    ['one that every object has', { constructor: 'x' }, 'for “constructor”, go_back has no such parameter'],
  ])('so %s is refused', (_, proposed, expected) => {
    expect(problems({ ...CHOSEN, ...proposed })).toContain(expected);
  });

  it('so a refused value is repeated in short, with nothing in it that could pass for a mention', () => {
    const words = problems({ ...CHOSEN, release: `<!channel>\n\`${'x'.repeat(500)}` });
    expect(words).toContain('“!channel xxx');
    expect(words.length).toBeLessThan(250);
  });

  it('so a plan without a value is refused, with where it was looked for', () => {
    expect(problems(CHOSEN, { ...grounds, alerts: [] })).toBe(
      "for “instance”, nothing is found in the alert's label instance",
    );
    expect(problems(CHOSEN, { ...grounds, service: null })).toContain(
      'for “service”, nothing is found in the service registry (name)',
    );
  });

  it('so two values that are equally good are nobody’s to choose but a proposer’s', () => {
    const two = {
      ...grounds,
      alerts: [alert('Grave'), alert('Other', { labels: { instance: 'web-2:80' } })],
    };
    expect(problems(CHOSEN, two)).toContain('it could be web-1:80 or web-2:80: choose one');
    expect(frozen({ ...CHOSEN, instance: 'web-2:80' }, two).parameters.instance?.value).toBe('web-2:80');
  });

  it('and a person may give one, within what the manifest leaves open', () => {
    expect(frozen({ ...CHOSEN, release: 'v7' }, grounds, bob).parameters.release).toEqual({
      value: 'v7',
      origin: say`given by ${person('UBOB')}`,
    });
    expect(problems({ pace: 'reckless' }, grounds, bob)).toContain('“reckless” is not known');
    expect(problems({ ...CHOSEN, release: '$(reboot)' }, grounds, bob)).toContain('cannot be used');
  });

  it('and nobody may have another service mended than the one that policy judges', () => {
    expect(problems({ ...CHOSEN, service: 'bank' }, grounds, bob)).toContain('“bank” is not known');
  });

  it('and a value that stays as it was keeps the origin it had, if nobody closed it since', () => {
    const standing = {
      release: { value: 'v9', origin: 'E10, previous_version' },
      pace: { value: 'reckless', origin: 'the values its manifest allows' },
    };
    const kept = { ...grounds, standing };
    expect(frozen({ ...CHOSEN, release: 'v9' }, kept, bob).parameters.release).toEqual(standing.release);
    expect(frozen(CHOSEN, kept, bob).parameters.release).toEqual(standing.release);
    expect(problems({ pace: 'reckless' }, kept, bob)).toContain('“reckless” is not known');
  });

  it('and a number is written as numbers are', () => {
    expect(frozen({ ...CHOSEN, percent: '07.0' }).parameters.percent?.value).toBe('7');
    for (const percent of ['0x10', '1e1', '', ' 7', '7;'])
      expect(problems({ ...CHOSEN, percent }, grounds, bob)).toContain('give a number from 1 to 50');
  });

  it('whatever is proposed: a plan’s values are borne out, and look as the manifest demands', () => {
    const words = fc.oneof(fc.constantFrom('v1', 'v0', 'shop', 'fast', '7'), fc.string());
    const proposals = fc.dictionary(fc.constantFrom(...Object.keys(manifest.parameters), 'other'), words);
    fc.assert(
      fc.property(proposals, (proposed) => {
        const grounding = ground(manifest, proposed, grounds, medic);
        if (grounding.kind === 'ungrounded') {
          expect(grounding.problems).not.toEqual([]);
          return;
        }
        const { service, release, instance, pace, percent } = grounding.values;
        expect([service?.value, instance?.value]).toEqual(['shop', 'web-1:80']);
        expect(['v1', 'v0']).toContain(release?.value);
        expect(['slow', 'fast']).toContain(pace?.value);
        expect(Number(percent?.value)).toBeGreaterThanOrEqual(1);
        expect(Number(percent?.value)).toBeLessThanOrEqual(50);
      }),
    );
  });
});

describe('a frozen plan', () => {
  it('has every template rendered, as arguments and never as a shell string', () => {
    const plan = frozen();
    expect(plan).toMatchObject({
      title: 'Go back to v1',
      targets: ['production/shop', 'production/web-1:80'],
      run: { command: ['deploy', '--to=v1', 'shop'] },
      rollback: { run: { command: ['deploy', '--forward', 'shop'] } },
      verify: { checks: [{ alert: 'resolved' }, { metric: { query: 'errors{instance="web-1:80"}' } }] },
    });
    expect(JSON.stringify(plan)).not.toContain('{{');
  });

  it('asks nothing about an alert where there is none', () => {
    const plan = frozen({ ...CHOSEN, instance: 'web-1:80' }, { ...grounds, alerts: [] }, bob);
    expect(plan.preconditions).toEqual([]);
    expect(plan.verify.checks).toHaveLength(1);
  });

  it('is another plan when anything about it is different', () => {
    const changed = (changes: object): Plan => {
      const other = { ...playbook, manifest: { ...manifest, ...changes } };
      const freezing = freeze('inc-1-p1', other, CHOSEN, grounds, medic);
      if (freezing.kind === 'refused') throw new Error(sentenceOf(freezing.problems));
      return freezing.plan;
    };
    const digests = [
      frozen(),
      frozen({ ...CHOSEN, percent: '11' }),
      frozen(CHOSEN, grounds, bob),
      changed({ timeout: 9_999 }),
      changed({ risk: 'low' }),
      changed({ rollback: { none: 'nothing' } }),
      changed({ verify: { ...manifest.verify, stable: 1 } }),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(frozen().digest).toBe(frozen().digest);
  });
});

describe('the look of a plan', () => {
  const looking = (changes: object = {}): Playbook => ({
    ...playbook,
    manifest: Manifest.parse({
      name: 'tidy',
      title: 'Tidy {{path}}',
      description: 'An example.',
      risk: 'low',
      category: 'clean',
      idempotent: true,
      parameters: {
        path: {
          description: 'where',
          from: [{ label: 'path' }],
          among: { registry: 'cleanable' },
          pattern: '/.*',
        },
        hosts: { description: 'on which hosts', from: [{ look: 'hosts' }], pattern: '.*' },
      },
      targets: ['{{path}}'],
      run: { command: ['tidy', '{{path}}'] },
      timeout: '10s',
      rollback: { none: 'nothing' },
      look: { disk: { path: '{{path}}' } },
      preconditions: [{ alert: 'firing' }],
      verify: { checks: [{ probe: 'healthy' }], within: '1m', every: '1s', stable: '3s' },
      ...changes,
    }),
  });
  const reading = (host: string, verdict: 'fault' | 'well') => ({
    ...evidenceItem({ id: `E-${host}`, kind: 'state' }),
    data: {
      type: 'look' as const,
      playbooks: ['tidy'],
      spec: { disk: { path: '/srv', used: 0.9 } },
      reading: looked(verdict, { host }),
    },
  });
  const there: Grounds = {
    subject: shop,
    service: Service.parse({ hosts: ['a', 'b', 'c'], cleanable: ['/srv', '/var/cache'] }),
    alerts: [alert('Full', { labels: { path: '/srv' } })],
    evidence: [reading('b', 'fault'), reading('a', 'fault'), reading('c', 'well')],
  };
  const made = (given: Grounds = there, changes: object = {}, proposed = {}, by: Requester = medic) =>
    freeze('inc-1-p1', looking(changes), proposed, given, by);
  const plan = (given: Grounds = there, changes: object = {}): Plan => {
    const freezing = made(given, changes);
    if (freezing.kind === 'refused') throw new Error(sentenceOf(freezing.problems));
    return freezing.plan;
  };

  it('is at what the plan acts on, on the hosts where the look shows the fault', () => {
    expect(plan().look).toEqual({ spec: { disk: { path: '/srv', used: 0.9 } }, hosts: ['a', 'b'] });
  });

  it('comes first among the premises and among the proofs, once, whatever the manifest names', () => {
    expect(plan().preconditions).toEqual([{ look: 'fault' }, { alert: 'firing' }]);
    const named = { preconditions: [{ alert: 'firing' }, { look: 'fault' }] };
    expect(plan(there, named).preconditions).toEqual([{ look: 'fault' }, { alert: 'firing' }]);
    expect(plan(there, { verify: WELL }).verify.checks).toEqual([{ look: 'well' }]);
  });

  it('is proof enough where the service has no health check, which is asked for where it has one', () => {
    expect(plan().verify.checks).toEqual([{ look: 'well' }]);
    const probed = Service.parse({
      hosts: ['a'],
      cleanable: ['/srv'],
      health: [{ name: 'web', url: 'http://a.example.com/health' }],
    });
    expect(plan({ ...there, service: probed }).verify.checks).toEqual([
      { look: 'well' },
      { probe: 'healthy' },
    ]);
  });

  it('is at nothing that the registry does not declare: such a value is refused before there is a plan', () => {
    const refused = made(
      { ...there, alerts: [alert('Full', { labels: { path: '/etc' } })] },
      {},
      { path: '/etc' },
      bob,
    );
    expect(refused.kind === 'refused' && sentenceOf(refused.problems)).toContain(
      '“/etc” is not declared for this service in medic.yml: it can be /srv or /var/cache',
    );
  });
});

const WELL = { checks: [{ look: 'well' }], within: '1m', every: '1s', stable: '3s' };
