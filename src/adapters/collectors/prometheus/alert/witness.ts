import type { ServiceView } from '../../../../evidence/collector.ts';
import { type Identity, instrumentsOf } from '../../../../evidence/instrument.ts';
import { labelName, type Prometheus } from '../client.ts';
import { allSelectorsOf, reads } from '../expression/promql.ts';

/** So many selectors of an expression are asked whose series they are. */
const ASKED = 8;

/** Whom a finding is witnessed by. */
export interface Witnesses {
  readonly witness: string;
  readonly also?: readonly string[];
}

/** A service as its metrics know it. */
export function identityOf(service: ServiceView | null): Identity | null {
  return service === null
    ? null
    : { environment: service.environment, name: service.name, labels: service.labels };
}

/** The first as the witness, and the others beside it; null where there is none. */
export function witnessesOf([first, ...others]: readonly string[]): Witnesses | null {
  if (first === undefined) return null;
  return others.length === 0 ? { witness: first } : { witness: first, also: others };
}

/**
 * The instruments of the stored series that an expression reads. Its answer would not do: an expression may aggregate away whose it is,
 * and whoever writes one may label its answer as they like. None where no series of it is there.
 */
export async function instrumentsBehind(
  expression: string,
  identity: Identity | null,
  prometheus: Prometheus,
  signal: AbortSignal,
  time?: number,
): Promise<readonly string[]> {
  const labels = ['__name__', 'job', 'instance', ...Object.keys(identity?.labels ?? {})];
  const by = [...new Set(labels)].map(labelName).join(', ');
  const asked = allSelectorsOf(expression)
    .slice(0, ASKED)
    .map((selector) => prometheus.query(`count by (${by}) (${selector})`, signal, time).catch(() => []));
  const series = (await Promise.all(asked)).flat();
  const answered = new Set(series.map((one) => one.labels.__name__));
  const names = reads(expression).filter((name) => answered.has(name) || !isName(name));
  return series.length === 0 ? [] : instrumentsOf(names, series, identity);
}

/** A name that PromQL writes bare, and not a pattern of names. */
function isName(name: string): boolean {
  return /^[a-zA-Z_:][\w:]*$/.test(name);
}
