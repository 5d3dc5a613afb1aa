import { z } from 'zod';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { docker as declared } from '../../../evidence/collectors/docker.ts';
import { serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, tell } from '../../../evidence/facts/tell.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { type Docker, linesOf } from './client.ts';

/** More containers of one service are not told one by one. */
const MOST = 20;
const TAIL = 40;
const LINE = 300;
/** A container that has run for longer is no longer restarting, however often it did; milliseconds. */
const LATELY = 300_000;

const Listed = z.array(z.object({ Id: z.string().regex(/^[0-9a-f]{12,64}$/) }));

const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number(),
    Error: z.string().default(''),
    StartedAt: z.string().default(''),
    FinishedAt: z.string().default(''),
    Health: z
      .object({
        Status: z.string(),
        FailingStreak: z.number().default(0),
        Log: z.array(z.object({ Output: z.string().default('') })).nullish(),
      })
      .nullish(),
  }),
  Config: z.object({ Image: z.string(), Tty: z.boolean().default(false) }),
  HostConfig: z.object({
    Memory: z.number().default(0),
    RestartPolicy: z.object({ Name: z.string().default('') }).nullish(),
  }),
});
type Inspected = z.infer<typeof Inspected>;

const Stats = z.object({
  memory_stats: z.object({
    usage: z.number().optional(),
    limit: z.number().optional(),
    stats: z.record(z.string(), z.number()).optional(),
  }),
});

/** What the engine says of the containers of a service, what the kernel counts for them, and the end of what they wrote. It only reads. */
export function createDockerCollector(docker: Docker | null): Collector<Plain> {
  return {
    declared,
    async collect(_, { service, now }, signal) {
      if (service?.docker == null || docker === null) return [];
      const listed = Listed.parse(
        await docker.json(`/containers/json?all=true&filters=${filtersOf(service)}`, signal),
      );
      if (listed.length === 0)
        return [
          {
            ...headOf(service, 'containers', now),
            text: `Docker has no container of ${service.name}`,
            facts: [],
            data: null,
          },
        ];
      const found = await Promise.all(
        listed.slice(0, MOST).map(({ Id }) => readOne(docker, service, Id, now, signal)),
      );
      return found.flat();
    },
  };
}

function filtersOf({ docker, name }: ServiceView): string {
  const { service, container } = docker ?? {};
  const filters =
    container === undefined
      ? { label: [`com.docker.compose.service=${service ?? name}`] }
      : { name: [`^/${container.replace(/[.]/g, '[.]')}$`] };
  return encodeURIComponent(JSON.stringify(filters));
}

function headOf(service: ServiceView, what: string, now: number) {
  return {
    kind: 'state',
    title: `Docker: ${what} of ${service.name}`,
    source: 'docker',
    query: `${what} of ${service.name}`,
    window: null,
    observedAt: now,
    link: null,
    witness: `docker/${encodeURIComponent(service.name)}`,
  } as const;
}

async function readOne(
  docker: Docker,
  service: ServiceView,
  id: string,
  now: number,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const one = Inspected.parse(await docker.json(`/containers/${id}/json`, signal));
  const name = one.Name.replace(/^\//, '').slice(0, 128);
  const isRunning = one.State.Status === 'running';
  const failed =
    (what: string) =>
    (error: unknown): Finding => ({
      ...headOf(service, what, now),
      text: `the ${what} of ${name} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      data: null,
      failed: true,
    });
  const [memory, log] = await Promise.all([
    isRunning
      ? docker
          .json(`/containers/${id}/stats?stream=false&one-shot=true`, signal)
          .then((read) => memoryOf(service, one, name, read, now), failed('memory'))
      : null,
    docker
      .bytes(`/containers/${id}/logs?stdout=true&stderr=true&tail=${TAIL}`, signal)
      .then((read) => logOf(service, name, linesOf(read, one.Config.Tty), now), failed('log')),
  ]);
  return [stateOf(service, one, name, now), memory, log].flatMap((item) => item ?? []);
}

function stateOf(service: ServiceView, one: Inspected, name: string, now: number): Finding {
  const { Status, OOMKilled, ExitCode, Error: error, StartedAt, FinishedAt, Health } = one.State;
  const hasRun = Date.parse(FinishedAt) > 0;
  const started = Date.parse(StartedAt);
  const lines = [
    `${name} is ${Status}, started again ${one.RestartCount} times`,
    ...(hasRun
      ? [
          `it ended with exit code ${ExitCode} the last time${OOMKilled ? ', killed for its memory limit' : ''}`,
        ]
      : []),
    ...(Health == null
      ? ['it has no health check']
      : [
          `its health check says ${Health.Status}, ${Health.FailingStreak} failures in a row`,
          ...(Health.Log ?? []).slice(-1).map(({ Output }) => line(`the health check answered: ${Output}`)),
        ]),
    `it is made of ${one.Config.Image}`,
    ...(error === '' ? [] : [line(`Docker says: ${error}`)]),
  ];
  const of = `container/${name}` as const;
  const at = started > 0 ? started : null;
  const states = [
    {
      line: lines[0] ?? '',
      values: {
        'container.state': Status,
        'container.restarts': one.RestartCount,
        'container.restarts.lately': at !== null && now - at <= LATELY ? one.RestartCount : 0,
        'container.started.age': at === null ? null : (now - at) / 1000,
      },
    },
    {
      line: lines.find((text) => text.startsWith('it ended')) ?? lines[0] ?? '',
      values: { 'container.exit_code': hasRun ? ExitCode : null, 'container.oom_killed': OOMKilled },
    },
    {
      line: lines.find((text) => /^its? (?:health check says|has no health)/.test(text)) ?? lines[0] ?? '',
      values: {
        'container.health': Health?.Status ?? 'none',
        'container.health.failures': Health?.FailingStreak ?? null,
      },
    },
    {
      line: `it is made of ${one.Config.Image}`,
      values: { 'container.image': one.Config.Image.slice(0, 300) },
    },
  ];
  const { facts } = tell(
    states.map(({ line: said, values }) => ({
      line: said,
      facts: statesOf(of, [serviceId(service.name)], values),
    })),
    now,
  );
  return {
    ...headOf(service, `the container ${name}`, now),
    text: lines.join('\n'),
    facts,
    data: null,
    witness: `docker/${encodeURIComponent(name)}`,
  };
}

/** As `docker stats` counts it: what the kernel could give back at once is none of it. */
function memoryOf(
  service: ServiceView,
  one: Inspected,
  name: string,
  read: unknown,
  now: number,
): Finding | null {
  const { usage, limit, stats = {} } = Stats.parse(read).memory_stats;
  if (usage === undefined) return null;
  const used = Math.max(0, usage - (stats.inactive_file ?? stats.total_inactive_file ?? 0));
  // Without a limit of its own, the engine tells all memory of the host.
  const share = one.HostConfig.Memory > 0 && limit !== undefined && limit > 0 ? used / limit : null;
  const said = `${name} holds ${Math.round(used / 2 ** 20)} MiB of memory${share === null ? ', and has no limit' : `, ${Math.round(share * 100)} % of its limit`}`;
  const values = { 'container.memory.usage': used, 'container.memory.utilization': share };
  const told = tell(
    [{ line: said, facts: statesOf(`container/${name}`, [serviceId(service.name)], values) }],
    now,
  );
  return {
    ...headOf(service, `the memory of ${name}`, now),
    kind: 'metric',
    ...told,
    data: null,
    witness: `kernel/docker/${encodeURIComponent(name)}`,
  };
}

function logOf(service: ServiceView, name: string, lines: readonly string[], now: number): Finding {
  const text = lines.length === 0 ? `${name} has written nothing` : lines.slice(-TAIL).map(line).join('\n');
  const { environment } = service;
  return {
    ...headOf(service, `the log of ${name}`, now),
    kind: 'log',
    text,
    data: null,
    witness: `service/${environment}/${service.name}`,
  };
}

const line = (text: string) => cutWholeWords(text.replace(/[\p{Cc}\s]+/gu, ' ').trim(), LINE);
