import type { Alert } from './alert.ts';

/** The ends that controllers give to the names of their pods: letters and digits of which no words can be made. */
const ENDS: Readonly<Record<string, RegExp>> = {
  deployment: /^-[bcdfghjklmnpqrstvwxz2456789]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
  statefulset: /^-\d{1,5}$/,
  daemonset: /^-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
};

/** Whether labels tell of a workload of Kubernetes, or of one of its pods by its name. */
export function tellsOf(
  labels: Alert['labels'],
  place: { readonly namespace: string; readonly workload: string },
): boolean {
  const own = (label: string) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '');
  if (own('namespace') !== place.namespace) return false;
  const [kind = '', name = ''] = place.workload.split('/');
  if (own(kind) !== '') return own(kind) === name;
  // Whatever else it names is not this one, though a pod of this one may have told of it.
  if (Object.keys(ENDS).some((other) => own(other) !== '')) return false;
  const pod = own('pod');
  return pod.startsWith(name) && ENDS[kind]?.test(pod.slice(name.length)) === true;
}
