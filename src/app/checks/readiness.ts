import { setTimeout as pause } from 'node:timers/promises';
import type { Readiness } from '../../adapters/http/health.ts';
import type { Presence } from '../../adapters/stores/redis/beside/presence.ts';
import type { LivingGuarantee } from '../../adapters/stores/redis/server/guarantee.ts';
import type { Config } from '../../config/load.ts';
import type { HealthWarnings } from '../../engine/health/health-warnings.ts';
import type { Heart } from '../../engine/store/snapshot.ts';
import type { Chat } from '../chat.ts';

/** How long whoever asks for readiness waits for the memory, milliseconds. */
const PATIENCE = 2_000;

interface ReadinessParts {
  readonly store: Heart;
  readonly guarantee: LivingGuarantee;
  readonly presence: Presence;
  readonly chat: Chat | null;
  readonly troubles: HealthWarnings;
  readonly stopping: boolean;
}

/** Whether Medic can do its work, part by part. */
export async function readinessOf(
  role: Config['role'],
  { store, guarantee, presence, chat, troubles, stopping }: ReadinessParts,
  wordsFor: (error: unknown) => string,
): Promise<Readiness> {
  const slack = chat?.slack.ready() ?? null;
  const [redis, runner, hindrances] = await Promise.all([
    memoryOf(store, guarantee, wordsFor),
    role === 'brain' ? runnerOf(presence) : null,
    chat === null ? {} : hindrancesOf(chat, troubles),
  ]);
  const parts = {
    redis,
    ...(slack === null ? {} : { slack: { ok: slack.ok, detail: slack.reason ?? 'connected' } }),
    ...(stopping ? { process: { ok: false, detail: 'is stopping' } } : {}),
  };
  const ready = Object.values(parts).every(({ ok }) => ok);
  // Alerts are taken and people are heard all the same, so these are told and no more.
  return {
    ready,
    role,
    parts: {
      ...parts,
      ...(runner === null ? {} : { runner }),
      ...hindrances,
    },
  };
}

/** Whoever asks for readiness is answered in time, also where the memory takes a question and says nothing. */
function soon<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = pause(PATIENCE, null, { ref: false }).then(() => {
    throw new Error(`no answer within ${PATIENCE} ms`);
  });
  return Promise.race([answer, late]);
}

/** A sign of life is also written: a Redis that only reads is of no use, and neither is one that may forget. */
async function memoryOf(
  store: Heart,
  guarantee: LivingGuarantee,
  wordsFor: (error: unknown) => string,
): Promise<Readiness['parts'][string]> {
  try {
    const [{ unfit, words }] = await soon(Promise.all([guarantee.read(), store.heartbeat()]));
    return { ok: unfit === null, detail: words };
  } catch (error) {
    return { ok: false, detail: wordsFor(error) };
  }
}

async function runnerOf(presence: Presence): Promise<Readiness['parts'][string]> {
  const there = await soon(presence.runner()).then(
    (runner) => runner !== null,
    () => false,
  );
  return {
    ok: there,
    detail: there ? 'at work' : 'none is heard of: nothing is looked at, and nothing is run',
  };
}

/** What hinders Medic without keeping it from its work; nothing where nothing does. */
async function hindrancesOf({ slack }: Chat, troubles: HealthWarnings): Promise<Readiness['parts']> {
  const noticed = await soon(troubles.list()).catch(() => []);
  const all = [...slack.troubles(), ...noticed];
  return all.length === 0 ? {} : { hindrances: { ok: false, detail: all.join(' ') } };
}
