import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInventory, wayOf } from '../../../src/adapters/hosts/inventory.ts';
import { quoteForShell, splitLikeShell } from '../../../src/adapters/hosts/words.ts';

describe('an argument vector for the far shell', () => {
  // No process takes a NUL in an argument.
  const argv = fc.array(
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed()),
    { minLength: 1, maxLength: 5 },
  );

  it('is one that a real shell takes apart to the letter, whatever it holds', () => {
    fc.assert(
      fc.property(argv, (words) => {
        const line = `printf '%s\\n.\\n' ${quoteForShell(words)}`;
        const printed = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
        expect(printed).toBe(words.map((word) => `${word}\n.\n`).join(''));
      }),
      { numRuns: 60 },
    );
  });

  it('is the same after it was split again', () => {
    fc.assert(
      fc.property(argv, (words) => {
        expect(splitLikeShell(quoteForShell(words))).toEqual(words);
      }),
    );
  });
});

it.each([
  ['-o ProxyCommand="ssh -W %h:%p jump" -J a', ['-o', 'ProxyCommand=ssh -W %h:%p jump', '-J', 'a']],
  [`-o 'A B' "it\\"s" c\\ d ''`, ['-o', 'A B', 'it"s', 'c d', '']],
  ['$HOME `id`', ['$HOME', '`id`']],
  ['', []],
  ['"open', null],
  ["'open", null],
  ['end\\', null],
])('the arguments of ssh are split as Ansible does: %s', (line, words) => {
  expect(splitLikeShell(line)).toEqual(words);
});

describe('the way to a host', () => {
  it('is what the variables say', () => {
    const way = wayOf('web-1', {
      ansible_host: '192.0.2.7',
      ansible_port: 2222,
      ansible_user: 'deploy',
      ansible_ssh_private_key_file: '/keys/one',
      ansible_ssh_common_args: '-o ProxyJump=jump',
      medic_become: true,
      medic_fence_dir: '/srv/fences',
    });
    expect(way).toEqual({
      fenceFolder: '/srv/fences',
      facts: { name: 'web-1', local: false, manager: 'systemd', supervisorConf: null },
      ssh: {
        address: '192.0.2.7',
        port: 2222,
        user: 'deploy',
        key: '/keys/one',
        args: ['-o', 'ProxyJump=jump'],
      },
      becomeUser: 'root',
    });
  });

  it('becomes nobody else where the fixes do not, nor where it already is that user', () => {
    expect(wayOf('web-1', { ansible_become: 'no', medic_become: true })).toMatchObject({ becomeUser: null });
    expect(wayOf('web-1', { ansible_user: 'root', ansible_become: 'yes' })).toMatchObject({
      becomeUser: null,
    });
    expect(wayOf('web-1', { ansible_become: true, ansible_become_user: 'shop' })).toMatchObject({
      becomeUser: 'shop',
    });
  });

  it.each([
    [{ ansible_host: '-oProxyCommand=id' }, 'ansible_host of web-1'],
    [{ ansible_user: '-x' }, 'ansible_user of web-1'],
    [{ ansible_port: '22 -v' }, 'which is no port'],
    [{ ansible_user: '{{ who }}' }, 'is a template'],
    [{ medic_supervisor_conf: '{% if x %}y{% endif %}' }, 'is a template'],
    [{ ansible_host: { __ansible_vault: 'x' } }, 'is no plain value'],
    [{ ansible_ssh_extra_args: "-o 'x" }, 'a quote that is never closed'],
    [{ ansible_connection: 'winrm' }, 'ansible_connection of web-1 is winrm'],
    [{ medic_service_manager: 'runit' }, 'it can be systemd or supervisor'],
    [{ medic_become: true, ansible_become_method: 'doas' }, 'Medic looks by sudo'],
  ])('is refused in words where it cannot be gone: %j', (vars, words) => {
    expect(wayOf('web-1', vars)).toEqual({ refused: expect.stringContaining(words) });
  });

  it('is not even tried where the name itself is an option', () => {
    expect(wayOf('-oProxyCommand=id', {})).toEqual({ refused: expect.stringContaining('no name') });
  });
});

it('groups hold the hosts of the groups in them, also where these go round in a circle', () => {
  const listed = {
    _meta: { hostvars: { a: { x: 1 } } },
    all: { children: ['one', 'ungrouped'] },
    one: { children: ['two'], hosts: ['a'] },
    two: { children: ['one'], hosts: ['b', 'a'] },
  };
  const { hosts, groups } = parseInventory(JSON.stringify(listed));
  expect(groups).toEqual({ all: ['a', 'b'], one: ['a', 'b'], two: ['b', 'a'] });
  expect(hosts).toEqual({ a: { x: 1 }, b: {} });
});
