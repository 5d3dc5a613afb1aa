import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Family, GAUGES } from './families.ts';
import type { Cluster, Patient, Said } from './patient.ts';

export interface Exporter {
  /** As a scrape target has it. */
  readonly host: string;
  healthOf(patient: Patient): string;
  stop(): Promise<void>;
}

/** Says of all patients what their cases want said: `/here`, `/there`, `/one/<service>` for those alone, and `/health/<service>`. */
export async function startExporter(patients: ReadonlyMap<string, Patient>): Promise<Exporter> {
  const server = createServer((request, response) => {
    const [, what = '', name = ''] = (request.url ?? '').split('/');
    const patient = patients.get(name);
    if (what === 'health') return answer(response, patient?.probe === 'well' ? 200 : 500, 'so it is\n');
    if (what === 'one' && patient !== undefined)
      return patient.hung ? undefined : answer(response, 200, linesOf(patient, 'here'));
    const cluster = what === 'there' ? 'there' : 'here';
    const told = [...patients.values()].filter(({ alone }) => !(alone && cluster === 'here'));
    answer(response, 200, told.map((each) => linesOf(each, cluster)).join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    healthOf: ({ name }) => `http://${host}/health/${name}`,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
}

function linesOf(patient: Patient, cluster: Cluster): string {
  return [...patient.series]
    .filter(([key]) => key.startsWith(cluster))
    .map(([key, said]) => lines(patient, key.split('/')[1] as Family, present(patient, said)))
    .join('');
}

/** A remedy that cures, or only seems to, changes what the exporter says as well. */
function present(patient: Patient, said: Said): Said {
  return said.telling === 'ill' && patient.isCured() ? { ...said, telling: 'well' } : said;
}

function lines({ name, dated }: Patient, family: Family, { telling, since }: Said): string {
  if (telling === 'gone') return '';
  const labels = `job="shop",instance="${name}:8080",service="${name}"`;
  if (family === 'errors') return counters(labels, telling === 'ill');
  const { metric, well, ill } = GAUGES[family];
  const time = telling === 'frozen' ? ` ${since}` : dated ? ` ${Date.now()}` : '';
  return `${metric}{${labels}} ${telling === 'ill' ? ill : well}${time}\n`;
}

/** A hundred requests a second since the machine's year began, of which, while it is ill, every second one fails more and more. */
function counters(labels: string, ill: boolean): string {
  const total = Math.round((Date.now() % 1e9) / 10);
  const failed = failures.get(labels) ?? 0;
  failures.set(labels, failed + (ill ? 50 : 0));
  return [
    `http_requests_total{${labels},code="200"} ${total}\n`,
    `http_requests_total{${labels},code="500"} ${failures.get(labels)}\n`,
  ].join('');
}

const failures = new Map<string, number>();
