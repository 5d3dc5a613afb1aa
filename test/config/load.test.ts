import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedEnvironment } from '../../src/adapters/runners/process/environment.ts';
import { ACCESS } from '../../src/config/environment.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
let file: string;
beforeAll(async () => {
  scratch = await scratchDir('config');
  file = join(scratch.path, 'medic.yml');
  await writeFile(file, 'policy: { cancel_window: 90s }\nansible: { inventory: hosts.yml }\n');
});
afterAll(() => scratch.remove());

const right = () => ({
  REDIS_URL: 'rediss://user:secret@redis.example:6380/1',
  SLACK_BOT_TOKEN: 'xoxb-1234',
  SLACK_APP_TOKEN: 'xapp-1234',
  SLACK_CHANNEL: 'C0INCIDENTS',
  ALERT_TOKEN: 'a-secret-that-is-long-enough',
  MEDIC_CONFIG: file,
});

function problemsOf(changes: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig({ ...right(), ...changes });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('is read once, complete with defaults, and frozen', () => {
    const config = loadConfig(right());
    expect(config.env).toMatchObject({ PORT: 8080, HOST: '0.0.0.0', LOG_LEVEL: 'info' });
    expect(config.settings.policy).toMatchObject({
      mode: 'tiered',
      cancel_window: 90_000,
      approval_expires: 1_800_000,
      cooldown: 300_000,
      max_concurrent: 2,
      confidence: 0.7,
    });
    // What the file names is relative to the file.
    expect(config.hands?.inventory).toBe(join(scratch.path, 'hosts.yml'));
    expect(() => Object.assign(config.settings.policy, { cooldown: 0 })).toThrow(TypeError);
  });

  it('takes an empty variable for an unset one', () => {
    const empty = { PORT: '', OPENAI_MODEL: '', PROMETHEUS_URL: '', MEDIC_ROLE: '', MEDIC_DRAIN: '' };
    const { role, env, contacts } = loadConfig({ ...right(), ...empty });
    expect(role).toBe('all');
    expect(env).toMatchObject({ PORT: 8080, MEDIC_DRAIN: 60_000 });
    expect(contacts).not.toBeNull();
    expect(contacts?.OPENAI_MODEL).toBeUndefined();
    expect(problemsOf({ ALERT_TOKEN: '' })).toEqual(['environment: ALERT_TOKEN: is not set']);
  });

  it.each([
    [{ SLACK_APP_TOKEN: undefined }, 'SLACK_APP_TOKEN: set it for Socket Mode'],
    [{ SLACK_APP_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN: must be an app-level token'],
    [{ SLACK_CHANNEL: '#incidents' }, 'SLACK_CHANNEL: must be the id of a channel'],
    [{ OPENAI_BASE_URL: 'http://model.example/v1' }, 'OPENAI_MODEL: name the model to ask'],
    [{ OPENAI_MODEL: 'm' }, 'OPENAI_API_KEY: set it, or OPENAI_BASE_URL'],
    [{ PROMETHEUS_URL: 'http://me:pass@prometheus.example' }, 'PROMETHEUS_URL: must not hold a user name'],
    [{ REDIS_URL: 'redis.example:6379' }, 'REDIS_URL: must be a URL that begins with redis://'],
    [{ PORT: '99999' }, 'PORT: '],
    [{ MEDIC_ROLE: 'Runner' }, 'MEDIC_ROLE: '],
    [{ MEDIC_DRAIN: '60' }, 'MEDIC_DRAIN: 60 has no unit: write 60s'],
  ])('with %j is refused with the name of the variable and what to do', (changes, expected) => {
    const problems = problemsOf(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`environment: ${expected}`);
  });

  it('lists what is wrong with the environment and with medic.yml together', async () => {
    const wrong = join(scratch.path, 'wrong.yml');
    await writeFile(wrong, 'policy: { mode: reckless }\nservices: { "bad name": {} }\n');
    const problems = problemsOf({ MEDIC_CONFIG: wrong, ALERT_TOKEN: 'short', SLACK_APP_TOKEN: undefined });
    expect(problems.map((problem) => problem.split(': ').slice(0, 2).join(': '))).toEqual([
      'environment: ALERT_TOKEN',
      'environment: SLACK_APP_TOKEN',
      `${wrong}:1:11: policy.mode`,
      `${wrong}:2:13: services.bad name`,
    ]);
  });

  it('goes by another digest as soon as any rule that verdicts depend on is different, and by the same otherwise', async () => {
    const digest = async (text: string) => {
      const other = join(scratch.path, 'other.yml');
      await writeFile(other, text);
      return loadConfig({ ...right(), MEDIC_CONFIG: other }).policyDigest;
    };
    const base = await digest('policy: { cooldown: 5m }');
    expect(await digest('policy: { cooldown: 300s }')).toBe(base);
    expect(await digest('evidence: { budget: 3s }')).toBe(base);
    expect(await digest('services: { shop: {} }')).toBe(base);
    const changed = [
      await digest('policy: { cooldown: 6m }'),
      await digest('roles: { operators: { users: [U1] } }'),
    ];
    expect(new Set([base, ...changed]).size).toBe(3);
  });
});

describe('a role', () => {
  /** What is there for every role. */
  const shared = () => ({
    REDIS_URL: 'redis://redis.example:6379',
    MEDIC_CONFIG: file,
    PROMETHEUS_URL: 'http://prometheus.example:9090',
  });
  const {
    REDIS_URL: _redis,
    MEDIC_CONFIG: _config,
    ...contacts
  } = {
    ...right(),
    SLACK_SIGNING_SECRET: 'a-signing-secret-of-slack',
    SLACK_API_URL: 'http://slack.example/api/',
    OPENAI_MODEL: 'a-model',
    OPENAI_API_KEY: 'sk-of-the-model',
    OPENAI_BASE_URL: 'http://model.example/v1',
  };
  const access = {
    SSH_AUTH_SOCK: '/run/agent',
    KUBECONFIG: '/etc/kubeconfig',
    DOCKER_HOST: 'unix:///run/docker.sock',
  };
  const problems = (variables: Record<string, string>) => {
    try {
      loadConfig(variables);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };

  const MEDIC_KEY = 'k'.repeat(32);

  it('of a brain or a runner names the key that is missing, is too short, or is only the one before', () => {
    for (const MEDIC_ROLE of ['brain', 'runner'])
      expect(problems({ ...shared(), MEDIC_ROLE }).join('\n')).toMatch(/MEDIC_KEY: set it: .*openssl rand/);
    const short = problems({ ...shared(), MEDIC_ROLE: 'runner', MEDIC_KEY: 'k'.repeat(31) });
    expect(short.join('\n')).toContain('MEDIC_KEY: must be at least 32 bytes');
    const before = problems({ ...shared(), ...contacts, MEDIC_KEY_PREVIOUS: MEDIC_KEY });
    expect(before.join('\n')).toContain('MEDIC_KEY: set it, or unset MEDIC_KEY_PREVIOUS');
  });

  it('of a runner needs neither Slack nor a model nor the alert token, and has the access to the infrastructure', () => {
    const config = loadConfig({ ...shared(), ...access, MEDIC_KEY, MEDIC_ROLE: 'runner' });
    expect(config.contacts).toBeNull();
    expect(config.hands?.inventory).toBe(join(scratch.path, 'hosts.yml'));
    expect(config.hands?.environment).toMatchObject(access);
  });

  it('of a runner is refused while any variable of Slack, the model or the alerts is set, and all are named', () => {
    const found = problems({ ...shared(), ...contacts, MEDIC_KEY, MEDIC_ROLE: 'runner' });
    const names = found.map((problem) => /^environment: (\w+): unset it: a runner/.exec(problem)?.[1]);
    expect(new Set(names)).toEqual(new Set(Object.keys(contacts)));
    for (const value of Object.values(contacts)) expect(found.join('\n')).not.toContain(value);
  });

  it('of a brain has no access to the infrastructure, and is refused while any is set', () => {
    const config = loadConfig({ ...shared(), ...contacts, MEDIC_KEY, MEDIC_ROLE: 'brain' });
    expect(config.hands).toBeNull();
    const found = problems({ ...shared(), ...contacts, ...access, MEDIC_KEY, MEDIC_ROLE: 'brain' });
    const names = found.map((problem) => /^environment: (\w+): unset it: a brain/.exec(problem)?.[1]);
    expect(names.sort()).toEqual(Object.keys(access).sort());
  });

  it('of a brain needs what is needed to talk to people, and says what is missing', () => {
    const found = problems({ ...shared(), MEDIC_KEY, MEDIC_ROLE: 'brain' });
    expect(found.map((problem) => problem.split(': ')[1])).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_CHANNEL',
      'ALERT_TOKEN',
      'SLACK_APP_TOKEN',
    ]);
  });

  it('of every kind keeps what commands are given apart from what they must never see', () => {
    expect(Object.keys(allowedEnvironment({ ...access, ...contacts })).sort()).toEqual([...ACCESS].sort());
  });
});
