import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';

const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;

async function hindrances(env: TestEnv): Promise<string> {
  const response = await fetch(`${env.medic.url}/readyz`);
  const { parts } = (await response.json()) as { parts: Record<string, { detail: string }> };
  return parts.hindrances?.detail ?? '';
}

/** A playbook of Ansible that is in order as far as its manifest goes. */
async function writeBroken(env: TestEnv, site: string): Promise<void> {
  const folder = join(env.dir, 'playbooks', 'broken');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'broken',
    title: 'Break',
    description: 'It runs what Ansible cannot read.',
    risk: 'low',
    category: 'restart',
    idempotent: true,
    parameters: { service: { description: 'the service', from: [{ registry: 'name' }] } },
    targets: ['{{service}}'],
    run: { ansible: { playbook: 'site.yml' } },
    timeout: '10s',
    rollback: { none: 'nothing to put back' },
    verify: { checks: [{ probe: 'healthy' }], within: '20s', every: '1s', stable: '1s' },
  };
  await writeFile(join(folder, 'site.yml'), site);
  await writeFile(join(folder, 'playbook.yml'), stringify(manifest));
}

describe.concurrent('a start', () => {
  it(
    'waits for neither Slack nor Ansible, and names what these find: a playbook that cannot be read is left out, a channel that is not there',
    inTestEnv(
      {
        remedies: [ease],
        settings: {
          routes: [{ severity: 'info', channel: 'C0NOWHERE' }],
          policy: { cooldown: '0s', modes: [{ environment: 'tets', mode: 'observe' }] },
        },
      },
      async (env) => {
        await writeBroken(env, '- hosts: all\n  roles: [gone]\n');
        await env.kill();
        await env.restart();
        const said = await until(
          async () => {
            const words = await hindrances(env);
            return words.includes('playbook broken') && words.includes('C0NOWHERE') && words;
          },
          { what: 'both to be named', ms: 60_000 },
        );
        expect(said).toMatch(
          /The playbook broken cannot be run, and is left out until it is mended: \S+site\.yml:2:11: the role gone is not there/,
        );
        expect(said).toContain('Slack shows Medic no channel C0NOWHERE (routes.0.channel)');
        // What was there before everybody had answered still counts.
        await env.fireAlert('Small');
        await env.card(/Resolved/, 40_000);
        expect(env.log()).toContain('no service is registered in \\"tets\\": did you mean test?');
      },
    ),
  );

  it(
    'with a Redis that may forget names what would be lost',
    inTestEnv({ remedies: [ease] }, async (env) => {
      const redis = new Redis(env.redisUrl);
      await redis.config('SET', 'appendonly', 'no');
      redis.disconnect();
      await env.kill();
      await env.restart();
      expect(env.log()).toMatch(
        /appendonly is off: a crash of Redis loses everything.*Redis may forget open incidents, approvals that are waited for, pauses/,
      );
    }),
  );
});
