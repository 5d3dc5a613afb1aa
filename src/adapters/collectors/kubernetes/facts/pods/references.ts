import type { Pod, PodSpec } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { claimsOf } from '../cluster.ts';
import { nameOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';

type Referred = 'secret' | 'config_map' | 'claim' | 'pull_secret';

const WORDS: Readonly<Record<Referred, string>> = {
  secret: 'secret',
  config_map: 'config map',
  claim: 'volume claim',
  pull_secret: 'pull secret',
};

/** What a pod names in its specification and its namespace does not have. Kinds that were not read are not spoken of. */
export function referencesOf(pod: Pod, say: Say, { objects }: Cluster): readonly Statement[] {
  const name = nameOf(pod.metadata);
  const { namespace } = pod.metadata ?? {};
  const there = (kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim') =>
    objects[kind] &&
    new Set(
      objects[kind].flatMap(({ metadata }) => (metadata?.namespace === namespace ? nameOf(metadata) : [])),
    );
  const named = namesIn(pod.spec);
  const checked = [
    ['secret', named.secrets, there('Secret')],
    ['config_map', named.configMaps, there('ConfigMap')],
    ['claim', claimsOf(pod.spec, pod.metadata), there('PersistentVolumeClaim')],
    ['pull_secret', named.pullSecrets, there('Secret')],
  ] as const;
  return [
    ...checked.flatMap(([what, names, known]) => {
      if (known === undefined) return [];
      const missing = names.find((each) => !known.has(each));
      return say(
        missing === undefined
          ? `${name} needs no ${WORDS[what]} that does not exist`
          : `${name} needs the ${WORDS[what]} ${missing}, which does not exist`,
        { [`k8s.pod.reference.${what}.missing` as const]: missing ?? 'none' },
        { weight: missing === undefined ? 'plain' : 'ill' },
      );
    }),
    ...say(
      named.pullSecrets.length === 0
        ? `${name} names no pull secret`
        : `${name} names ${named.pullSecrets.length} pull secrets: ${named.pullSecrets.slice(0, 5).join(', ')}`,
      { 'k8s.pod.pull_secrets': named.pullSecrets.length },
    ),
  ];
}

function namesIn(spec: PodSpec | undefined) {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const from = containers.flatMap(({ envFrom = [] }) => envFrom);
  const values = containers.flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom ?? []));
  const volumes = (spec?.volumes ?? []).flatMap(({ secret, configMap, projected }) => [
    { secret, configMap },
    ...(projected?.sources ?? []),
  ]);
  const needed = (
    one: { readonly name?: string | undefined; readonly optional?: boolean | undefined } | undefined,
  ) => (one?.name === undefined || one.optional === true ? [] : [one.name]);
  return {
    secrets: [
      ...from.flatMap(({ secretRef }) => needed(secretRef)),
      ...values.flatMap(({ secretKeyRef }) => needed(secretKeyRef)),
      ...volumes.flatMap(({ secret }) => needed(nameless(secret))),
    ],
    configMaps: [
      ...from.flatMap(({ configMapRef }) => needed(configMapRef)),
      ...values.flatMap(({ configMapKeyRef }) => needed(configMapKeyRef)),
      // Every namespace has it, and it may not have been listed yet.
      ...volumes.flatMap(({ configMap }) => needed(configMap)).filter((each) => each !== 'kube-root-ca.crt'),
    ],
    pullSecrets: (spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
  };
}

/** A volume calls its secret `secretName`, and a projected one `name`. */
function nameless(
  secret:
    | {
        readonly secretName?: string | undefined;
        readonly name?: string | undefined;
        readonly optional?: boolean | undefined;
      }
    | undefined,
) {
  return secret && { name: secret.secretName ?? secret.name, optional: secret.optional };
}
