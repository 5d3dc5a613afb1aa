import type { Alert } from './alert.ts';
import { clipped, gather, linkOf, type Read, type Reading, refusedBody } from './gather.ts';
import { isObject, kindOf, own, readAlert, statusOf } from './read-alert.ts';

const LONGEST_ADDRESS = 300;

/**
 * Reads the body of Alertmanager's webhook, and of those that are like it, such as Grafana's. What a body says that is not used, its
 * version among it, is not asked about. Never throws, whatever the body is.
 */
export function readWebhook(body: unknown, reading: Reading = {}, source = 'alertmanager'): Read {
  if (!isObject(body)) return refusedBody(`(body): is ${kindOf(body)}: ${WANTED}`);
  const sent = own(body, 'alerts');
  const truncated = countIn(own(body, 'truncatedAlerts'));
  if (!Array.isArray(sent) || sent.length === 0)
    return refusedBody(`alerts: is ${kindOf(sent)}: ${WANTED}`, truncated);
  const otherwise = {
    status: statusOf(own(body, 'status'), 'firing') ?? 'firing',
    received: reading.received ?? null,
  } as const;
  const key = own(body, 'groupKey');
  return gather(
    sent,
    {
      source,
      group: typeof key === 'string' ? clipped(key) : '',
      truncated,
      // Grafana's silences are its own.
      manager: typeof own(body, 'orgId') === 'number' ? {} : managerOf(own(body, 'externalURL')),
      read: (one) => readAlert(one, otherwise),
      placeOf: (index) => `alerts.${index}.`,
    },
    reading,
  );
}

const WANTED = 'Medic reads what Alertmanager’s `webhook_configs` send, an object with a list named "alerts"';

/** A number of alerts as it was sent, or none. */
function countIn(value: unknown): number {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count > 0 && count <= Number.MAX_SAFE_INTEGER ? Math.floor(count) : 0;
}

/** Where the sender can be reached by people; an address that is none, or too long to be one, is left out. */
function managerOf(externalURL: unknown): Pick<Alert, 'manager'> {
  if (typeof externalURL !== 'string' || externalURL.length > LONGEST_ADDRESS) return {};
  const manager = linkOf(externalURL);
  return manager === null ? {} : { manager };
}
