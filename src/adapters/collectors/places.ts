import type { Finding, ServiceView } from '../../evidence/collector.ts';
import type { HostAnswer, Hosts } from '../../evidence/hosts.ts';

/** Where a service runs: its hosts, or those of its group in the inventory; this machine where nobody names any. */
export async function placesOf(service: ServiceView, hosts: Hosts): Promise<readonly string[]> {
  if (service.hosts.length > 0) return [...new Set(service.hosts)];
  const grouped = await hosts.group(service.group);
  return grouped.length > 0 ? grouped : ['localhost'];
}

/** The instrument of everything that a service writes itself: its logs, its list of changes, what it says of its own state. */
export function ownWord({ environment, name }: ServiceView): string {
  return `service/${environment}/${name}`;
}

/** Asks every host side by side. One that cannot answer leaves an item that says so, and nothing else is lost. */
export async function askEach(
  places: readonly string[],
  describe: (host: string) => Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'>,
  ask: (host: string) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const answers = places.map((host) =>
    ask(host).catch((error: Error): readonly Finding[] => {
      const text = error.message.includes(host) ? error.message : `${host}: ${error.message}`;
      return [{ ...describe(host), window: null, text, data: null, link: null, failed: true }];
    }),
  );
  return (await Promise.all(answers)).flat();
}

/** What a host answered; throws the reason where it did not. */
export function answered(answer: HostAnswer): Extract<HostAnswer, { kind: 'answered' }> {
  if (answer.kind === 'answered') return answer;
  throw new Error(answer.reason);
}

/** Below this, milliseconds, a difference of clocks is not worth a word. */
const SKEW = 2000;

/**
 * How far the clock of a host is ahead, milliseconds: only what cannot be the time that the answer took, as nobody knows when in between
 * it was read.
 */
export function clockAhead(there: number, asked: number, answeredAt: number): number {
  if (there > answeredAt + SKEW) return there - answeredAt;
  return there < asked - SKEW ? there - asked : 0;
}
