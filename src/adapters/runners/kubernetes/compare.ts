import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Before, Comparison } from '../../../execution/attempt.ts';
import type { Order } from '../../../execution/runner.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import { whySilent } from '../../kubernetes/api.ts';
import type { Template, Workload } from '../../kubernetes/objects.ts';
import { type Place, placeOf } from '../../kubernetes/place.ts';
import { memoryOf } from '../../kubernetes/quantity.ts';
import { Absent, readWorkload, Unread } from '../../kubernetes/read.ts';
import {
  AMOUNTS,
  canonical,
  captureIn,
  containerRoute,
  fenceIn,
  type Part,
  partNow,
  partWords,
} from './capture.ts';
import { whyNotOurs } from './deny.ts';
import { differences } from './diff.ts';
import { essence } from './operation.ts';
import type { Reach } from './prepare.ts';

/** What a part is known again by. Of a template it is a hash: it is large, and may hold what nobody else is to read. */
const Mark = z.union([z.strictObject({ template: z.string() }), ...AMOUNTS]);
type Mark = Readonly<z.infer<typeof Mark>>;

type Redact = (text: string) => string;

const WORDS = 300;
/** Values that are others, each in a line; more than these belong into a tool of its own. */
const LINES = 10;
/** How often an API that does not answer is asked again, milliseconds. */
const AGAIN = 1_000;

/** What a fix has found, for whoever compares afterwards. The object keeps it as well, where others can write; this they cannot. */
export function beforeOf(part: Part, redact: Redact): Before {
  return { words: redactThenCut(partWords(part), WORDS, redact), mark: JSON.stringify(markOf(part)) };
}

function markOf(part: Part): Mark {
  if (!('template' in part)) return part;
  return {
    template: createHash('sha256')
      .update(essence(part.template as Template))
      .digest('hex'),
  };
}

function readMark(text: string): Mark | null {
  try {
    return Mark.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Reads the workload once more, until it is read or time is up, and compares the part that was put back with what the fix found. Never throws. */
export async function compare(
  { run, fence }: Order,
  before: Before | null,
  { api, rules, redact }: Reach & { readonly redact: Redact },
  signal: AbortSignal,
): Promise<Comparison> {
  const unknown = (why: string): Comparison => ({ kind: 'unknown', why: redactThenCut(why, WORDS, redact) });
  if (!('kubernetes' in run)) return unknown('its rollback is no operation of Kubernetes');
  const { namespace, workload } = run.kubernetes;
  const place = placeOf(namespace, workload);
  if (place === null) return unknown(`${workload} in ${namespace} is no name of a workload`);
  const foreign = whyNotOurs({ namespace, workload }, rules());
  if (foreign !== null) return unknown(foreign);
  if (before === null) return unknown('the fix left no word of what it found');
  const mark = readMark(before.mark);
  if (mark === null) return unknown('what the fix left of what it found cannot be read');
  const seen = await readThere(place, api, signal);
  if ('why' in seen) return unknown(seen.why);
  if ('absent' in seen) return { kind: 'differs', was: before.words, now: redact(seen.absent), lines: [] };
  return judge(mark, seen.workload, { words: before.words, fence, redact });
}

type Seen = { readonly workload: Workload } | { readonly absent: string } | { readonly why: string };

async function readThere(place: Place, api: Reach['api'], signal: AbortSignal): Promise<Seen> {
  let why = 'no answer came in time';
  while (!signal.aborted) {
    try {
      return { workload: await readWorkload(api, place, signal) };
    } catch (error) {
      if (error instanceof Absent) return { absent: error.message };
      if (!signal.aborted) why = error instanceof Unread ? error.message : whySilent(error);
    }
    await delay(AGAIN, undefined, { signal }).catch(() => undefined);
  }
  return { why };
}

interface Known {
  /** What was there, as it was told then. */
  readonly words: string;
  readonly fence: number | null;
  readonly redact: Redact;
}

/** Pure. */
function judge(mark: Mark, workload: Workload, { words, fence, redact }: Known): Comparison {
  const now = partNow('template' in mark ? { template: {} } : mark, workload);
  if (isSame(mark, markOf(now))) return { kind: 'as-before', words };
  const other = fenceIn(workload);
  const later =
    other !== null && fence !== null && other > fence
      ? [`a later fix, number ${other}, has acted on it since`]
      : [];
  const lines = [...later, ...valuesThatDiffer(mark, workload)].map((line) =>
    redactThenCut(line, WORDS, redact),
  );
  const more = lines.length > LINES ? [`… and ${lines.length - LINES} more`] : [];
  return {
    kind: 'differs',
    was: words,
    now: redactThenCut(wordsNow(now, workload), WORDS, redact),
    lines: [...lines.slice(0, LINES), ...more],
  };
}

/** One amount may be written in several ways, and the API server has its own. */
function isSame(one: Mark, other: Mark): boolean {
  return canonical(inBytes(one)) === canonical(inBytes(other));
}

function inBytes(mark: Mark): unknown {
  if (!('memory' in mark)) return mark;
  const { container, limit, request } = mark.memory;
  const bytes = (amount: string | null) => (amount === null ? null : (memoryOf(amount) ?? amount));
  return { container, limit: bytes(limit), request: bytes(request) };
}

function wordsNow(now: Part, workload: Workload): string {
  if ('memory' in now && containerRoute(workload, now.memory.container) === null)
    return `no container ${now.memory.container}`;
  return partWords(now);
}

/**
 * Each value of a template that is another. What it was is read from the object itself, and only where that still is what the fix found:
 * others can write there.
 */
function valuesThatDiffer(mark: Mark, workload: Workload): readonly string[] {
  if (!('template' in mark)) return [];
  const was = captureIn(workload)?.was;
  if (was === undefined || !('template' in was) || !isSame(mark, markOf(was))) return [];
  const spec = (template: unknown) => ({ spec: { template } });
  return differences(spec(was.template), spec(workload.spec?.template ?? {}));
}
