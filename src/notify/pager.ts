import type { Incident } from '../incident/model/incident.ts';
import { type Page, pageOf, type Signal, type Standing, signalsFor, standingAfter } from './page.ts';
import { NotShown, NotYetShown, type Sink, type View } from './sink.ts';

/** Something that wakes people. To be told the same thing twice does not wake them twice. */
export interface Pager {
  readonly name: string;
  /** @throws NotTaken */
  send(signal: Signal, page: Page): Promise<void>;
}

/** A pager did not take a signal. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  /** How long it asks to be left alone, milliseconds; null where it does not say. */
  readonly retryAfter: number | null;
  /** The same again would be refused again, until somebody mends something. */
  readonly forGood: boolean;

  constructor(
    message: string,
    how: { readonly retryAfter?: number | null; readonly forGood?: boolean } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.retryAfter = how.retryAfter ?? null;
    this.forGood = how.forGood ?? false;
  }
}

/** What is known to stand at pagers, where every replica finds it. */
export interface Standings {
  read(sink: string, incident: string): Promise<Standing | null>;
  write(sink: string, incident: string, standing: Standing): Promise<void>;
}

interface PagerParts {
  readonly standings: Standings;
  readonly threadOf: (incident: Incident) => Promise<string | null>;
  /** Told when the pager takes nothing, in a sentence, and with null when it does again. */
  readonly trouble: (words: string | null) => Promise<void>;
}

/** What is wrong is told anew with each try, and forgotten after some minutes without: it is tried more often than that. Milliseconds. */
const WAIT = { first: 1_000, longest: 60_000 } as const;
const TURN_LOST = 250;

/**
 * A pager as a sink: brings it up to date with the call of an incident. That it is about to be told is noted before: whatever it may have
 * heard is ended in the end, whenever this process dies.
 */
export function pagerSink(pager: Pager, { standings, threadOf, trouble }: PagerParts): Sink {
  let failures = 0;
  const send = async (signal: Signal, page: Page) => {
    try {
      await pager.send(signal, page);
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      failures += 1;
      await trouble(error.message).catch(() => undefined);
      const backoff = error.forGood ? WAIT.longest : Math.min(WAIT.first * 2 ** (failures - 1), WAIT.longest);
      throw new NotShown(error.message, Math.max(backoff, error.retryAfter ?? 0), { cause: error });
    }
    if (failures > 0) await trouble(null).catch(() => undefined);
    failures = 0;
  };
  return {
    name: pager.name,
    async bring({ incident, held }: View) {
      const { name } = pager;
      const { call } = incident;
      const standing = await standings.read(name, incident.id);
      const signals = signalsFor(incident, name, standing);
      if (call === undefined) return { confirmed: [], refreshAt: null };
      if (call.taken?.via === name && call.ended === null && standing?.state === 'open')
        await standings.write(name, incident.id, standingAfter('acknowledge', call.nth));
      const page = signals.length === 0 ? null : pageOf(incident, call, await threadOf(incident));
      for (const signal of page === null ? [] : signals) {
        if (!held()) throw new NotYetShown('another replica is at it', TURN_LOST);
        if (signal === 'trigger')
          await standings.write(name, incident.id, { ...standingAfter(signal, call.nth), sure: false });
        if (page !== null) await send(signal, page);
        await standings.write(name, incident.id, standingAfter(signal, call.nth));
      }
      return { confirmed: newlyTold(incident, name), refreshAt: null };
    },
  };
}

/** That whoever the pager wakes has been told, where the incident does not know that yet. */
function newlyTold({ call }: Incident, sink: string) {
  const waits = call?.ended === null && call.told.some((one) => one.sink === sink && one.confirmed === null);
  return call !== undefined && waits && call.taken === null
    ? [{ type: 'sink-told', sink, call: call.nth } as const]
    : [];
}
