import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPrometheus, type Prometheus } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { scratchDir } from '../../../kit/stack/guardian.ts';
import { startPrometheus } from '../../../kit/stack/monitoring.ts';
import { until } from '../../../kit/stack/process.ts';

const run = promisify(execFile);

export interface Rig {
  readonly prometheus: Prometheus;
  readonly url: string;
  /** `host:port` of the exporter that the tests write. */
  readonly instance: string;
  /** What the exporter serves from now on; null refuses with a 500. */
  expose(metrics: string | null): void;
  /** Waits until the expression answers something that the condition accepts. */
  sees(expression: string, condition?: (values: readonly number[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real Prometheus that scrapes one exporter, whose text the test decides, every second.
 *
 * @param history what it has known before, in OpenMetrics text with a time on each line
 */
export async function startRig(rules: string, history?: string): Promise<Rig> {
  const scratch = await scratchDir('prometheus-rig');
  let text: string | null = '';
  const exporter = createServer((_, response) => {
    response
      .writeHead(text === null ? 500 : 200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(text ?? '');
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const instance = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  const rulesFile = join(scratch.path, 'rules.yml');
  await writeFile(rulesFile, rules);
  const dir = join(scratch.path, 'prometheus');
  if (history !== undefined) {
    await writeFile(join(scratch.path, 'history.txt'), history);
    const source = join(scratch.path, 'history.txt');
    await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', source, join(dir, 'data')]);
  }
  const part = await startPrometheus({
    dir,
    scrape: [{ job: 'fleet', targets: [instance], labels: { service: 'catalog' } }],
    rules: [rulesFile],
  });
  const prometheus = createPrometheus({ url: part.url, timeout: 5000 });
  return {
    prometheus,
    url: part.url,
    instance,
    expose: (metrics) => {
      text = metrics;
    },
    async sees(expression, condition = (values) => values.length > 0) {
      const seen = async () => condition((await prometheus.query(expression)).map(({ value }) => value));
      await until(seen, { what: `Prometheus to see ${expression}`, ms: 20_000 });
    },
    async stop() {
      await part.stop();
      exporter.closeAllConnections();
      await new Promise((resolve) => exporter.close(resolve));
      await scratch.remove();
    },
  };
}
