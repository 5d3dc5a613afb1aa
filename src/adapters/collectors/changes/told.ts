import { type Change, type ChangeReader, changesIn, isRelease } from '../../../changes/change.ts';
import type { Finding, ServiceView } from '../../../evidence/collector.ts';
import { toldDeploy } from '../../../evidence/deploy.ts';
import { runsOn, serviceId } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf, type Told, tell } from '../../../evidence/facts/tell.ts';
import { distance, iso } from './when.ts';

const SHOWN = 10;
/** What changed longer ago than this before the symptom is told in one line. */
const RECENT = 24 * 3_600_000;

/** A service as changes are asked for: itself, or what it needs. */
type Changed = Pick<ServiceView, 'name' | 'environment'> & { readonly hosts?: readonly string[] };

/**
 * What Medic was told of the changes of a service and of what it needs directly. Of a service that it was never told of, it says nothing:
 * whoever tells of none may not tell of any.
 */
export async function toldChanges(
  reader: ChangeReader,
  service: ServiceView,
  since: number | null,
  now: number,
): Promise<readonly Finding[]> {
  const asked: readonly Changed[] = [service, ...(service.needs ?? [])];
  const found = await Promise.all(
    asked.map(async (one) => findingOf(one, service, changesIn(await reader.reportsOf(one)), since, now)),
  );
  return found.flatMap((finding) => finding ?? []);
}

function findingOf(
  one: Changed,
  asking: ServiceView,
  changes: readonly Change[],
  since: number | null,
  now: number,
): Finding | null {
  const isOwn = one.name === asking.name;
  const symptom = since ?? now;
  const recent = changes.filter(({ began }) => began >= symptom - RECENT);
  // What needs nothing changed is no news about what needs it.
  if (changes.length === 0 || (!isOwn && recent.length === 0)) return null;
  const before = newestBefore(changes.filter(isRelease), symptom);
  const configured = newestBefore(changes.filter(isConfiguration), symptom);
  const of = serviceId(one.name);
  const within = runsOn({ hosts: one.hosts ?? [] });
  const said = told(changes, recent, before, configured, since);
  const lines: Told[] = said.map(({ change, line }) => ({
    line,
    facts: [
      ...(change === before ? releaseStates(change, of, within, since) : []),
      ...(change === configured ? configurationStates(change, of, within, since) : []),
    ],
  }));
  const heading = recent.length === 0 ? [{ line: 'no change was told for a day', facts: [] }] : [];
  const stated = tell([...heading, ...lines], now);
  return {
    kind: 'change',
    title: isOwn ? `Changes of ${one.name}` : `Changes of ${one.name}, which ${asking.name} needs`,
    source: 'changes',
    query: `changes of ${one.name} that were told`,
    window: null,
    observedAt: now,
    ...stated,
    data: {
      type: 'facts',
      facts:
        isOwn && before !== null
          ? toldDeploy({ version: before.version ?? '', by: before.by, at: before.began })
          : {},
    },
    link: (before ?? recent[0])?.link ?? null,
    witness: `deploys/${encodeURIComponent(one.environment)}/${encodeURIComponent(one.name)}`,
  };
}

const isConfiguration = ({ kind, state }: Change) =>
  (kind === 'config' || kind === 'flag') && state !== 'requested';

/** The newest that came no later than the symptom; where all came after it, the first of them. */
function newestBefore(changes: readonly Change[], symptom: number): Change | null {
  return changes.find(({ began }) => began <= symptom) ?? changes.at(-1) ?? null;
}

interface Said {
  readonly change: Change;
  readonly line: string;
}

/** The recent ones, and those that facts are about, each once. */
function told(
  changes: readonly Change[],
  recent: readonly Change[],
  before: Change | null,
  configured: Change | null,
  since: number | null,
): readonly Said[] {
  const shown = new Set([...recent.slice(0, SHOWN), before, configured]);
  return changes.filter((one) => shown.has(one)).map((change) => ({ change, line: lineOf(change, since) }));
}

const WORDS: Readonly<Record<Change['kind'], string>> = {
  deploy: 'deploy of',
  rollback: 'rollback to',
  config: 'change of configuration',
  flag: 'change of a flag',
  release: 'release published:',
  push: 'push of',
};

const STATES: Readonly<Record<Change['state'], string>> = {
  requested: ', asked for and not begun',
  started: ', under way',
  succeeded: '',
  failed: ', failed',
};

function lineOf({ kind, state, version, previous, by, what, began }: Change, since: number | null): string {
  const subject = [WORDS[kind], version].filter((part) => part !== null).join(' ');
  const who = by === null ? '' : ` by ${by}`;
  const from = previous === null ? '' : ` (before it: ${previous})`;
  const when = since === null ? '' : `, ${distance(began - since)} the alert began`;
  return `${iso(began)} ${subject}${who}${STATES[state]}${from}${when}${what === null ? '' : `: ${what}`}`;
}

function releaseStates(
  { version, by, state, began }: Change,
  of: ReturnType<typeof serviceId>,
  within: ReturnType<typeof runsOn>,
  since: number | null,
): readonly Stated[] {
  const values = {
    'change.release.version': version,
    'change.release.age': since === null ? null : (since - began) / 1000,
    'change.release.by': by,
    'change.release.state': state,
  };
  return statesOf(of, within, values, began);
}

function configurationStates(
  { what, version, began }: Change,
  of: ReturnType<typeof serviceId>,
  within: ReturnType<typeof runsOn>,
  since: number | null,
): readonly Stated[] {
  const values = {
    'change.configuration.age': since === null ? null : (since - began) / 1000,
    'change.configuration.what': what ?? version,
  };
  return statesOf(of, within, values, began);
}
