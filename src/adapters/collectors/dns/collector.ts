import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { type DnsSource, names } from '../../../evidence/collectors/network.ts';
import { nameId, resolverId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told, tell } from '../../../evidence/facts/tell.ts';
import { codeOf } from '../address.ts';
import { askEach } from '../places.ts';
import { formatPart } from '../quantity.ts';

/** What a resolver says when it has no answer; whatever else comes is none, as that nobody answered in time. */
const SAID: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NXDOMAIN',
  ENODATA: 'NODATA',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
};
/** What the resolver could not find out: it says nothing of the name. */
const FAILED: readonly string[] = ['SERVFAIL', 'REFUSED'];

interface Answer {
  readonly source: DnsSource;
  readonly said: string;
  /** The records, or why there are none. */
  readonly words: string;
}

/** Asks the resolvers for the names that the service needs. That a name does not exist is an answer; that nobody answers is none. */
export function createDnsCollector(): Collector<Plain> {
  return {
    declared: names,
    collect(_asked, { service, now }, signal) {
      if (service === null) return Promise.resolve([]);
      const own = getServers()[0] ?? '127.0.0.1';
      const byServer = Map.groupBy(service.dns ?? [], ({ server }) => server ?? own);
      const describe = (server: string) =>
        ({
          kind: 'probe',
          title: `Names asked of ${server}`,
          source: 'dns',
          query: (byServer.get(server) ?? []).map(({ name, type }) => `${name} ${type}`).join(', '),
          observedAt: now,
          witness: `resolver/${server}`,
        }) as const satisfies Partial<Finding>;
      return askEach([...byServer.keys()], describe, async (server) => {
        const answers = await Promise.allSettled(
          (byServer.get(server) ?? []).map((source) => askOne(source, server, signal)),
        );
        const told = tell(linesOf(answers, server, service), now);
        return [{ ...describe(server), ...told, window: null, data: null, link: null }];
      });
    },
  };
}

async function askOne(source: DnsSource, server: string, signal: AbortSignal): Promise<Answer> {
  const resolver = new Resolver({ timeout: source.timeout, tries: 1 });
  resolver.setServers([server]);
  const stop = () => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const records: unknown = await resolver.resolve(source.name, source.type);
    const shown = (Array.isArray(records) ? records : [])
      .slice(0, 4)
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    return { source, said: 'answered', words: `answered ${shown.join(', ').slice(0, 200)}` };
  } catch (error) {
    const said = SAID[codeOf(error)];
    if (said === undefined)
      throw new Error(`${source.name}: no answer in time (${codeOf(error) || 'no reason given'})`);
    return { source, said, words: said };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Throws where nothing was answered at all. */
function linesOf(
  answers: readonly PromiseSettledResult<Answer>[],
  server: string,
  service: ServiceView,
): readonly Told[] {
  const said = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const silent = answers.flatMap((one) => (one.status === 'rejected' ? [String(one.reason.message)] : []));
  if (said.length === 0) throw new Error(silent.join('; '));
  const within = [resolverId(server), serviceId(service.name)];
  const failed = said.filter((answer) => FAILED.includes(answer.said)).length;
  return [
    ...said.map(({ source, said: value, words }) => ({
      line: `${source.name} ${source.type}: ${words}`,
      facts: statesOf(nameId(source.name), within, { 'dns.answer': value }),
    })),
    {
      line: `${failed} of ${said.length} names it could not find out (${formatPart(failed / said.length)})`,
      facts: statesOf(resolverId(server), [serviceId(service.name)], { 'dns.failed': failed / said.length }),
    },
    ...silent.map((line) => ({ line, facts: [] })),
  ];
}
