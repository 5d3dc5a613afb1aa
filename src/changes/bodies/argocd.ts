import { z } from 'zod';
import type { ChangeState } from '../change.ts';
import { linkIn, long, readBody, short, Time, type Told, versionOf } from '../told.ts';

const Revisions = z.object({ revision: z.string().nullish(), revisions: z.array(z.string()).nullish() });

const Operation = z.object({
  phase: z.string(),
  message: z.string().nullish(),
  startedAt: Time,
  finishedAt: Time.nullish(),
  syncResult: Revisions.nullish(),
  operation: z
    .object({
      sync: Revisions.extend({ dryRun: z.boolean().nullish() }).nullish(),
      initiatedBy: z.object({ username: z.string().nullish(), automated: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
});
type Operation = z.infer<typeof Operation>;

/** An Application as `toJson .app` writes it. */
const Application = z.object({
  metadata: z.object({ name: z.string().min(1).max(253) }),
  status: z.object({
    operationState: Operation,
    history: z.array(Revisions).nullish(),
    summary: z.object({ images: z.array(z.string()).nullish() }).nullish(),
  }),
});

/** What a template of one's own writes field by field. */
const Flat = z.object({
  app: z.string().min(1).max(253),
  revision: z.string().min(1),
  phase: z.string().optional(),
  startedAt: Time.nullish(),
  finishedAt: Time.nullish(),
  operationState: Operation.nullish(),
  by: z.string().nullish(),
  link: z.string().nullish(),
});

const PHASE: Readonly<Record<string, ChangeState>> = {
  Running: 'started',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Error: 'failed',
};

/** Whether a body looks like one of Argo CD's. */
export function isArgo(body: object): boolean {
  return Object.hasOwn(body, 'app') || (Object.hasOwn(body, 'metadata') && Object.hasOwn(body, 'status'));
}

export function readArgo(body: object): Told {
  const { app } = body as { readonly app?: unknown };
  if (typeof app === 'object' && app !== null) return under('app', readBody(Application, app, ofApplication));
  return app === undefined ? readBody(Application, body, ofApplication) : readBody(Flat, body, ofFlat);
}

/** The same, with the problems at their paths in the whole body. */
function under(name: string, told: Told): Told {
  if (told.kind !== 'wrong') return told;
  const problems = told.problems.map((problem) =>
    problem.startsWith('(body)') ? problem.replace('(body)', name) : `${name}.${problem}`,
  );
  return { kind: 'wrong', problems };
}

function ofApplication({ metadata, status }: z.infer<typeof Application>): Told {
  const { operationState: operation, history, summary } = status;
  const revision = revisionOf(operation.syncResult) ?? revisionOf(operation.operation?.sync);
  if (revision === null)
    return { kind: 'wrong', problems: ['status.operationState.syncResult.revision: is missing'] };
  const before = (history ?? []).map(revisionOf).filter((one) => one !== null);
  const [last, second] = before.toReversed();
  // Its history holds what was synced, once that has succeeded.
  if (operation.phase === 'Succeeded' && last === revision && second === revision)
    return { kind: 'nothing', why: `${metadata.name} was synced again to what it ran` };
  const previous = before.findLast((one) => one !== revision) ?? null;
  const isBack = before.slice(0, -1).includes(revision) && previous !== null;
  const images = summary?.images ?? [];
  return told(metadata.name, operation, {
    revision,
    previous,
    isBack,
    what: images.length === 0 ? (operation.message ?? null) : `images: ${images.slice(0, 5).join(', ')}`,
    by: null,
    link: null,
  });
}

function ofFlat({
  app,
  revision,
  operationState,
  phase,
  startedAt,
  finishedAt,
  by,
  link,
}: z.infer<typeof Flat>): Told {
  const own = { revision, previous: null, isBack: false, what: null, by: by ?? null, link: link ?? null };
  if (operationState != null)
    return told(app, operationState, { ...own, what: operationState.message ?? null });
  if (phase === undefined) return { kind: 'wrong', problems: ['phase: is missing'] };
  const at = startedAt ?? finishedAt;
  if (at == null) return { kind: 'wrong', problems: ['finishedAt: is missing'] };
  return told(app, { phase, startedAt: at, finishedAt }, own);
}

interface Synced {
  readonly revision: string;
  readonly previous: string | null;
  readonly isBack: boolean;
  readonly what: string | null;
  readonly by: string | null;
  readonly link: string | null;
}

function told(app: string, state: Operation, { revision, previous, isBack, what, by, link }: Synced): Told {
  const { phase, startedAt, finishedAt, operation } = state;
  const reached = Object.hasOwn(PHASE, phase) ? PHASE[phase] : undefined;
  if (reached === undefined)
    return { kind: 'nothing', why: `a sync that is ${JSON.stringify(phase.slice(0, 60))} changes nothing` };
  if (operation?.sync?.dryRun === true) return { kind: 'nothing', why: 'a dry run changes nothing' };
  const starter = operation?.initiatedBy;
  return {
    kind: 'change',
    about: { service: app, environment: null },
    report: {
      id: `argocd-${app}-${revision}-${startedAt}`,
      kind: isBack ? 'rollback' : 'deploy',
      state: reached,
      version: versionOf(revision),
      previous: versionOf(previous),
      by: short(by) ?? short(starter?.username) ?? (starter?.automated === true ? 'Argo CD' : null),
      what: long(what),
      link: linkIn(link),
      at: reached === 'started' ? startedAt : (finishedAt ?? startedAt),
      from: 'argocd',
    },
  };
}

function revisionOf(one: z.infer<typeof Revisions> | null | undefined): string | null {
  return one?.revision || one?.revisions?.join(',') || null;
}
