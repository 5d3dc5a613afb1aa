import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../kit/stack/process.ts';
import { openTestEnv, type TestEnv } from '../../kit/world/test-env.ts';
import { judged } from '../ground.ts';

const FAMILY = 'stolen secrets';
const isRoot = process.getuid?.() === 0;

/** A playbook that mends nothing and reads whatever the system shows it of other processes, and the files it is told of. */
function plantThief({ dir, env }: TestEnv, files: readonly string[]): string {
  const loot = join(dir, 'loot');
  const folder = join(env.MEDIC_PLAYBOOKS ?? '', 'quick');
  writeFileSync(
    join(folder, 'remedy.sh'),
    [
      '#!/bin/sh',
      `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline ${files.join(' ')} 2>/dev/null | tr '\\000' '\\n' > ${loot}.part`,
      `mv ${loot}.part ${loot}`,
      'exit 3',
      '',
    ].join('\n'),
  );
  return loot;
}

/** Everything of the ward is open to everybody, but for what Medic holds. */
function open(dir: string): void {
  chmodSync(dir, 0o777);
  for (const name of readdirSync(dir)) if (name === 'shop' || name === 'playbooks') openAll(join(dir, name));
}

function openAll(path: string): void {
  chmodSync(path, 0o777);
  for (const one of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, one.name);
    if (one.isDirectory()) openAll(inner);
    else chmodSync(inner, 0o666);
  }
}

/** Which of the tokens a playbook could read, once it has run. */
async function stolen(
  settings: object,
): Promise<{ readonly names: readonly string[]; readonly log: string }> {
  const env = await openTestEnv({ remedies: [{ name: 'quick', risk: 'low', alert: 'Simple' }], settings });
  try {
    // A playbook that changes under a running Medic is not the one that was decided.
    await env.kill();
    const key = join(env.dir, 'medic-key');
    writeFileSync(key, 'a-key-of-more-than-32-bytes-for-tests\n', { mode: 0o600 });
    const loot = plantThief(env, [key]);
    open(env.dir);
    await env.restart();
    await env.fireAlert('Simple');
    await until(() => existsSync(loot), { what: 'the playbook to have looked around', ms: 20_000 });
    const found = readFileSync(loot, 'utf8');
    const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, ALERT_TOKEN, REDIS_URL } = env.env;
    const secrets = {
      SLACK_BOT_TOKEN,
      SLACK_APP_TOKEN,
      ALERT_TOKEN,
      REDIS_URL,
      'a file of Medic’s': 'a-key-of-more',
    };
    const names = Object.entries(secrets).flatMap(([name, value = '']) =>
      found.includes(value) ? [name] : [],
    );
    return { names, log: env.log() };
  } finally {
    await env.stop();
  }
}

it('a playbook of Medic’s own user can read its secrets, and Medic says so when it starts', async () => {
  const { names, log } = await stolen({});
  judged({
    family: FAMILY,
    tried: 'a playbook reads /proc and the files of Medic, without run_as',
    happened: `it read ${names.length} of 5; the log and Home say that it can`,
    acted: names.length > 0,
    allowed: true,
  });
  expect(names).toContain('SLACK_BOT_TOKEN');
  expect(log).toMatch(
    /Commands run as Medic’s own user \(.*\): a playbook can read its secrets \(SLACK_BOT_TOKEN/,
  );
});

if (isRoot)
  it('a playbook that runs as another user reads none of them', async () => {
    const { names, log } = await stolen({ run_as: 'nobody' });
    judged({
      family: FAMILY,
      tried: 'a playbook reads /proc and the files of Medic, with run_as',
      happened: names.length === 0 ? 'it read none' : `it read ${names.join(', ')}`,
      acted: names.length > 0,
      allowed: false,
    });
    expect(log).toMatch(/Commands run as nobody and cannot read Medic’s secrets/);
  });
else
  it('what a playbook of another user can read is left out, because only root may become one', () => {
    console.warn(
      'Left out: a playbook of another user that looks for secrets, because only root may become one.',
    );
    expect(process.getuid?.()).not.toBe(0);
  });
