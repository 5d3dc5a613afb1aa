import type { Of } from '../../objects.ts';
import type { Cluster, Workload } from '../cluster.ts';
import { idOf, named, nameOf, selects, timeOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';
import { usersOf } from '../workloads/needs.ts';
import { lastWrite, writtenBy } from '../written.ts';

/** What a network policy selects, since when, and whom of those who name the service of its pods it does not let in. */
export function policyFacts(policy: Of<'NetworkPolicy'>, cluster: Cluster): readonly Statement[] {
  const { metadata, spec } = policy;
  const name = nameOf(metadata);
  const pods = cluster.pods.filter(
    (pod) =>
      pod.metadata?.namespace === metadata?.namespace && selects(spec?.podSelector, pod.metadata?.labels),
  );
  const owners = [...new Set(pods.map(cluster.ownerOf))];
  const say = sayOf(idOf('networkpolicy', metadata), [
    ...owners,
    ...new Set(
      pods
        .flatMap((pod) => cluster.servicesFor(metadata?.namespace, pod.metadata?.labels))
        .map((one) => idOf('service', one.metadata)),
    ),
    named('namespace', undefined, metadata?.namespace),
  ]);
  const at = lastWrite(metadata)?.at ?? timeOf(metadata?.creationTimestamp);
  const denies = deniesOf(policy);
  const refused = refusedBy(policy, owners, cluster);
  return [
    ...say(
      denies === 'nothing'
        ? `${name} refuses nobody altogether`
        : `${name} refuses all ${denies === 'both' ? 'traffic' : denies} of the pods that it selects`,
      { 'k8s.policy.denies': denies },
      { at },
    ),
    ...say(`${name} selects ${pods.length} pods`, { 'k8s.policy.pods': pods.length }, { at }),
    ...say(
      `${name} does not let in ${refused.length} workloads that name a service of its pods${
        refused.length === 0
          ? ''
          : `: ${refused
              .slice(0, 5)
              .map((one) => nameOf(one.metadata))
              .join(', ')}`
      }`,
      { 'k8s.policy.callers.refused': refused.length },
      { at, weight: refused.length > 0 ? 'ill' : 'plain' },
    ),
    ...(at === null
      ? []
      : say(
          `${name} was made or changed ${Math.round(Math.max(0, cluster.now - at) / 1000)} s ago`,
          { 'k8s.policy.age': Math.max(0, cluster.now - at) / 1000 },
          { at },
        )),
    ...writtenBy(metadata, name, say, cluster.now),
  ];
}

function deniesOf({ spec }: Of<'NetworkPolicy'>): 'ingress' | 'egress' | 'both' | 'nothing' {
  const types = spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])];
  const ingress = types.includes('Ingress') && (spec?.ingress ?? []).length === 0;
  const egress = types.includes('Egress') && (spec?.egress ?? []).length === 0;
  if (ingress && egress) return 'both';
  if (ingress) return 'ingress';
  return egress ? 'egress' : 'nothing';
}

function refusedBy(
  policy: Of<'NetworkPolicy'>,
  owners: readonly string[],
  cluster: Cluster,
): readonly Workload[] {
  const { spec, metadata } = policy;
  const types = spec?.policyTypes ?? ['Ingress'];
  if (!types.includes('Ingress')) return [];
  const served = cluster.workloads
    .filter(({ id }) => owners.includes(id))
    .flatMap(({ template }) => cluster.servicesFor(metadata?.namespace, template.metadata?.labels));
  const callers = new Set([...new Set(served)].flatMap((service) => usersOf(service, cluster)));
  return [...callers].filter((caller) => !owners.includes(caller.id) && !letsIn(policy, caller));
}

/** Peers in other namespaces are let in where a rule names namespaces at all: their labels were not read. */
function letsIn({ spec, metadata }: Of<'NetworkPolicy'>, caller: Workload): boolean {
  const home = caller.metadata.namespace === metadata?.namespace;
  return (spec?.ingress ?? []).some(
    (rule) =>
      peersOf(rule).length === 0 ||
      peersOf(rule).some(
        ({ podSelector, namespaceSelector, ipBlock }) =>
          ipBlock !== undefined ||
          ((namespaceSelector !== undefined || home) &&
            selects(podSelector, caller.template.metadata?.labels)),
      ),
  );
}

type Rule = NonNullable<NonNullable<Of<'NetworkPolicy'>['spec']>['ingress']>[number];

/** The client calls `from` by another name than the API does. */
function peersOf(rule: Rule & { readonly from?: Rule['_from'] }): NonNullable<Rule['_from']> {
  return rule._from ?? rule.from ?? [];
}
