import { z } from 'zod';
import type { ChangeState, Report } from '../change.ts';
import { linkIn, long, readBody, short, Time, type Told, versionOf } from '../told.ts';
import { Repository, User } from './github-parts.ts';

const Deployment = z.object({
  id: z.int(),
  sha: z.string().min(1),
  ref: z.string().min(1),
  task: z.string().default('deploy'),
  environment: z.string().nullish(),
  description: z.string().nullish(),
  created_at: Time,
  creator: User.nullish(),
  /** Whatever its creator wrote: an object, or a text. */
  payload: z.unknown(),
});
type Deployment = z.infer<typeof Deployment>;

/** Behind a deployment of GitHub Actions stands a run that somebody started. */
const Started = z.object({ actor: User.nullish(), triggering_actor: User.nullish() }).nullish();

const Created = z.object({
  action: z.string().default('created'),
  deployment: Deployment,
  workflow_run: Started,
  repository: Repository,
});

const Status = Created.extend({
  deployment_status: z.object({
    state: z.string(),
    description: z.string().nullish(),
    environment: z.string().nullish(),
    log_url: z.string().nullish(),
    target_url: z.string().nullish(),
    created_at: Time,
  }),
});

/** Its states that say how far a deployment is. The others move nothing: `inactive` is said of the one before. */
const STATE: Readonly<Record<string, ChangeState>> = {
  waiting: 'requested',
  queued: 'requested',
  pending: 'requested',
  in_progress: 'started',
  success: 'succeeded',
  failure: 'failed',
  error: 'failed',
};

export function deployment(body: unknown): Told {
  return readBody(Created, body, (created) => {
    if (created.action !== 'created')
      return { kind: 'nothing', why: `a deployment that is ${created.action} changes nothing` };
    const { created_at: at, description } = created.deployment;
    return told(created, { state: 'requested', at, what: description, environment: null, link: null });
  });
}

export function deploymentStatus(body: unknown): Told {
  return readBody(Status, body, (status) => {
    const {
      state,
      description,
      environment,
      log_url: log,
      target_url: target,
      created_at: at,
    } = status.deployment_status;
    const reached = Object.hasOwn(STATE, state) ? STATE[state] : undefined;
    if (reached === undefined)
      return {
        kind: 'nothing',
        why: `a deployment that is ${JSON.stringify(state.slice(0, 60))} changes nothing`,
      };
    const what = description || status.deployment.description;
    return told(status, {
      state: reached,
      at,
      what,
      environment: environment ?? null,
      link: linkIn(log) ?? linkIn(target),
    });
  });
}

interface Reached extends Pick<Report, 'state' | 'at' | 'link'> {
  readonly what: string | null | undefined;
  readonly environment: string | null;
}

function told(
  { deployment: one, workflow_run: started, repository }: z.infer<typeof Created>,
  { state, at, what, environment, link }: Reached,
): Told {
  const service = serviceIn(one.payload);
  const isBot = one.creator?.type === 'Bot' || one.creator?.login.endsWith('[bot]') === true;
  const person = started?.triggering_actor ?? started?.actor;
  return {
    kind: 'change',
    about: {
      repository: repository.full_name,
      environment: environment ?? one.environment ?? null,
      ...(service === null ? {} : { service }),
    },
    report: {
      id: `github-deployment-${repository.full_name}-${one.id}`,
      kind: /rollback/i.test(one.task) ? 'rollback' : 'deploy',
      state,
      version: nameOf(one),
      previous: null,
      by: short((isBot ? (person ?? one.creator) : one.creator)?.login),
      what: long(what),
      link,
      at,
      from: 'github',
    },
  };
}

/** A tag is what people call it; a branch is another version tomorrow. */
function nameOf({ ref, sha }: Deployment): string | null {
  const name = ref.replace(/^refs\/tags\//, '');
  return name !== ref || /^v?\d[\w.+-]*$/.test(name) ? versionOf(name) : versionOf(sha);
}

function serviceIn(payload: unknown): string | null {
  const written = typeof payload === 'string' ? parsed(payload) : payload;
  if (typeof written !== 'object' || written === null || !Object.hasOwn(written, 'service')) return null;
  const { service } = written as { readonly service: unknown };
  return typeof service === 'string' && service !== '' ? service.slice(0, 200) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
