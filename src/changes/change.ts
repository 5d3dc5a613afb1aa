/**
 * What people or pipelines change of a service. A `release` is published, a `push` made and a `run` of a workflow done: they are deploys only
 * where the registry says that the service is deployed by them.
 */
export const KINDS = ['deploy', 'rollback', 'config', 'flag', 'release', 'push'] as const;
export type ChangeKind = (typeof KINDS)[number];

/** How far it is. What is `requested` has touched nothing yet: it may still wait for somebody's consent. */
export const STATES = ['requested', 'started', 'succeeded', 'failed'] as const;
export type ChangeState = (typeof STATES)[number];

/** One report of a change, as its sender told it. A change may be told of more than once: that it began, and how it ended. */
export interface Report {
  /** Names the change, not the report. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly state: ChangeState;
  /** What runs afterwards: a version, a commit, the value of a flag. */
  readonly version: string | null;
  readonly previous: string | null;
  readonly by: string | null;
  /** What it is about, in its author's words. */
  readonly what: string | null;
  readonly link: string | null;
  /** When it came to be so, epoch milliseconds. */
  readonly at: number;
  /** Who told of it. */
  readonly from: Sender;
}

export type Sender = 'api' | 'github' | 'argocd';

/** A change, put together from all that was told of it. */
export interface Change extends Omit<Report, 'at'> {
  /** When it began to touch the service; where nobody told, when it was over. */
  readonly began: number;
}

/** What is remembered of one service, its newest reports last. */
export interface ChangeReader {
  reportsOf(service: { readonly name: string; readonly environment: string }): Promise<readonly Report[]>;
}

export interface ChangeStore extends ChangeReader {
  /** Whether it is kept now: `known` was told before, `old` is older than all that there is room for. */
  keep(
    service: { readonly name: string; readonly environment: string },
    report: Report,
  ): Promise<'kept' | 'known' | 'old'>;
}

const ORDER: Readonly<Record<ChangeState, number>> = { requested: 0, started: 1, succeeded: 2, failed: 2 };

/** The changes that reports tell of, the newest first, whatever order the reports came in. */
export function changesIn(reports: readonly Report[]): readonly Change[] {
  return [...Map.groupBy(reports, ({ id }) => id).values()]
    .map(together)
    .toSorted((one, other) => other.began - one.began || (one.id < other.id ? -1 : 1));
}

function together(reports: readonly Report[]): Change {
  const ordered = reports.toSorted(
    (one, other) => ORDER[one.state] - ORDER[other.state] || one.at - other.at,
  );
  const last = ordered.at(-1) as Report;
  const touching = ordered.find(({ state }) => state !== 'requested') ?? last;
  const newest = <Name extends 'version' | 'previous' | 'by' | 'what' | 'link'>(name: Name) =>
    ordered.findLast((one) => one[name] !== null)?.[name] ?? null;
  const { at: _at, ...rest } = last;
  return {
    ...rest,
    version: newest('version'),
    previous: newest('previous'),
    by: newest('by'),
    what: newest('what'),
    link: newest('link'),
    began: touching.at,
  };
}

/** Whether something else runs since: what only waits, or brings what ran before, releases nothing. */
export function isRelease({ kind, state, version, previous }: Change): boolean {
  return (
    (kind === 'deploy' || kind === 'rollback') &&
    state !== 'requested' &&
    version !== null &&
    version !== previous
  );
}
