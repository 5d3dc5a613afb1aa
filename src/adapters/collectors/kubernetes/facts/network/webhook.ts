import type { Cluster } from '../cluster.ts';
import { named, nameOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';
import { endpointsOf } from './service.ts';

/** Whether somebody answers behind the admission webhooks whose services were read. */
export function webhookFacts(cluster: Cluster): readonly Statement[] {
  const {
    ValidatingWebhookConfiguration = [],
    MutatingWebhookConfiguration = [],
    Service = [],
  } = cluster.objects;
  return [...ValidatingWebhookConfiguration, ...MutatingWebhookConfiguration].flatMap(({ webhooks = [] }) =>
    webhooks.flatMap(({ name = '?', clientConfig, failurePolicy = 'Fail' }) => {
      const { namespace, name: behind } = clientConfig?.service ?? {};
      const service = Service.find(
        (one) => one.metadata?.namespace === namespace && one.metadata?.name === behind,
      );
      const counted = service && endpointsOf(service, cluster.objects);
      if (service === undefined || !counted) return [];
      const say = sayOf(named('webhook', undefined, name), [named('service', namespace, behind)]);
      return [
        ...say(
          `the webhook ${name} has ${counted.ready} ready endpoints behind it, by ${nameOf(service.metadata)}`,
          { 'k8s.webhook.backend.ready': counted.ready },
          { weight: counted.ready === 0 ? 'ill' : 'well' },
        ),
        ...say(`where the webhook ${name} does not answer: ${failurePolicy}`, {
          'k8s.webhook.failure_policy': failurePolicy,
        }),
      ];
    }),
  );
}
