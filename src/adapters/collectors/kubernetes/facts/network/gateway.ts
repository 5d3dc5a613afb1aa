import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf, idOf, named, nameOf, timeOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';

/** Whether a controller takes a gateway at all. */
export function gatewayFacts(gateway: Of<'Gateway'>, { objects }: Cluster): readonly Statement[] {
  const { metadata, spec, status } = gateway;
  const name = nameOf(metadata);
  const say = sayOf(idOf('gateway', metadata), [named('namespace', undefined, metadata?.namespace)]);
  const wanted = spec?.gatewayClassName ?? '?';
  const exists = objects.GatewayClass?.some((one) => one.metadata?.name === wanted);
  const accepted =
    conditionOf(status?.conditions, 'Accepted') ?? conditionOf(status?.conditions, 'Scheduled');
  const taken = accepted?.status === 'True';
  return [
    ...say(
      exists
        ? `${name} asks for the gateway class ${wanted}, which exists`
        : `${name} asks for the gateway class ${wanted}, which does not exist`,
      { 'k8s.gateway.class.exists': exists },
      { weight: exists ? 'well' : 'ill' },
    ),
    ...say(
      taken ? `a controller took ${name}` : `no controller took ${name}`,
      { 'k8s.gateway.accepted': taken },
      { weight: taken ? 'well' : 'ill', at: timeOf(accepted?.lastTransitionTime) },
    ),
  ];
}

/** What a route points at and hangs on, and whether its gateway could take it. */
export function routeFacts(route: Of<'HTTPRoute'>, { objects }: Cluster): readonly Statement[] {
  const { metadata, spec, status } = route;
  const name = nameOf(metadata);
  const own = metadata?.namespace;
  const backends = (spec?.rules ?? [])
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .filter(({ kind = 'Service' }) => kind === 'Service');
  const say = sayOf(idOf('httproute', metadata), [
    named('namespace', undefined, own),
    ...new Set(backends.map((one) => named('service', one.namespace ?? own, one.name))),
  ]);
  const lost = <Ref extends { readonly name?: string | undefined; readonly namespace?: string | undefined }>(
    refs: readonly Ref[],
    all: readonly { readonly metadata?: Of<'Gateway'>['metadata'] }[] | undefined,
  ) =>
    // Of other namespaces nobody here knows what is in them.
    all &&
    refs
      .filter(({ namespace = own }) => namespace === own)
      .find((ref) => !all.some((one) => one.metadata?.namespace === own && one.metadata?.name === ref.name));
  const gateways = (spec?.parentRefs ?? []).filter(({ kind = 'Gateway' }) => kind === 'Gateway');
  const service = lost(backends, objects.Service);
  const gateway = lost(gateways, objects.Gateway);
  const verdicts = (status?.parents ?? []).flatMap(({ conditions = [] }) => conditions);
  const resolved = verdicts.length > 0 && verdicts.every((one) => one.status === 'True');
  return [
    ...(objects.Service === undefined
      ? []
      : say(
          service === undefined
            ? `${name} sends requests to no service that does not exist`
            : `${name} sends requests to ${service.name}, and there is no such service`,
          { 'k8s.route.backend.missing': service?.name ?? 'none' },
          { weight: service === undefined ? 'well' : 'ill' },
        )),
    ...(objects.Gateway === undefined
      ? []
      : say(
          gateway === undefined
            ? `${name} hangs on no gateway that does not exist`
            : `${name} hangs on the gateway ${gateway.name}, which does not exist`,
          { 'k8s.route.gateway.missing': gateway?.name ?? 'none' },
          { weight: gateway === undefined ? 'well' : 'ill' },
        )),
    ...say(
      resolved
        ? `its gateway took ${name} and found all that it names`
        : `no gateway took ${name} and found all that it names`,
      { 'k8s.route.resolved': resolved },
      { weight: resolved ? 'well' : 'ill' },
    ),
  ];
}
