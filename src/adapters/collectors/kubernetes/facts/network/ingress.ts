import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { idOf, named, nameOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';

interface Backend {
  readonly service: string;
  readonly port: string | number | null;
}

/** What an ingress points at, and what of that does not exist. */
export function ingressFacts(ingress: Of<'Ingress'>, cluster: Cluster): readonly Statement[] {
  const { metadata } = ingress;
  const name = nameOf(metadata);
  const backends = backendsOf(ingress);
  const say = sayOf(idOf('ingress', metadata), [
    named('namespace', undefined, metadata?.namespace),
    ...new Set(backends.map(({ service }) => named('service', metadata?.namespace, service))),
  ]);
  const addresses = (ingress.status?.loadBalancer?.ingress ?? []).length;
  return [
    ...targets(ingress, name, backends, say, cluster),
    ...classOf(ingress, name, say, cluster),
    ...secretOf(ingress, name, say, cluster),
    ...say(
      `${name} has ${addresses} addresses of a controller`,
      { 'k8s.ingress.addresses': addresses },
      { weight: addresses === 0 ? 'plain' : 'well' },
    ),
  ];
}

function backendsOf({ spec }: Of<'Ingress'>): readonly Backend[] {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return [spec?.defaultBackend, ...paths.map(({ backend }) => backend)].flatMap((one) =>
    one?.service?.name === undefined
      ? []
      : [{ service: one.service.name, port: one.service.port?.number ?? one.service.port?.name ?? null }],
  );
}

function targets(
  { metadata }: Of<'Ingress'>,
  name: string,
  backends: readonly Backend[],
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  if (objects.Service === undefined) return [];
  const of = ({ service }: Backend) =>
    objects.Service?.find(
      (one) => one.metadata?.namespace === metadata?.namespace && one.metadata?.name === service,
    );
  const missing = backends.find((one) => of(one) === undefined);
  const portless = backends.find((one) => {
    const ports = of(one)?.spec?.ports;
    return (
      ports !== undefined &&
      one.port !== null &&
      !ports.some(({ port, name: called }) => port === one.port || called === one.port)
    );
  });
  return [
    ...say(
      missing === undefined
        ? `${name} sends requests to no service that does not exist`
        : `${name} sends requests to ${missing.service}, and there is no such service`,
      { 'k8s.ingress.backend.missing': missing?.service ?? 'none' },
      { weight: missing === undefined ? 'well' : 'ill' },
    ),
    ...say(
      portless === undefined
        ? `${name} sends requests to no port that its service has not`
        : `${name} sends requests to port ${portless.port} of ${portless.service}, which has no such port`,
      {
        'k8s.ingress.backend.port.missing':
          portless === undefined ? 'none' : `${portless.service}:${portless.port}`,
      },
      { weight: portless === undefined ? 'well' : 'ill' },
    ),
  ];
}

function classOf(
  { spec, metadata }: Of<'Ingress'>,
  name: string,
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  const wanted = spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class'];
  const classes = objects.IngressClass;
  const exists =
    wanted === undefined
      ? classes?.some(
          (one) => one.metadata?.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
        )
      : classes?.some((one) => one.metadata?.name === wanted);
  return [
    ...say(
      wanted === undefined
        ? `${name} asks for no ingress class`
        : `${name} asks for the ingress class ${wanted}`,
      { 'k8s.ingress.class': wanted ?? 'none' },
      { weight: 'well' },
    ),
    ...say(
      exists ? `there is the ingress class of ${name}` : `there is no ingress class for ${name}`,
      { 'k8s.ingress.class.exists': exists },
      { weight: exists ? 'well' : 'ill' },
    ),
  ];
}

function secretOf(
  { spec, metadata }: Of<'Ingress'>,
  name: string,
  say: Say,
  { objects }: Cluster,
): readonly Statement[] {
  if (objects.Secret === undefined) return [];
  const missing = (spec?.tls ?? [])
    .flatMap(({ secretName }) => secretName ?? [])
    .find(
      (wanted) =>
        !objects.Secret?.some(
          (one) => one.metadata?.namespace === metadata?.namespace && one.metadata?.name === wanted,
        ),
    );
  return say(
    missing === undefined
      ? `${name} names no secret with a certificate that does not exist`
      : `${name} names the secret ${missing} for its certificate, which does not exist`,
    { 'k8s.ingress.secret.missing': missing ?? 'none' },
    { weight: missing === undefined ? 'well' : 'ill' },
  );
}
