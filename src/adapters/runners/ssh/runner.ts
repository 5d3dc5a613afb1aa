import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptResult } from '../../../execution/attempt.ts';
import type { Order, Runner } from '../../../execution/runner.ts';
import type { SshRun } from '../../../playbooks/manifest.ts';
import { hostsMeant, vectorFor } from './ask.ts';
import { type Done, sumOf } from './judge.ts';
import { rehearse } from './rehearse.ts';
import { type Turn, turnOf } from './turn.ts';
import type { WayToHosts } from './way.ts';

export interface SshOptions {
  readonly hosts: WayToHosts;
  readonly redact: (text: string) => string;
}

/** How often a host is looked at until the next one may have its turn, ms, and how long one look may take. */
const BETWEEN = { every: 500, within: 5_000 };

/**
 * Runs an argument vector on hosts of the inventory over OpenSSH, one host after the other; on the machine of Medic itself, there. The first
 * host on which it fails is the last: what is wrong on one may be wrong on all.
 */
export function createSshRunner({ hosts, redact }: SshOptions): Runner {
  return {
    async run(order, report, signal) {
      const asked = await whatIsAsked(order, hosts);
      if ('refused' in asked)
        return { kind: 'failed', reason: redact(asked.refused), exitCode: null, untouched: true };
      const { ssh, names } = asked;
      const deadline = performance.now() + order.timeout;
      const turn: Turn = { hosts, redact, ssh, order, deadline, report, signal };
      const done: Done[] = [];
      for (const host of names) {
        const before = done.at(-1);
        const unwell = before === undefined ? null : await settled(before.host, turn);
        const result = unwell ?? (await turnOf(host, turn));
        done.push({ host, result });
        if (result.kind !== 'succeeded') break;
      }
      return sumOf(done);
    },
    async dryRun(order, signal) {
      if (order.dryRun !== 'check') return { kind: 'failed', reason: 'this playbook declares no dry run' };
      const asked = await whatIsAsked(order, hosts);
      if ('refused' in asked) return { kind: 'failed', reason: redact(asked.refused) };
      return rehearse(asked.names, { hosts, redact, ssh: asked.ssh, order, signal });
    },
    compare: async () => ({ kind: 'unknown', why: 'a command on hosts does not say what it changes' }),
  };
}

type Asked = { readonly ssh: SshRun; readonly names: readonly string[] } | { readonly refused: string };

async function whatIsAsked({ run }: Order, hosts: WayToHosts): Promise<Asked> {
  if (!('ssh' in run)) return { refused: 'the order names no command on hosts' };
  const { ssh } = run;
  // It names a file on the host.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(ssh.fence))
    return { refused: `${JSON.stringify(ssh.fence)} is no name to keep a fence under` };
  const listed = await hosts.inventory();
  if (listed !== null && 'refused' in listed) return listed;
  const names = hostsMeant(ssh, listed?.groups ?? {});
  return 'refused' in names ? names : { ssh, names };
}

/** Waits until a host that had its turn is as `between` asks, twice in a row; null then, or how the attempt ends where it does not come to that. */
async function settled(host: string, { hosts, ssh, deadline, signal }: Turn): Promise<AttemptResult | null> {
  if (ssh.between === null) return null;
  const ended = (kind: 'failed' | 'stopped', reason: string): AttemptResult =>
    kind === 'failed' ? { kind, reason, exitCode: null } : { kind, reason };
  let said: string | null = null;
  for (let inARow = 0; inARow < 2; ) {
    if (signal.aborted) return ended('stopped', `it was stopped before it went on from ${host}`);
    const left = deadline - performance.now();
    if (left <= 0)
      return ended(
        'failed',
        `${host} did not come up in time, so no other was touched: it said ${said ?? 'nothing'}`,
      );
    const facts = await hosts.reach(host, { become: ssh.become, timeout: left }, signal);
    const argv = 'refused' in facts ? facts : vectorFor(ssh.between, facts.facts);
    if ('refused' in argv) return ended('failed', argv.refused);
    const timeout = Math.round(Math.min(left, BETWEEN.within));
    const answer = await hosts.run({ host, argv, timeout, become: ssh.become }, signal);
    inARow = answer.kind === 'answered' && answer.exitCode === 0 ? inARow + 1 : 0;
    // What it said last is worth more than that the time for an answer ran out.
    if (answer.kind === 'answered') said = answer.stdout.trim() || answer.stderr.trim() || said;
    else said ??= answer.reason;
    if (inARow < 2) await delay(BETWEEN.every, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
