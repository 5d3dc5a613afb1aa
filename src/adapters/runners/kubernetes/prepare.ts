import type { Order } from '../../../execution/runner.ts';
import type { KubernetesRun } from '../../../playbooks/manifest.ts';
import { type ApiRequest, type ClusterApi, isGood, messageOf, whySilent } from '../../kubernetes/api.ts';
import type { Raw } from '../../kubernetes/objects.ts';
import { isName, type Place, placeOf } from '../../kubernetes/place.ts';
import { isAutoscaled, readNode, readStanding, type Standing, Unread } from '../../kubernetes/read.ts';
import { hashOfPart, partNow } from './capture.ts';
import type { Change, Planned } from './change.ts';
import { type Own, type Rules, whyDenied, whyNotOurs } from './deny.ts';
import { plan } from './operation.ts';
import { rightsFor, whatIsMissing } from './rights.ts';

export interface Reach {
  readonly api: ClusterApi;
  /** As the registry has them at this moment. */
  readonly rules: () => Rules;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** An operation that was rehearsed by the API server, and may be asked for in earnest. */
export interface Prepared {
  readonly place: Place;
  readonly standing: Standing;
  readonly own: Own;
  readonly change: Change;
  /** What the API server makes of it; nothing where an object would be gone. */
  readonly after: Raw | null;
  /** What it leaves behind of what it changes; see `Capture`. */
  readonly set: string;
}

export type Preparing = Prepared | { readonly already: string } | { readonly refused: string };

/**
 * Everything up to the change itself, which only looks: what Medic may do there, how it stands, what is to be changed, whether that is
 * anybody's to change, and what the API server would make of it. Never throws.
 */
export async function prepare(order: Order, reach: Reach, signal: AbortSignal): Promise<Preparing> {
  if (!('kubernetes' in order.run)) return { refused: 'the order names no operation of Kubernetes' };
  try {
    return await prepared(order.run.kubernetes, order.fence, reach, signal);
  } catch (error) {
    if (error instanceof Unread) return { refused: error.message };
    return { refused: whySilent(error) };
  }
}

async function prepared(
  { namespace, workload, do: operation }: KubernetesRun,
  fence: number | null,
  { api, rules, now }: Reach,
  signal: AbortSignal,
): Promise<Preparing> {
  const place = placeOf(namespace, workload);
  if (place === null) return { refused: `${workload} in ${namespace} is no name of a workload` };
  const foreign = whyNotOurs({ namespace, workload }, rules());
  // Nobody is told what there is in a place that is none of Medic's business.
  if (foreign !== null) return { refused: foreign };
  const missing = await whatIsMissing(api, rightsFor(operation, place), signal);
  if (missing !== null) return { refused: missing };
  const standing = await readStanding(api, place, signal);
  const named = nodeIn(operation);
  if (named !== null && !isName(named)) return { refused: `${named} is no name of a node` };
  const node = named === null ? null : await readNode(api, named, signal);
  const isScaling = typeof operation === 'object' && 'scale' in operation;
  const autoscaled = isScaling && (await isAutoscaled(api, place, signal));
  const planned = plan(operation, { standing, node, autoscaled, fence, now: now() });
  if (!isChange(planned)) return planned;
  const pods = standing.pods.flatMap(({ metadata }) => metadata?.name ?? []);
  const own: Own = { namespace, workload, pods, node: named };
  return rehearse({ place, standing, own, change: planned }, { api, rules }, signal);
}

function isChange(planned: Planned): planned is Change {
  return 'request' in planned;
}

function nodeIn(operation: KubernetesRun['do']): string | null {
  if (typeof operation === 'string') return null;
  if ('cordon' in operation) return operation.cordon;
  return 'uncordon' in operation ? operation.uncordon : null;
}

/** The very change, asked for with `dryRun=All`: admission and defaults are applied, and nothing is kept. */
async function rehearse(
  given: Omit<Prepared, 'after' | 'set'>,
  { api, rules }: Pick<Reach, 'api' | 'rules'>,
  signal: AbortSignal,
): Promise<Preparing> {
  const { change, own } = given;
  const request = change.request('');
  const denied = whyDenied(request, own, rules());
  if (denied !== null) return { refused: denied };
  const answer = await api.call(rehearsalOf(request), signal);
  if (!isGood(answer)) return { refused: whyNot(answer, change) };
  const after = request.method === 'PATCH' ? (answer.body as Raw) : null;
  const set = change.was === null || after === null ? '' : hashOfPart(partNow(change.was, after));
  return { ...given, after, set };
}

/** The same call, of which nothing is kept. Of a deletion with a body the API server reads that alone, and no query: what stood there would be gone. */
function rehearsalOf(request: ApiRequest): ApiRequest {
  return request.method === 'DELETE'
    ? { ...request, body: { ...Object(request.body), dryRun: ['All'] } }
    : { ...request, query: { dryRun: 'All' } };
}

/** Why the API took a change for none; a version that is another by now means that somebody was faster. */
export function whyNot(answer: Parameters<typeof messageOf>[0], { what }: Pick<Change, 'what'>): string {
  if (answer.status === 409)
    return `somebody else has changed ${what} since it was looked at, so nothing was done there`;
  return messageOf(answer);
}

/** Why the way back would be refused, as the API server says beforehand; null where it would not, or where there is none. */
export async function whyNoWayBack(
  { change, own }: Prepared,
  { api, rules }: Reach,
  signal: AbortSignal,
): Promise<string | null> {
  if (change.back === null) return null;
  const denied = whyDenied(change.back, own, rules());
  if (denied !== null) return denied;
  try {
    const answer = await api.call(rehearsalOf(change.back), signal);
    return isGood(answer) ? null : whyNot(answer, change);
  } catch (error) {
    return whySilent(error);
  }
}
