import { type ApiAnswer, type ClusterApi, isGood, messageOf } from './api.ts';
import type { Node, Pod, Raw, Revision, Template, Workload } from './objects.ts';
import { listPath, type Place, queryOf, wordsOf } from './place.ts';

/** It could not be read, for a reason that people should know. */
export class Unread extends Error {
  override readonly name = 'Unread';
}

/** It was read, and is not there. */
export class Absent extends Unread {}

/** A workload, with the templates that it has had, newest first, and its pods. */
export interface Standing {
  readonly place: Place;
  readonly workload: Workload;
  readonly revisions: readonly Revision[];
  readonly pods: readonly Pod[];
}

/** More of a kind than these no workload has that is looked at by hand. */
const MOST = 500;

/** @throws `Unread` where there is no such workload, or the API refuses */
export async function readStanding(api: ClusterApi, place: Place, signal: AbortSignal): Promise<Standing> {
  const workload = await readWorkload(api, place, signal);
  const selector = queryOf(workload.spec?.selector ?? {});
  if (selector === '') throw new Unread(`${wordsOf(place)} selects no pods`);
  const list = (path: string) => listAll(api, path, { labelSelector: selector }, signal);
  const { namespace } = place;
  const isReplicated = place.kind === 'deployment';
  const [pods, sources] = await Promise.all([
    list(`/api/v1/namespaces/${namespace}/pods`),
    list(`/apis/apps/v1/namespaces/${namespace}/${isReplicated ? 'replicasets' : 'controllerrevisions'}`),
  ]);
  const own = sources.filter((one) => isOwnedBy(one, [workload]));
  const owners = isReplicated ? own : [workload];
  return {
    place,
    workload,
    revisions: own.flatMap(isReplicated ? ofReplicaSet : ofController).sort((a, b) => b.number - a.number),
    pods: pods.filter((pod) => isOwnedBy(pod, owners)) as readonly Pod[],
  };
}

/** One by its name, among those that may be listed: so whoever may look needs no other right. */
export async function readWorkload(api: ClusterApi, place: Place, signal: AbortSignal): Promise<Workload> {
  const named = { fieldSelector: `metadata.name=${place.name}` };
  const [found] = await listAll(api, listPath(place), named, signal);
  if (found === undefined) throw new Absent(`there is no ${wordsOf(place)}`);
  return found as Workload;
}

export async function readNode(api: ClusterApi, name: string, signal: AbortSignal): Promise<Node> {
  const [found] = await listAll(api, '/api/v1/nodes', { fieldSelector: `metadata.name=${name}` }, signal);
  if (found === undefined) throw new Unread(`there is no node ${name}`);
  return found as Node;
}

/** Whether an autoscaler decides how many pods a workload has. */
export async function isAutoscaled(api: ClusterApi, place: Place, signal: AbortSignal): Promise<boolean> {
  const path = `/apis/autoscaling/v1/namespaces/${place.namespace}/horizontalpodautoscalers`;
  const scalers = await listAll(api, path, {}, signal);
  return scalers.some(({ spec }) => {
    const { scaleTargetRef: target } = (spec ?? {}) as { readonly scaleTargetRef?: Target };
    return target?.name === place.name && target.kind?.toLowerCase() === place.kind;
  });
}

interface Target {
  readonly kind?: string;
  readonly name?: string;
}

export async function readNodes(api: ClusterApi, signal: AbortSignal): Promise<readonly Node[]> {
  return (await listAll(api, '/api/v1/nodes', {}, signal)) as readonly Node[];
}

async function listAll(
  api: ClusterApi,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Raw[]> {
  const answer = await api.call({ method: 'GET', path, query: { ...query, limit: String(MOST) } }, signal);
  if (!isGood(answer)) throw new Unread(messageOf(answer));
  return itemsOf(answer);
}

function itemsOf({ body }: ApiAnswer): readonly Raw[] {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : null;
  if (!Array.isArray(items)) throw new Unread('what answered is no API server: it sent no list');
  return items.filter((one) => typeof one === 'object' && one !== null);
}

/** By identity: an object of the same name may be another by now, and a label is nobody's proof. */
function isOwnedBy({ metadata }: Raw, owners: readonly Raw[]): boolean {
  const controller = metadata?.ownerReferences?.find((one) => one.controller === true)?.uid;
  return controller !== undefined && owners.some((owner) => owner.metadata?.uid === controller);
}

const POD_HASH = 'pod-template-hash';

function ofReplicaSet({ metadata, spec }: Raw): readonly Revision[] {
  const number = Number(metadata?.annotations?.['deployment.kubernetes.io/revision']);
  const value = metadata?.labels?.[POD_HASH];
  const template = (spec as { readonly template?: Template } | undefined)?.template;
  if (!Number.isSafeInteger(number) || value === undefined || template === undefined) return [];
  const { [POD_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return [
    {
      name: metadata?.name ?? '',
      number,
      template: { ...template, metadata: { ...template.metadata, labels } },
      createdAt: timeOf(metadata?.creationTimestamp),
      mark: { label: POD_HASH, value },
    },
  ];
}

/** What stateful sets and daemon sets keep of their templates is a patch that replaces the whole of it. */
function ofController(raw: Raw): readonly Revision[] {
  const { metadata } = raw;
  const data = raw.data as
    | { readonly spec?: { readonly template?: Template & { readonly $patch?: string } } }
    | undefined;
  const kept = data?.spec?.template;
  const number = Number(raw.revision);
  if (!Number.isSafeInteger(number) || kept === undefined) return [];
  const { $patch: _, ...template } = kept;
  const value = metadata?.labels?.['controller-revision-hash'] ?? metadata?.name ?? '';
  return [
    {
      name: metadata?.name ?? '',
      number,
      template,
      createdAt: timeOf(metadata?.creationTimestamp),
      mark: { label: 'controller-revision-hash', value },
    },
  ];
}

export function timeOf(text: string | undefined): number | null {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(at) ? at : null;
}
