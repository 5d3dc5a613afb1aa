import { describe, expect, it } from 'vitest';
import { causeOf } from '../../../src/adapters/runners/ansible/causes.ts';

const lost = (words: string) =>
  causeOf({ event: 'unreachable', host: 'web-1', msg: `Failed to connect to the host via ssh: ${words}` });

describe('why nothing was begun', () => {
  it.each([
    'Connection to 10.0.0.1 closed by remote host.',
    'client_loop: send disconnect: Broken pipe',
    'Timeout, server web-1 not responding.',
    'Shared connection to 10.0.0.1 closed.',
    'no such identity: /home/medic/old: No such file or directory\nConnection to web-1 closed by remote host.',
    '@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@\nPassword authentication is disabled.\nConnection reset by 10.0.0.1 port 22',
    'connect to address 10.0.0.2 port 22: Connection refused\nclient_loop: send disconnect: Broken pipe',
    '',
  ])('is not known of a connection that may have been there first: %s', (words) => {
    expect(lost(words)).toBeNull();
  });

  it.each([
    [
      'ssh: connect to host 10.0.0.1 port 22: Connection timed out',
      'web-1 does not answer on port 22 of 10.0.0.1.',
    ],
    ['ssh: connect to host db-1 port 22: No route to host', 'web-1 does not answer on port 22 of db-1.'],
    [
      'kex_exchange_identification: Connection closed by remote host',
      'web-1 took the connection but did not let it begin.',
    ],
    [
      'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found.',
      'web-1 and Medic share no way to encrypt.',
    ],
    [
      'Load key "/home/medic/key": bad permissions\nmedic@web-1: Permission denied (publickey).',
      'web-1 was not asked, since others may read the key /home/medic/key.',
    ],
  ])('is told of a login that failed: %s', (words, said) => {
    expect(lost(words)).toEqual({ words: expect.stringContaining(said), mayHaveBegun: false });
  });

  it('is not read from what a module says that ran', () => {
    const failed = { event: 'failed', host: 'web-1', msg: 'non-zero return code' } as const;
    expect(causeOf({ ...failed, stderr: 'sudo: a password is required' })).toBeNull();
    expect(causeOf({ ...failed, msg: 'login said: Missing sudo password' })).toBeNull();
    expect(causeOf({ ...failed, msg: 'MODULE FAILURE', stderr: 'Traceback: no sudo today' })).toBeNull();
  });

  it('leaves open whether something began where sudo was only slow', () => {
    const msg = 'Timeout (12s) waiting for privilege escalation prompt: ';
    expect(causeOf({ event: 'failed', host: 'web-1', msg })).toMatchObject({ mayHaveBegun: true });
  });
});
