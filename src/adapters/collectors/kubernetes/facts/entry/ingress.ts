import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { idOf, named, nameOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';

type Ingress = Of<'Ingress'>;

/** Whether what an ingress names is there: services and their ports, its class, its certificates. */
export function ingressFacts(ingress: Ingress, cluster: Cluster): readonly Statement[] {
  const { metadata, status } = ingress;
  const name = nameOf(metadata);
  const backends = backendsOf(ingress);
  const say = sayOf(idOf('ingress', metadata), [
    named('namespace', undefined, metadata?.namespace),
    ...new Set(backends.map(({ service }) => named('service', metadata?.namespace, service))),
  ]);
  const addresses = (status?.loadBalancer?.ingress ?? []).length;
  return [
    ...say(
      `${name} has ${addresses} addresses`,
      { 'k8s.ingress.addresses': addresses },
      { weight: addresses === 0 ? 'plain' : 'well' },
    ),
    ...(cluster.objects.Service === undefined ? [] : behind(ingress, name, say, cluster)),
    ...classOf(ingress, name, say, cluster),
    ...certificates(ingress, name, say, cluster),
  ];
}

interface Backend {
  readonly service: string;
  readonly port: string | number | undefined;
}

function backendsOf({ spec }: Ingress): readonly Backend[] {
  const all = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  return all.flatMap((backend) => {
    const { name, port } = backend?.service ?? {};
    return name === undefined ? [] : [{ service: name, port: port?.name ?? port?.number }];
  });
}

function behind(
  ingress: Ingress,
  name: string,
  say: Say,
  { objects: { Service = [] } }: Cluster,
): readonly Statement[] {
  const found = backendsOf(ingress).map((backend) => ({
    backend,
    service: Service.find(
      ({ metadata }) =>
        metadata?.namespace === ingress.metadata?.namespace && metadata?.name === backend.service,
    ),
  }));
  const missing = found.find(({ service }) => service === undefined)?.backend.service;
  const closed = found.find(
    ({ backend: { port }, service }) =>
      port !== undefined &&
      service !== undefined &&
      !(service.spec?.ports ?? []).some((one) => one.port === port || one.name === port),
  )?.backend;
  return [
    ...say(
      missing === undefined
        ? `${name} sends to services that exist`
        : `${name} sends to the service ${missing}, which does not exist`,
      { 'k8s.ingress.backend.missing': missing ?? 'none' },
      { weight: missing === undefined ? 'well' : 'ill' },
    ),
    ...say(
      closed === undefined
        ? `${name} sends to no port that its service has not`
        : `${name} sends to port ${closed.port} of ${closed.service}, which has no such port`,
      { 'k8s.ingress.backend.port.missing': closed ? `${closed.service}:${closed.port}` : 'none' },
      { weight: closed === undefined ? 'well' : 'ill' },
    ),
  ];
}

const OLDER = 'kubernetes.io/ingress.class';
const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

function classOf(
  { metadata, spec }: Ingress,
  name: string,
  say: Say,
  { objects: { IngressClass } }: Cluster,
): readonly Statement[] {
  const older = metadata?.annotations?.[OLDER];
  // Of the older annotation, controllers know the names themselves.
  if (IngressClass === undefined || older !== undefined) return [];
  const wanted = spec?.ingressClassName;
  const exists = IngressClass.some((one) =>
    wanted === undefined ? one.metadata?.annotations?.[DEFAULT] === 'true' : one.metadata?.name === wanted,
  );
  return [
    ...say(
      wanted === undefined ? `${name} asks for no class` : `${name} asks for the class ${wanted}`,
      { 'k8s.ingress.class': wanted ?? 'none' },
      { weight: 'well' },
    ),
    ...say(
      exists ? `the class of ${name} exists` : `the class of ${name} does not exist`,
      { 'k8s.ingress.class.exists': exists },
      { weight: exists ? 'well' : 'ill' },
    ),
  ];
}

function certificates(
  { metadata, spec }: Ingress,
  name: string,
  say: Say,
  { objects: { Secret } }: Cluster,
): readonly Statement[] {
  if (Secret === undefined) return [];
  const wanted = (spec?.tls ?? []).flatMap(({ secretName }) => secretName ?? []);
  const missing = wanted.find(
    (secret) =>
      !Secret.some((one) => one.metadata?.namespace === metadata?.namespace && one.metadata?.name === secret),
  );
  return say(
    missing === undefined
      ? `${name} names no secret that does not exist`
      : `${name} names the secret ${missing}, which does not exist`,
    { 'k8s.ingress.secret.missing': missing ?? 'none' },
    { weight: missing === undefined ? 'well' : 'ill' },
  );
}
