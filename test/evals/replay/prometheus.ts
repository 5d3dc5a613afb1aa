import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Alert } from '../../../src/alerts/alert.ts';
import { answers, onFreePort, startProcess } from '../../kit/stack/process.ts';
import { listening, type Replay } from './server.ts';

export interface RecordedMetrics {
  /** OpenMetrics text with timestamps. */
  readonly text: string;
  /** Where it stands. */
  readonly file: string;
  /** The present of the recording, epoch milliseconds. */
  readonly at: number;
  /** What its rules have raised. */
  readonly alerts: readonly Alert[];
  /** A folder of this replay's own. */
  readonly scratch: string;
}

const run = promisify(execFile);

/**
 * A real Prometheus over the recorded samples. In front of it stands what makes its present that of the recording, and what answers for
 * the rules that have raised the alerts: they were not recorded, but their expressions are part of the alerts.
 */
export async function replayPrometheus({
  file,
  text,
  at,
  alerts,
  scratch,
}: RecordedMetrics): Promise<Replay> {
  const data = join(scratch, 'metrics');
  const whole = join(scratch, 'metrics.om');
  writeFileSync(whole, `${text.replace(/\s*(?:# EOF)?\s*$/, '')}\n# EOF\n`);
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', whole, data], {
    timeout: 60_000,
  }).catch((error: Error & { stderr?: string }) => {
    throw new Error(`${file}: ${(error.stderr || error.message).trim()}`);
  });
  const behind = await onFreePort(async (port) => ({
    url: `http://127.0.0.1:${port}`,
    ...(await startProcess({
      name: 'prometheus',
      argv: [
        'prometheus',
        '--config.file=/dev/null',
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      ready: () => answers(`http://127.0.0.1:${port}/-/ready`),
      logFile: join(scratch, 'prometheus.log'),
    })),
  }));
  const front = await listening(
    createServer((request, response) => {
      forward({ url: behind.url, at, alerts }, request, response).catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    }),
  );
  return {
    url: front.url,
    async stop() {
      await front.stop();
      await behind.stop();
    },
  };
}

interface Behind {
  readonly url: string;
  readonly at: number;
  readonly alerts: readonly Alert[];
}

async function forward(behind: Behind, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', behind.url);
  if (url.pathname === '/api/v1/rules') {
    const body = JSON.stringify({ status: 'success', data: rulesOf(behind) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    return;
  }
  const form = new URLSearchParams(request.method === 'POST' ? await bodyOf(request) : url.search);
  if (url.pathname === '/api/v1/query' && !form.has('time')) form.set('time', String(behind.at / 1000));
  url.search = request.method === 'POST' ? '' : form.toString();
  const answer = await fetch(url, request.method === 'POST' ? { method: 'POST', body: form } : {});
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
  response.end(await answer.text());
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Of the alerts that tell their expression, the rules that raised them, evaluated just now. */
function rulesOf({ at, alerts }: Behind): object {
  const evaluated = new Date(at).toISOString();
  const rules = alerts.flatMap(({ name, expression, labels, startsAt, status }) =>
    expression === null
      ? []
      : [
          {
            type: 'alerting',
            name,
            query: expression,
            duration: 0,
            labels: {},
            annotations: {},
            health: 'ok',
            lastEvaluation: evaluated,
            evaluationTime: 0.001,
            state: status === 'firing' ? 'firing' : 'inactive',
            alerts:
              status === 'firing'
                ? [
                    {
                      labels,
                      annotations: {},
                      state: 'firing',
                      activeAt: new Date(startsAt).toISOString(),
                      value: '1',
                    },
                  ]
                : [],
          },
        ],
  );
  return { groups: rules.length === 0 ? [] : [{ name: 'recorded', file: 'recorded', interval: 15, rules }] };
}
