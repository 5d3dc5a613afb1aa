import type { Alert } from './alert.ts';

/** Room for the labels of one alert, characters: hundreds of usual ones. An incident keeps them, and is written at every change. */
const ROOM = 16_000;
/** A longer value would have to be cut, and would be another one then. */
const LONGEST = 4_000;

/** Labels by which things are told apart. They are kept first, in this order. */
const IDENTIFYING: readonly string[] = [
  'alertname',
  'severity',
  'cluster',
  'environment',
  'env',
  'namespace',
  'service',
  'exported_service',
  'service_name',
  'service.name',
  'app',
  'job',
  'instance',
  'host',
  'node',
  'pod',
  'container',
  'deployment',
  'statefulset',
  'daemonset',
  'device',
  'mountpoint',
];

/**
 * An alert's labels as they were sent, each whole or not at all: a label identifies, so that half of one is a wrong one. Where there
 * are more than there is room for, those that tell what it is about come first, and `omitted` says how many were left out.
 */
export function labelsOf(sent: Alert['labels']): Pick<Alert, 'labels' | 'omitted'> {
  const all = Object.entries(sent).map(
    ([name, value]) => [name.toWellFormed(), value.toWellFormed()] as const,
  );
  const rank = ([name]: readonly [string, string]) => {
    const place = IDENTIFYING.indexOf(name);
    return place === -1 ? IDENTIFYING.length : place;
  };
  const size = all.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const inOrder = size > ROOM ? all.toSorted((one, other) => rank(one) - rank(other)) : all;
  let room = ROOM;
  const kept = inOrder.filter(([name, value]) => {
    const taken = name.length + value.length;
    if (value.length > LONGEST || taken > room) return false;
    room -= taken;
    return true;
  });
  const labels = Object.fromEntries(kept);
  const omitted = all.length - kept.length;
  return omitted === 0 ? { labels } : { labels, omitted };
}
