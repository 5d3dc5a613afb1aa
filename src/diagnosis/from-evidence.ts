import type { Evidence, EvidenceKind } from '../evidence/evidence.ts';
import { cutCleanly } from './answer.ts';
import type { Claim } from './diagnosis.ts';

/** What a question can be about, by the words it uses, and which facts tell of it. */
interface Topic {
  readonly name: string;
  readonly asks: RegExp;
  readonly kinds: readonly EvidenceKind[];
  /** Which lines of those facts are meant, where not all of them are. */
  readonly lines?: RegExp;
}

const TOPICS: readonly Topic[] = [
  {
    name: 'changes',
    asks: /\b(?:chang\w*|deploy\w*|releas\w*|version\w*|roll(?:ed)? ?out|commit\w*|upgrad\w*|new|different)\b/i,
    kinds: ['change', 'event'],
  },
  {
    name: 'logs',
    asks: /\b(?:logs?|logged|exceptions?|stack ?traces?|traces?|messages?|says?|said)\b/i,
    kinds: ['log', 'trace'],
  },
  {
    name: 'processor',
    asks: /\b(?:cpu|processors?|load|cores?|busy)\b/i,
    kinds: ['metric', 'state'],
    lines: /\b(?:cpu|load|cores?)\b/i,
  },
  {
    name: 'memory',
    asks: /\b(?:memory|mem|ram|heap|oom|leak\w*)\b/i,
    kinds: ['metric', 'state'],
    lines: /\b(?:memory|heap|oom|[KMGT]i?B)\b/i,
  },
  {
    name: 'disks',
    asks: /\b(?:disks?|space|filesystems?|storage|full|inodes?)\b/i,
    kinds: ['metric', 'state'],
    lines: /\b(?:disk|filesystem|free|avail\w*|inodes?)\b/i,
  },
  {
    name: 'errors',
    asks: /\b(?:errors?|fail\w*|5xx|500s?|wrong)\b/i,
    kinds: ['metric', 'log'],
    lines: /error|fail|5xx|\b5\d\d\b|exception/i,
  },
  {
    name: 'metrics',
    asks: /\b(?:metrics?|latenc\w*|slow\w*|traffic|requests?|rates?|graphs?|numbers?|vitals?)\b/i,
    kinds: ['metric'],
  },
  {
    name: 'process state',
    asks: /\b(?:process\w*|running|pid|uptime|restarted|state|crash\w*|started)\b/i,
    kinds: ['state'],
  },
  {
    name: 'health',
    asks: /\b(?:health\w*|alive|probes?|respond\w*|answers?|up|down|ok(?:ay)?|well|fine|broken|affected|impact\w*|hit|works?|working|recover\w*)\b/i,
    kinds: ['probe', 'state'],
  },
  { name: 'alerts', asks: /\b(?:alerts?|firing|fires?|severity|since when|when did)\b/i, kinds: ['alert'] },
];

const TROUBLE =
  /\b(?:error|fatal|panic|exception|killed|oom|refused|timed? ?out|denied|failed|failing|unhealthy|exited|firing|ENOSPC|EXITED|FATAL)\b/i;
/** What stands out where nobody can tell what the question is about. */
const TELLING: readonly EvidenceKind[] = ['change', 'probe', 'log', 'state', 'metric', 'alert'];
/** Says how much of a log was read, and nothing of what stands in it. */
const HEADLINE = /; newest last$/;
const MOST = { claims: 6, lines: 3, quote: 200 } as const;
/** Of a line that somebody wants to read. */
const LONG_LINE = 400;

/** What the facts say to a question by themselves, cited, and what Medic has to add in its own words. */
export interface Told {
  readonly claims: readonly Claim[];
  readonly note: string | null;
}

/**
 * Answers a question with the lines of evidence that its words ask about: logs, deploys, metrics, processes, health. It quotes and never
 * concludes. Where the words ask for nothing it knows, it shows what stands out and says so.
 *
 * @param evidence what was gathered for the question first, then what was known before
 */
export function tellFromEvidence(question: string, evidence: readonly Evidence[]): Told {
  const items = newestOf(evidence);
  const read = newestLines(question, items);
  if (read.length > 0) return { claims: read, note: null };
  const topics = TOPICS.filter(({ asks }) => asks.test(question));
  if (topics.length === 0) return standingOut(question, items);
  const claims = topics.flatMap((topic) => about(topic, question, items));
  const bare = topics.filter((topic) => about(topic, question, items).length === 0);
  if (claims.length > 0) return { claims: merged(claims), note: missing(bare, items) };
  const rest = standingOut(question, items);
  return {
    claims: rest.claims,
    note: [missing(bare, items), rest.claims.length > 0 ? 'This is what stands out instead.' : null]
      .filter((sentence) => sentence !== null)
      .join(' '),
  };
}

/**
 * How many of the newest lines of a log a question wants to read: “last 20 log lines”, “the last 5 lines of its journal”; null where it
 * wants none.
 */
export function linesWanted(question: string): number | null {
  const [, count] =
    /\b(?:last|latest|newest|recent|tail)\s+(?:-n\s*)?(\d{1,4})\s+(?:\w+\s+){0,2}?(?:lines?|messages?|entries|logs?)\b/i.exec(
      question,
    ) ?? [];
  return count === undefined || Number(count) < 1 ? null : Number(count);
}

/** Whether a question asks how something is now. */
export function asksHealth(question: string): boolean {
  return TOPICS.some(({ name, asks }) => name === 'health' && asks.test(question));
}

/** The lines of logs that were read because the question wants to read them: all of them, as they are. */
function newestLines(question: string, items: readonly Evidence[]): readonly Claim[] {
  if (linesWanted(question) === null) return [];
  const logs = items.filter(
    ({ status, data }) => status === 'ok' && data?.type === 'facts' && 'last' in data.facts,
  );
  return named(logs, question)
    .slice(0, MOST.claims)
    .map(({ id, title, text }) => ({
      text: title,
      citations: text
        .split('\n')
        .map((line) => ({ evidence: id, quote: cutCleanly(line.trim(), LONG_LINE) })),
    }));
}

/** Of two looks at the same thing the one that comes first counts. */
function newestOf(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  return evidence.filter((item) => {
    const name = `${item.kind} ${item.source} ${item.query} ${item.title}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function about({ kinds, lines }: Topic, question: string, items: readonly Evidence[]): readonly Claim[] {
  const wanted = items.filter((item) => isTelling(item) && kinds.includes(item.kind));
  return named(wanted, question).flatMap((item) => claimOf(item, question, lines));
}

/** What was already so before says nothing about what is wrong now. */
function isTelling({ status, supportsNothing }: Evidence): boolean {
  return status === 'ok' && supportsNothing === undefined;
}

/** Those whose title the question names, such as one of two log files; all where it names none. */
function named(items: readonly Evidence[], question: string): readonly Evidence[] {
  const words = wordsOf(question);
  const exact = items.filter(({ title, query }) =>
    words.some((word) => isName(word) && wordsOf(`${title} ${query}`).includes(word)),
  );
  return exact.length > 0 ? exact : items;
}

/** Ordinary words say nothing about which of two things is meant. */
const isName = (word: string) => word.length > 3 && /[\d_.-]/.test(word);

function standingOut(question: string, items: readonly Evidence[]): Told {
  const found = TELLING.flatMap((kind) =>
    items
      .filter((item) => item.kind === kind && isTelling(item))
      .flatMap((item) =>
        claimOf(item, question, kind === 'alert' || kind === 'change' ? undefined : TROUBLE),
      ),
  );
  if (found.length === 0) return { claims: [], note: 'Nothing was found that answers this.' };
  return {
    claims: merged(found).slice(0, MOST.lines),
    note: 'I am not sure what you are asking; this stands out.',
  };
}

/** One item in its most telling lines; none where it has no line that is meant. */
function claimOf(item: Evidence, question: string, meant: RegExp | undefined): readonly Claim[] {
  const lines = item.text
    .split('\n')
    .filter((line, _index, { length }) => line.trim().length > 3 && (length === 1 || !HEADLINE.test(line)));
  const candidates = meant === undefined ? lines : lines.filter((line) => meant.test(line));
  const ranked = candidates
    .map((line, index) => ({ line, index, worth: worthOf(line, index, candidates.length, item, question) }))
    .sort((a, b) => b.worth - a.worth || a.index - b.index)
    .slice(0, MOST.lines)
    .sort((a, b) => a.index - b.index);
  if (ranked.length === 0) return [];
  return [
    { text: item.title, citations: ranked.map(({ line }) => ({ evidence: item.id, quote: quoteOf(line) })) },
  ];
}

/** How much a line says to a question: words of it, signs of trouble, and whether it is where the newest or the gist stands. */
function worthOf(line: string, index: number, count: number, { kind }: Evidence, question: string): number {
  const words = wordsOf(line);
  const shared = wordsOf(question).filter((word) => word.length > 3 && words.includes(word)).length;
  const newestLast = kind === 'log' || kind === 'trace' || kind === 'event';
  const place = newestLast ? index / count : 1 - index / count;
  return 3 * shared + (TROUBLE.test(line) ? 2 : 0) + (/\bnow\b/.test(line) ? 1 : 0) + place;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\w.-]+/g) ?? [];
}

/** A part of the line to the letter. */
function quoteOf(line: string): string {
  return cutCleanly(line.trim(), MOST.quote);
}

/** Several topics may lead to the same item: it is said once. */
function merged(claims: readonly Claim[]): readonly Claim[] {
  const byItem = new Map<string, Claim>();
  for (const claim of claims) {
    const id = claim.citations[0]?.evidence ?? '';
    const before = byItem.get(id);
    const citations = [...(before?.citations ?? []), ...claim.citations].filter(
      ({ quote }, index, all) => all.findIndex((other) => other.quote === quote) === index,
    );
    byItem.set(id, { text: claim.text, citations: citations.slice(0, MOST.lines) });
  }
  return [...byItem.values()].slice(0, MOST.claims);
}

/** That something asked for is not there, and what could not be read. */
function missing(topics: readonly Topic[], items: readonly Evidence[]): string | null {
  if (topics.length === 0) return null;
  const names = topics.map(({ name }) => name).join(', ');
  const failed = items.filter(
    (item) => item.status === 'failed' && topics.some(({ kinds }) => kinds.includes(item.kind)),
  );
  const why =
    failed.length === 0 ? '' : `, and could not be read: ${failed.map(({ title }) => title).join(', ')}`;
  return `Nothing about ${names} was found${why}.`;
}
