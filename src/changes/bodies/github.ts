import { z } from 'zod';
import { linkIn, long, readBody, short, Time, type Told, versionOf } from '../told.ts';
import { deployment, deploymentStatus } from './github-deployments.ts';
import { Repository, User } from './github-parts.ts';

const Release = z.object({
  action: z.string(),
  release: z.object({
    id: z.int(),
    tag_name: z.string().min(1),
    name: z.string().nullish(),
    html_url: z.string().nullish(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    published_at: Time.nullish(),
    author: User.nullish(),
  }),
  repository: Repository,
});

const Push = z.object({
  ref: z.string(),
  before: z.string().nullish(),
  after: z.string().min(1),
  deleted: z.boolean().default(false),
  compare: z.string().nullish(),
  pusher: z.object({ name: z.string().nullish() }).nullish(),
  head_commit: z.object({ message: z.string().nullish() }).nullish(),
  repository: Repository,
});

const Run = z.object({
  action: z.string(),
  workflow_run: z.object({
    id: z.int(),
    run_attempt: z.int().default(1),
    name: z.string().nullish(),
    path: z.string().nullish(),
    event: z.string().nullish(),
    head_sha: z.string().min(1),
    head_branch: z.string().nullish(),
    conclusion: z.string().nullish(),
    html_url: z.string().nullish(),
    run_started_at: Time.nullish(),
    updated_at: Time,
    actor: User.nullish(),
    triggering_actor: User.nullish(),
  }),
  repository: Repository,
});

/** Its events that tell of changes. */
const EVENTS: ReadonlyMap<string, (body: unknown, now: number) => Told> = new Map([
  ['deployment', deployment],
  ['deployment_status', deploymentStatus],
  ['release', release],
  ['push', push],
  ['workflow_run', run],
  ['ping', () => ({ kind: 'nothing', why: 'GitHub reaches Medic' })],
]);

/** @param event as `X-GitHub-Event` names it */
export function readGitHub(event: string, body: unknown, now: number): Told {
  const read = EVENTS.get(event);
  if (read !== undefined) return read(body, now);
  const known = [...EVENTS.keys()].filter((name) => name !== 'ping').join(', ');
  return {
    kind: 'nothing',
    why: `the event ${JSON.stringify(event.slice(0, 60))} tells of no change: choose ${known}`,
  };
}

function release(body: unknown): Told {
  return readBody(Release, body, ({ action, release: one, repository }) => {
    if (action !== 'published' && action !== 'released')
      return { kind: 'nothing', why: `a release that is ${action} changes nothing` };
    if (one.draft || one.prerelease)
      return { kind: 'nothing', why: 'a draft or a prerelease is not deployed' };
    if (one.published_at == null) return { kind: 'wrong', problems: ['release.published_at: is missing'] };
    return {
      kind: 'change',
      about: { repository: repository.full_name, environment: null, by: { event: 'release' } },
      report: {
        id: `github-release-${repository.full_name}-${one.id}`,
        kind: 'release',
        state: 'succeeded',
        version: versionOf(one.tag_name),
        previous: null,
        by: short(one.author?.login),
        what: one.name === one.tag_name ? null : long(one.name),
        link: linkIn(one.html_url),
        at: one.published_at,
        from: 'github',
      },
    };
  });
}

function push(body: unknown, now: number): Told {
  return readBody(
    Push,
    body,
    ({ ref, before, after, deleted, compare, pusher, head_commit: head, repository }) => {
      const isMain = ref === `refs/heads/${repository.default_branch}`;
      if (deleted || !isMain)
        return {
          kind: 'nothing',
          why: `only pushes to ${repository.default_branch} are told, and this is ${ref.slice(0, 100)}`,
        };
      return {
        kind: 'change',
        about: { repository: repository.full_name, environment: null, by: { event: 'push' } },
        report: {
          id: `github-push-${repository.full_name}-${after}`,
          kind: 'push',
          state: 'succeeded',
          version: versionOf(after),
          previous: versionOf(before),
          by: short(pusher?.name),
          what: long(head?.message?.split('\n')[0]),
          link: linkIn(compare),
          // When its commit was made says nothing of when it was pushed.
          at: typeof repository.pushed_at === 'number' ? repository.pushed_at * 1000 : now,
          from: 'github',
        },
      };
    },
  );
}

function run(body: unknown): Told {
  return readBody(Run, body, ({ action, workflow_run: one, repository }) => {
    const workflow = one.name ?? one.path ?? '';
    const state = stateOf(action, one.conclusion ?? null);
    if (state === null || one.event === 'pull_request')
      return {
        kind: 'nothing',
        why: `a run that is ${one.conclusion ?? action} for ${one.event ?? 'no event'} changes nothing`,
      };
    const by = one.triggering_actor ?? one.actor;
    return {
      kind: 'change',
      about: { repository: repository.full_name, environment: null, by: { workflow } },
      report: {
        id: `github-run-${repository.full_name}-${one.id}-${one.run_attempt}`,
        kind: 'deploy',
        state,
        version: versionOf(one.head_sha),
        previous: null,
        by: short(by?.login),
        what: long(`workflow ${workflow}${one.head_branch ? ` on ${one.head_branch}` : ''}`),
        link: linkIn(one.html_url),
        at: state === 'started' ? (one.run_started_at ?? one.updated_at) : one.updated_at,
        from: 'github',
      },
    };
  });
}

function stateOf(
  action: string,
  conclusion: string | null,
): 'requested' | 'started' | 'succeeded' | 'failed' | null {
  if (action === 'requested') return 'requested';
  if (action === 'in_progress') return 'started';
  if (action !== 'completed') return null;
  if (conclusion === 'success') return 'succeeded';
  return conclusion === 'failure' || conclusion === 'timed_out' ? 'failed' : null;
}
