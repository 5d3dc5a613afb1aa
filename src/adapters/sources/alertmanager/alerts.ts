import { z } from 'zod';
import type { Alert } from '../../../alerts/alert.ts';
import { addressOf } from '../../collectors/alert-state.ts';
import { readCapped } from '../../http-body.ts';

const MAX_BODY = 4 * 1024 * 1024;
const TIMEOUT = 3_000;

/** What `/api/v2/alerts` says of an alert; only the fields that are used. */
const Listed = z.array(
  z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
);
export type Listed = z.infer<typeof Listed>[number];

const Status = z.object({ uptime: z.iso.datetime({ offset: true }) });

/** An Alertmanager that Medic may ask, and what `medic.yml` says of it. */
export interface Alertmanager {
  readonly name: string;
  readonly url: string;
  /** What it calls itself in links, where that is another address. */
  readonly externalUrl?: string;
}

export interface AlertmanagerClient {
  /** The alerts of that name that it has, active or suppressed; it has no look-up by fingerprint. Rejects where it cannot be asked. */
  listed(name: string): Promise<readonly Listed[]>;
  /** When it was started, epoch milliseconds; null where it does not tell. Rejects where it cannot be asked. */
  startedAt(): Promise<number | null>;
}

/** Asks each thing once. */
export function createClient(
  { name: server, url }: Alertmanager,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): AlertmanagerClient {
  const base = addressOf(url) ?? url;
  const ask = async (path: string): Promise<unknown> => {
    try {
      const answer = await fetch(`${base}${path}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
      });
      const body = await readCapped(answer, MAX_BODY);
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      return JSON.parse(body);
    } catch (error) {
      const reason = error instanceof Error ? (error.cause ?? error) : error;
      throw new Error(
        `Alertmanager ${server} at ${base} cannot be asked: ${reason instanceof Error ? reason.message : String(reason)}`,
        { cause: error },
      );
    }
  };
  const lists = new Map<string, Promise<readonly Listed[]>>();
  let started: Promise<number | null> | null = null;
  return {
    listed(name) {
      const query = new URLSearchParams({ filter: `alertname=${JSON.stringify(name)}` });
      const list = lists.get(name) ?? ask(`/api/v2/alerts?${query}`).then((body) => Listed.parse(body));
      lists.set(name, list);
      return list;
    },
    startedAt() {
      started ??= ask('/api/v2/status').then((body) => {
        const status = Status.safeParse(body);
        return status.success ? Date.parse(status.data.uptime) : null;
      });
      return started;
    },
  };
}

/** The alert itself in a list: the fingerprint is a sender's text, and so its labels must not say otherwise. */
export function foundIn(list: readonly Listed[], { fingerprint, labels }: Alert): Listed | null {
  const same = list.find((each) => each.fingerprint === fingerprint) ?? null;
  const agrees = (each: Listed) =>
    Object.entries(each.labels).every(([name, value]) => labels[name] === value);
  return same !== null && agrees(same) ? same : null;
}
