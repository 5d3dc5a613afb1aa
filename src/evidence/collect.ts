import { createHash } from 'node:crypto';
import { harmless } from '../lib/links.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import { type About, alertEvidence } from './alert-evidence.ts';
import type { Collectors, Finding, Inquiry } from './collector.ts';
import type { Asked } from './collectors/table.ts';
import type { Evidence } from './evidence.ts';
import type { Fact } from './facts/fact.ts';
import { hostId, runsOn, serviceId } from './facts/objects.ts';

const MAX_TEXT = 4000;
const MAX_SHORT = 1000;
/**
 * So long what is read of a service that the subject only depends on may take, and so long it is still waited for once all that was asked of
 * the subject itself is in; milliseconds. It must not delay what helps the subject.
 */
const AROUND = { most: 2000, after: 500 } as const;

export interface CollectOptions {
  /** When the alerts are read as they stand; epoch milliseconds. */
  readonly at: number;
  /** How long each collector may take, milliseconds. All run side by side, so the whole takes no longer either. */
  readonly budget: number;
  readonly redact: (text: string) => string;
  /** Epoch milliseconds; says when a failure was seen. */
  readonly now: () => number;
}

/** A finding, or why there is none. */
type Answer = { readonly finding: Finding; readonly failed: boolean };

/**
 * Makes every request at the same time and answers with what was found: first the alerts themselves, then each collector's
 * findings in the order of the requests. A collector that throws, is late or speaks of another environment leaves an item of
 * status `failed` in its place, with the reason.
 *
 * `onItem` is called with each item as soon as its id is certain, in the order of ids.
 */
export async function collect(
  collectors: Collectors,
  requests: readonly Asked[],
  inquiry: Inquiry,
  options: CollectOptions,
  onItem: (item: Evidence) => void = () => {},
): Promise<Evidence[]> {
  const items: Evidence[] = [];
  const keep = ({ finding, failed }: Answer, dependency?: string) => {
    const known = dependency === undefined ? finding : ofDependency(finding, dependency);
    const item = seal(`E${items.length + 1}`, known, failed, inquiry, options.redact);
    items.push(item);
    onItem(item);
  };
  const ownIn = Promise.withResolvers<void>();
  const begin = (asked: Asked) =>
    [asked, answered(collectors, asked, inquiry, options, ownIn.promise)] as const;
  const [long, short] = [requests.filter(isLong), requests.filter((asked) => !isLong(asked))];
  const begun = new Map([...long, ...short].map(begin));
  const ofOwn = [...begun].filter(([{ dependency }]) => dependency === undefined);
  void Promise.all(ofOwn.map(([, answer]) => answer)).then(() => ownIn.resolve());
  for (const alert of inquiry.alerts) {
    const { bindings } = inquiry;
    const binding = Object.hasOwn(bindings, alert.fingerprint) ? bindings[alert.fingerprint] : undefined;
    keep({ finding: alertEvidence(alert, options.at, binding, aboutOf(inquiry)), failed: false });
  }
  for (const asked of requests) for (const one of (await begun.get(asked)) ?? []) keep(one, asked.dependency);
  return items;
}

/** What takes longest begins first: the whole takes as long as that, and every beginning costs time of its own. */
const isLong = ({ takesLong }: Asked) => takesLong === true;

/** Its data are left out: code that reads them takes them for the subject's own. */
function ofDependency(finding: Finding, dependency: string): Finding {
  return { ...finding, title: `Dependency ${dependency}: ${finding.title}`, data: null, dependency };
}

/** The service, or the host that a target is. */
function aboutOf({ subject, service }: Inquiry): About | null {
  if (service !== null) return { of: serviceId(service.name), within: runsOn(service) };
  switch (subject.kind) {
    case 'service':
      return { of: serviceId(subject.name), within: [] };
    case 'target':
      return { of: hostId(subject.name.replace(/:\d+$/, '')), within: [] };
    case 'storm':
      return null;
    default:
      return subject.kind satisfies never;
  }
}

/** Never rejects. What is asked of a dependency is given up soon after `ownIn` resolves. */
async function answered(
  collectors: Collectors,
  asked: Asked,
  inquiry: Inquiry,
  options: CollectOptions,
  ownIn: Promise<void>,
): Promise<readonly Answer[]> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  let over = false;
  const timers: NodeJS.Timeout[] = [];
  const giveUpIn = (limit: number, words: string) => {
    if (over) return;
    timers.push(
      setTimeout(() => {
        const reason = new Error(words);
        late.reject(reason);
        abort.abort(reason);
      }, limit),
    );
  };
  const isAround = asked.dependency !== undefined;
  const most = isAround ? Math.min(options.budget, AROUND.most) : options.budget;
  giveUpIn(most, `it gave no answer within ${most} ms`);
  if (isAround) void ownIn.then(() => giveUpIn(AROUND.after, 'it was not waited for any longer'));
  try {
    const collecting = (async () => collectors.answer(asked.request, abort.signal))();
    const findings = await Promise.race([collecting, late.promise]);
    return findings.map((finding) =>
      isBlind(finding) ? { finding, failed: true } : checkEnvironment(asked, finding, inquiry, options.now()),
    );
  } catch (error) {
    const reason = `${asked.request.collector} could not answer: ${reasonOf(error)}`;
    return [failure(asked, reason, options.now())];
  } finally {
    over = true;
    for (const timer of timers) clearTimeout(timer);
  }
}

/** A look that could not be read says so itself. One that nobody asked for is no failure. */
function isBlind({ data }: Finding): boolean {
  if (data?.type !== 'look') return false;
  const { verdict, unasked, undecided } = data.reading;
  return verdict === 'unknown' && unasked !== true && undecided !== true;
}

function checkEnvironment(asked: Asked, finding: Finding, inquiry: Inquiry, now: number): Answer {
  const { environment } = finding;
  if (environment === undefined || environment === inquiry.subject.environment)
    return { finding, failed: finding.failed === true };
  const reason = `${finding.title} refused: belongs to environment ${environment}, the incident to ${inquiry.subject.environment}`;
  return failure(asked, reason, now);
}

function failure({ request, kind }: Asked, text: string, now: number): Answer {
  const { collector } = request;
  const finding: Finding = {
    kind,
    title: `${collector}: no answer`,
    source: collector,
    query: collector,
    window: null,
    observedAt: now,
    text,
    data: null,
    link: null,
    witness: `collector/${collector}`,
  };
  return { finding, failed: true };
}

/** Error messages often hide the one that matters in their cause, e.g. "fetch failed". */
function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (let each = error; each !== undefined && each !== null && parts.length < 4; ) {
    const message = each instanceof Error ? each.message || each.name : String(each);
    if (message !== '' && !parts.some((part) => part.includes(message))) parts.push(message);
    each = each instanceof Error ? each.cause : undefined;
  }
  return parts.join(': ') || 'it gave no reason';
}

function seal(
  id: string,
  finding: Finding,
  failed: boolean,
  inquiry: Inquiry,
  redact: (text: string) => string,
): Evidence {
  // What people and the model read holds no secret. What it was asked with, and what tells one thing from another, stays as it was.
  // Redaction comes before the cut: half a secret would no longer be recognised.
  const short = (text: string) => cap(redact(clean(text)), MAX_SHORT);
  const text = cap(redact(clean(finding.text)), MAX_TEXT);
  const { failed: _failed, ...found } = finding;
  return {
    ...found,
    id,
    title: short(finding.title),
    query: cutWholeWords(clean(finding.query), MAX_TEXT),
    text,
    ...(finding.facts === undefined ? {} : { facts: standing(finding.facts, text, redact) }),
    link: finding.link && harmless(finding.link, redact),
    ...(finding.supportsNothing === undefined ? {} : { supportsNothing: redact(finding.supportsNothing) }),
    environment: inquiry.subject.environment,
    status: failed ? 'failed' : 'ok',
    hash: createHash('sha256').update(text).digest('hex'),
  };
}

/** The facts whose line stands in the text that is kept: what nobody can read, nobody can cite. */
function standing(facts: readonly Fact[], text: string, redact: (text: string) => string): readonly Fact[] {
  const lines = new Set(text.split('\n'));
  return facts.flatMap((fact) => {
    const quote = redact(clean(fact.quote));
    const value = typeof fact.value === 'string' ? redact(clean(fact.value)) : fact.value;
    return lines.has(quote) ? [{ ...fact, quote, value }] : [];
  });
}

/** Terminal colours and control characters are of no use to a reader and can deceive one. */
function clean(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/\u001b\[[0-9;?]{0,20}[A-Za-z]/g, '')
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  );
}

/** Cuts the middle out: the start says what it is, and the end of a log is its newest part. */
function cap(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = limit - 50;
  const head = text.slice(0, Math.floor(room * 0.4)).toWellFormed();
  const tail = text.slice(text.length - Math.ceil(room * 0.6)).toWellFormed();
  return `${head}\n[… ${text.length - room} characters cut …]\n${tail}`;
}
