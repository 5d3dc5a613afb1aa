import { describe, expect, it } from 'vitest';
import { Service } from '../../src/config/settings.ts';
import { canBeFor, fieldsOf } from '../../src/playbooks/fields.ts';
import { Manifest } from '../../src/playbooks/manifest.ts';
import type { Grounds } from '../../src/playbooks/sources.ts';
import { alert, evidenceItem, shop } from '../kit/incident/fixtures.ts';

function manifest(parameters: object): Manifest {
  return Manifest.parse({
    name: 'example',
    title: 'Example',
    description: 'An example.',
    risk: 'low',
    category: 'scale',
    idempotent: true,
    parameters,
    targets: ['shop'],
    run: { command: ['true'] },
    timeout: '10s',
    rollback: { none: 'nothing' },
    verify: { checks: [{ alert: 'resolved' }], within: '60s', every: '1s', stable: '3s' },
  });
}

const described = (from: readonly object[], more: object = {}) => ({ description: 'what', from, ...more });
const grounds: Grounds = {
  subject: shop,
  service: Service.parse({ hosts: ['web-1', 'web-2'] }),
  alerts: [alert('Grave')],
  evidence: [evidenceItem({ id: 'E3', data: { type: 'facts', facts: { previous_version: 'v1' } } })],
};
const field = (parameter: object, given: Grounds = grounds) =>
  fieldsOf(manifest({ it: parameter }), given)[0];

describe('a field', () => {
  it('of an enumeration is a choice among it, with nothing chosen where several are as good', () => {
    expect(field(described([{ oneOf: ['slow', 'fast'] }]))).toEqual({
      name: 'it',
      description: 'what',
      kind: 'choice',
      options: ['slow', 'fast'],
      min: null,
      max: null,
      pattern: '[A-Za-z0-9][A-Za-z0-9._-]{0,62}',
      current: null,
    });
  });

  it('of a range is a number within it, beginning with its default', () => {
    expect(field(described([{ range: { min: 1, max: 50, default: 10 } }]))).toMatchObject({
      kind: 'number',
      options: [],
      min: 1,
      max: 50,
      current: { value: '10', origin: 'the range 1 to 50' },
    });
  });

  it('that is a matter of the registry is a choice of what is in it', () => {
    expect(field(described([{ registry: 'name' }]))).toMatchObject({
      kind: 'choice',
      options: ['shop'],
      current: { value: 'shop', origin: 'service registry, name' },
    });
    expect(field(described([{ registry: 'host' }]))).toMatchObject({
      kind: 'choice',
      options: ['web-1', 'web-2'],
      current: null,
    });
  });

  it('of anything else is a text, with all that is known as options', () => {
    const sources = [{ fact: 'previous_version' }, { label: 'instance' }, { label: 'job' }];
    expect(field(described(sources, { pattern: '[a-z0-9]+' }))).toMatchObject({
      kind: 'text',
      options: ['v1', 'shop'],
      pattern: '[a-z0-9]+',
      current: { value: 'v1', origin: 'E3, previous_version' },
    });
  });

  it('begins with the value that stands, and where it came from', () => {
    const standing = { it: { value: 'v0', origin: 'E10, previous_version' } };
    expect(field(described([{ fact: 'previous_version' }]), { ...grounds, standing })?.current).toEqual(
      standing.it,
    );
  });
});

describe('a playbook', () => {
  const naming = manifest({ service: described([{ registry: 'name' }]) });
  const open = manifest({ where: described([{ label: 'mountpoint' }]) });

  it('can be for any subject that it can name, and a value that people may give need not be known', () => {
    expect([naming, open].map((one) => canBeFor(one, grounds))).toEqual([true, true]);
    expect(canBeFor(manifest({}), grounds)).toBe(true);
  });

  it('cannot be for what nobody has registered where it needs its name', () => {
    const unknown = { ...grounds, service: null };
    expect([naming, open].map((one) => canBeFor(one, unknown))).toEqual([false, true]);
  });
});
