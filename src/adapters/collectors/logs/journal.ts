import { z } from 'zod';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Lines } from '../../../evidence/collectors/arguments.ts';
import { journal } from '../../../evidence/collectors/journal.ts';
import type { Recognise } from '../../../evidence/facts/signatures.ts';
import type { HostAnswer, Hosts } from '../../../evidence/hosts.ts';
import { type Writer, writerOf } from '../../../evidence/logs/facts.ts';
import { newestLines } from '../../../evidence/logs/newest.ts';
import {
  BEFORE,
  findingsOf,
  type Item,
  linesSince,
  withoutBaseline,
} from '../../../evidence/logs/telling.ts';
import type { TimedLine } from '../../../evidence/logs/times.ts';
import { type Told, tellUsual } from '../../../evidence/logs/usual.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { answered, askEach, clockAhead, ownWord, placesOf } from '../places.ts';
import { NOTHING_KNOWN } from './collector.ts';

export interface JournalOptions {
  readonly hosts: Hosts;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  /** Milliseconds that reading the journal of one host may take; 7 s by default. */
  readonly timeout?: number;
  /** The messages that mean something by themselves; none where nobody says. */
  readonly recognise?: Recognise;
}

/** The newest lines of the unit; older ones are left out. */
const LINES = 3000;
const OUTPUT = 4 * 1024 * 1024;
/** How much of what came before is read to compare with, milliseconds. */
const BASELINE = 30 * 60_000;
/** How far back the newest lines are looked for where somebody wants to read them, milliseconds. */
const LONG_AGO = 7 * 86_400_000;

/** The clock of the host comes last, for the start of a long answer is left out. $@ are the arguments of journalctl. */
const SCRIPT = `command -v journalctl >/dev/null || exit 127
journalctl --no-pager --quiet --output=json "$@" || exit
date +%s`;

/** What systemd itself writes bears its process id, which journald takes from the kernel: no service can forge it. */
const SYSTEMD = '1';

const Entry = z.object({
  __REALTIME_TIMESTAMP: z.string().regex(/^\d+$/),
  /** A list of bytes where it is no UTF-8; null where it is too long. */
  MESSAGE: z.union([z.string(), z.array(z.int().min(0).max(255)), z.null()]).optional(),
  _PID: z.string().optional(),
});

interface Line extends TimedLine {
  readonly bySystemd: boolean;
}

/**
 * Reads the journal of the service's unit on each of its hosts that systemd runs, and tells what is new since shortly before the first
 * alert. What the service wrote is its own word; what systemd wrote of it is that of systemd.
 */
export function createJournalCollector({
  hosts,
  now,
  timeout = 7000,
  recognise = NOTHING_KNOWN,
}: JournalOptions): Collector<Lines> {
  return {
    declared: journal,
    async collect({ since, last }, { service, now: present }, signal) {
      if (service === null) return [];
      const from = Math.min(since ?? present, present) - BEFORE;
      const places = await underSystemd(await placesOf(service, hosts), hosts);
      return askEach(
        places,
        (host) => ownItem(service, host, present),
        async (host) => {
          const asked = now();
          const back = last === undefined ? present - from + BASELINE : LONG_AGO;
          const argv = commandFor(service, back);
          const answer = await hosts.run({ host, argv, timeout, outputCap: OUTPUT, become: true }, signal);
          const lines = linesOf(answer, asked, now());
          // Where nobody asked for it, having none is nothing to speak of.
          if ((lines === null || lines.length === 0) && service.journal !== true) return [];
          if (lines === null) throw new Error('there is no journalctl');
          const window = { from, to: present };
          return [
            ...(last === undefined ? [] : newestLines(lines, ownItem(service, host, present), last)),
            ...told(
              lines.filter(({ bySystemd }) => !bySystemd),
              ownItem(service, host, present),
              { window, writer: writerOf(service, host), recognise, remarks: withoutBaseline },
            ),
            ...bySystemd(
              lines.filter((line) => line.bySystemd),
              service,
              host,
              window,
            ),
          ];
        },
      );
    },
  };
}

async function underSystemd(places: readonly string[], hosts: Hosts): Promise<readonly string[]> {
  const facts = await Promise.all(places.map((host) => hosts.facts(host)));
  // One that cannot be asked says so when it is.
  return places.filter((_host, index) => {
    const one = facts[index];
    return one === undefined || 'refused' in one || one.manager === 'systemd';
  });
}

/** By its own clock the host is asked for the last part of its journal, so that no difference of clocks leaves out anything. */
function commandFor({ unit, name }: ServiceView, ago: number): readonly string[] {
  // No pattern, which would stand for others as well.
  if (!/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}$/.test(unit))
    throw new Error(`the unit ${JSON.stringify(unit)} of ${name} is no name of a unit`);
  const options = [`--unit=${unit}`, `--since=-${Math.ceil(ago / 1000)}s`, `--lines=${LINES}`];
  return ['sh', '-c', SCRIPT, 'journal', ...options];
}

/** Null where the host has no journal at all. */
function linesOf(answer: HostAnswer, asked: number, heard: number): readonly Line[] | null {
  const { exitCode, stdout, stderr } = answered(answer);
  if (exitCode === 127) return null;
  const rows = stdout.trimEnd().split('\n');
  const there = Number(rows.pop());
  if (exitCode !== 0 || !Number.isSafeInteger(there))
    throw new Error(
      `its journal could not be read: ${cutWholeWords(stderr.trim(), 300) || `journalctl ended with ${exitCode}`}`,
    );
  // Without a right to it, journalctl shows nothing, and ends well.
  if (rows.length <= 1 && /not seeing messages|insufficient permissions/.test(stderr))
    throw new Error(
      'its journal may not be read: let the user that Medic logs in as use sudo there, or join the group systemd-journal',
    );
  const ahead = clockAhead(there * 1000, asked, heard);
  return rows.flatMap((row) => lineOf(row, ahead));
}

function lineOf(row: string, ahead: number): readonly Line[] {
  const entry = entryOf(row);
  if (entry === null) return [];
  const at = Math.floor(Number(entry.__REALTIME_TIMESTAMP) / 1000) - ahead;
  const { MESSAGE: message } = entry;
  const text = Array.isArray(message) ? Buffer.from(message).toString('utf8') : (message ?? '');
  const bySystemd = entry._PID === SYSTEMD;
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line, at, bySystemd }));
}

/** The first row may have been cut in the middle. */
function entryOf(row: string): z.infer<typeof Entry> | null {
  try {
    return Entry.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null;
  }
}

interface Telling {
  readonly window: { readonly from: number; readonly to: number };
  readonly writer: Writer | null;
  readonly recognise: Recognise;
  readonly remarks: (found: Told) => readonly string[];
}

function told(
  lines: readonly TimedLine[],
  item: Item,
  { window, writer, recognise, remarks }: Telling,
): readonly Finding[] {
  const found = tellUsual(lines, window.from, window.to, recognise);
  const headline =
    found.lines === 0
      ? 'nothing was written around the alert'
      : `${linesSince(found, window.from)}${found.fresh.length === 0 ? '' : '; newest last'}`;
  return findingsOf(found, item, { window, headline, remarks: remarks(found), facts: {}, writer });
}

/** What systemd did with the unit since shortly before the alert; nothing where it did nothing. */
function bySystemd(
  lines: readonly TimedLine[],
  service: ServiceView,
  host: string,
  window: { readonly from: number; readonly to: number },
): readonly Finding[] {
  const lately = lines.filter(({ at }) => at !== null && at >= window.from);
  if (lately.length === 0) return [];
  const unit = service.unit.includes('.') ? service.unit : `${service.unit}.service`;
  const item = {
    ...ownItem(service, host, window.to),
    title: `What systemd did with ${unit} on ${host}`,
    source: 'systemd',
    witness: `systemd/${host}/${unit}`,
  };
  // What it did before is left out, so nothing is said of what there is to compare with.
  return told(lately, item, { window, writer: null, recognise: NOTHING_KNOWN, remarks: () => [] });
}

function ownItem(service: ServiceView, host: string, now: number): Item {
  return {
    kind: 'log',
    title: `Log of ${service.name} on ${host}`,
    source: 'journal',
    query: `journal of ${service.unit} on ${host}`,
    observedAt: now,
    witness: ownWord(service),
  };
}
