import type { Collector, Finding, HttpProbe, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { probes } from '../../../evidence/collectors/probes.ts';
import { runsOn, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, tell } from '../../../evidence/facts/tell.ts';
import { askProbe } from '../http-probe.ts';
import { keepWhatAnswered } from '../partial.ts';
import { ownWord } from '../places.ts';

/** Asks the service's health endpoints, each once. A probe that could not be sent says nothing about the service. */
export function createProbeCollector(fetch: typeof globalThis.fetch = globalThis.fetch): Collector<Plain> {
  return {
    declared: probes,
    collect: (_asked, { service, now }, signal) =>
      keepWhatAnswered((service?.probes ?? []).map((probe) => look(probe, service, now, fetch, signal))),
  };
}

async function look(
  probe: HttpProbe,
  service: ServiceView | null,
  now: number,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Finding> {
  const answer = await askProbe(probe, fetch, signal);
  if (answer.kind === 'unasked') throw new Error(answer.words);
  const body = answer.body.trim();
  const line = `${answer.kind}: ${answer.words}`;
  const states =
    service === null
      ? []
      : statesOf(serviceId(service.name), runsOn(service), {
          'http.probe.outcome': answer.outcome,
          'http.probe.status': answer.status,
          'http.probe.duration': answer.status === null ? null : answer.milliseconds / 1000,
        });
  return {
    kind: 'probe',
    title: `Probe ${probe.name}`,
    source: 'http',
    query: `GET ${probe.url}`,
    window: null,
    observedAt: now,
    text: `${line}${body === '' ? '' : `\n${body}`}`,
    facts: tell([{ line, facts: states }], now).facts,
    data: {
      type: 'facts',
      facts: {
        healthy: answer.kind === 'healthy',
        status: answer.status ?? 0,
        milliseconds: answer.milliseconds,
      },
    },
    link: probe.url,
    // That nobody answers is what Medic saw. What an answer says is the service's own word, as its log is.
    witness: answer.status === null || service === null ? `probe/${probe.url}` : ownWord(service),
  };
}
