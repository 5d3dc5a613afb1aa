import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isApart, isolationInWords } from '../../src/app/isolation.ts';
import { dropSecrets, loadConfig } from '../../src/config/load.ts';
import { bringInSecrets, SECRET_VARIABLES } from '../../src/config/secrets.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('secrets');
  await writeFile(join(scratch.path, 'medic.yml'), 'environment: test\n');
});
afterAll(() => scratch.remove());

const files: Readonly<Record<string, string>> = {
  '/run/credentials/medic.service/ALERT_TOKEN': 'from systemd',
  '/etc/medic/bot': 'xoxb-from-a-file\n',
  '/etc/medic/empty': '\n',
  '/etc/medic/two': 'one\ntwo\n',
};
const read = (path: string) => {
  if (path === '/etc/medic/locked') throw new Error('EACCES: permission denied');
  return files[path] ?? null;
};
const problemsWith = (variables: Record<string, string>) =>
  bringInSecrets(variables, read).problems.map(({ name, message }) => `${name}: ${message}`);

describe('a secret', () => {
  it('is read from the file that NAME_FILE names, without the line break at its end', () => {
    const { variables, sources, problems } = bringInSecrets({ SLACK_BOT_TOKEN_FILE: '/etc/medic/bot' }, read);
    expect(problems).toEqual([]);
    expect(variables.SLACK_BOT_TOKEN).toBe('xoxb-from-a-file');
    expect(sources).toEqual([{ name: 'SLACK_BOT_TOKEN', file: '/etc/medic/bot' }]);
  });

  it('is read from the credentials that systemd hands to the unit', () => {
    const given = { CREDENTIALS_DIRECTORY: '/run/credentials/medic.service', REDIS_URL: 'redis://here' };
    const { variables, sources } = bringInSecrets(given, read);
    expect(variables).toMatchObject({ ALERT_TOKEN: 'from systemd', REDIS_URL: 'redis://here' });
    expect(sources).toEqual([
      { name: 'ALERT_TOKEN', file: '/run/credentials/medic.service/ALERT_TOKEN' },
      { name: 'REDIS_URL', file: null },
    ]);
  });

  it('comes from one place only', () => {
    expect(problemsWith({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN_FILE: '/etc/medic/bot' })).toEqual([
      'SLACK_BOT_TOKEN: set it once; it comes from SLACK_BOT_TOKEN and from SLACK_BOT_TOKEN_FILE',
    ]);
    const both = { ALERT_TOKEN: 'x', CREDENTIALS_DIRECTORY: '/run/credentials/medic.service' };
    expect(problemsWith(both)).toEqual([
      'ALERT_TOKEN: set it once; it comes from ALERT_TOKEN and from the credential',
    ]);
  });

  it.each([
    [
      '/etc/medic/none',
      'SLACK_BOT_TOKEN: SLACK_BOT_TOKEN_FILE names /etc/medic/none, and there is no such file',
    ],
    ['/etc/medic/empty', 'SLACK_BOT_TOKEN: the file /etc/medic/empty is empty'],
    ['/etc/medic/two', 'SLACK_BOT_TOKEN: the file /etc/medic/two holds more than one line'],
    [
      '/etc/medic/locked',
      'SLACK_BOT_TOKEN: the file /etc/medic/locked cannot be read: EACCES: permission denied',
    ],
  ])(
    'that cannot be read from %s is told with the file and the reason, never with what is in it',
    (path, problem) => {
      expect(problemsWith({ SLACK_BOT_TOKEN_FILE: path })).toEqual([problem]);
    },
  );

  it('is in force like one of the environment, and told once where it is wrong', async () => {
    const credentials = join(scratch.path, 'credentials');
    await mkdir(credentials);
    const secrets = {
      REDIS_URL: 'redis://:hidden@redis.example:6379',
      SLACK_BOT_TOKEN: 'xoxb-1234',
      SLACK_APP_TOKEN: 'xapp-1234',
      ALERT_TOKEN: 'a-secret-that-is-long-enough',
    };
    for (const [name, value] of Object.entries(secrets))
      await writeFile(join(credentials, name), `${value}\n`);
    const given = {
      SLACK_CHANNEL: 'C0INCIDENTS',
      MEDIC_CONFIG: join(scratch.path, 'medic.yml'),
      CREDENTIALS_DIRECTORY: credentials,
    };
    const config = loadConfig(given);
    expect(config.contacts).toMatchObject({ SLACK_BOT_TOKEN: 'xoxb-1234' });
    expect(config.env.REDIS_URL).toBe(secrets.REDIS_URL);
    expect(config.secrets.map(({ file }) => file)).not.toContain(null);
    const { ALERT_TOKEN: _, ...rest } = { ...given, ...secrets };
    const named = { ...rest, CREDENTIALS_DIRECTORY: '', ALERT_TOKEN_FILE: join(credentials, 'ALERT_TOKEN') };
    expect(loadConfig(named).doubts).toEqual([]);
    const misspelt = { ...named, SLACK_BOT_TOKEN_FILES: '/anywhere' };
    expect(loadConfig(misspelt).doubts.map(({ message }) => message)).toEqual([
      expect.stringContaining('SLACK_BOT_TOKEN_FILE'),
    ]);
    const wrong = () => loadConfig({ ...given, MEDIC_KEY_FILE: '/etc/medic/none' });
    expect(wrong).toThrow(
      /has a problem:\n {2}environment: MEDIC_KEY: MEDIC_KEY_FILE names \/etc\/medic\/none/,
    );
    // A runner refuses what only a brain may have, from wherever it comes.
    const asRunner = () => loadConfig({ ...given, MEDIC_ROLE: 'runner', MEDIC_KEY: 'x'.repeat(32) });
    expect(asRunner).toThrow(/SLACK_BOT_TOKEN: unset it: a runner talks neither to people nor to a model/);
  });

  it('is gone from the environment once it was read, and is not among what commands are made from', () => {
    const all = Object.fromEntries(SECRET_VARIABLES.map((name) => [name, 'x'.repeat(40)]));
    const environment: Record<string, string | undefined> = { ...all, PATH: '/bin' };
    dropSecrets(environment);
    expect(environment).toEqual({ PATH: '/bin' });
    const config = loadConfig({
      ...all,
      REDIS_URL: 'redis://redis.example:6379',
      SLACK_BOT_TOKEN: 'xoxb-1234',
      SLACK_APP_TOKEN: 'xapp-1234',
      SLACK_CHANNEL: 'C0INCIDENTS',
      OPENAI_MODEL: 'any',
      MEDIC_CONFIG: join(scratch.path, 'medic.yml'),
    });
    expect(Object.keys(config.hands?.environment ?? {})).toEqual(
      expect.not.arrayContaining([...SECRET_VARIABLES]),
    );
  });
});

describe('what keeps secrets from commands', () => {
  const runAs = { name: 'medic-run', uid: 990, gid: 990, home: '/var/lib/medic-run', ownsHome: true };

  it.each([
    [
      { runAs, user: 'medic-run', readable: [] },
      'Commands run as medic-run and cannot read Medic’s secrets.',
    ],
    [
      { runAs, user: 'medic-run', readable: ['ALERT_TOKEN'] },
      'Commands run as medic-run, and yet can read secrets of Medic (ALERT_TOKEN): take the right to read their files from medic-run.',
    ],
    [
      { runAs: null, user: 'medic', readable: ['ALERT_TOKEN', 'REDIS_URL'] },
      'Commands run as Medic’s own user (medic): a playbook can read its secrets (ALERT_TOKEN, REDIS_URL). Name another user as `run_as` in `medic.yml`.',
    ],
    [
      { runAs: null, user: 'medic', readable: [] },
      'Commands run as Medic’s own user (medic): a playbook can read what it holds in memory. Name another user as `run_as` in `medic.yml`.',
    ],
  ])('is said as it was tried: %o', (isolation, words) => {
    expect(isolationInWords(isolation)).toBe(words);
    expect(isApart(isolation)).toBe(words.endsWith('cannot read Medic’s secrets.'));
  });
});
