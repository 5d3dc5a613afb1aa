import type { HostFacts, Hosts } from '../../../evidence/hosts.ts';
import type { Looker, LookReading, LookSpec, LookTarget } from '../../../evidence/looks/look.ts';
import type { ClusterApi } from '../../kubernetes/api.ts';
import { type Account, allowedEnvironment } from '../../runners/process/environment.ts';
import type { RunAs } from '../../runners/process/run-as.ts';
import { commandInstrument, seeCommand, seeCommandThere } from './command.ts';
import { seeDisk } from './disk.ts';
import { seeMemory } from './memory.ts';
import { seeRelease } from './release.ts';
import { NotAsked, NotRead, type Seen, type Sight } from './sight.ts';
import { seeUnit } from './unit.ts';
import { seeWorkload } from './workload.ts';

export interface LookerOptions {
  readonly hosts: Hosts;
  /** The cluster whose workloads are looked at; null where none is configured. */
  readonly cluster?: ClusterApi | null;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  /** Milliseconds that a look may take, on each host. */
  readonly timeout: number;
  /** Medic's own environment; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whose rights commands have; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
}

/** Bytes of what a look reads: every process of a large host. */
const OUTPUT = 4 * 1024 * 1024;

/** Looks at services where they run, at all of their hosts side by side. */
export function createLooker({
  hosts,
  now,
  timeout,
  environment,
  runAs = null,
  cluster = null,
}: LookerOptions): Looker {
  const account: Account = { env: { ...allowedEnvironment(environment, [], runAs), LC_ALL: 'C' }, runAs };

  const lookAt = (host: string, spec: HostLook, target: LookTarget, signal: AbortSignal) =>
    reading(now, { host, where: `on ${host}`, instrument: `host/${host}` }, async () => {
      const deadline = performance.now() + timeout;
      const facts = await inTime(hosts.facts(host), timeout, signal);
      if ('refused' in facts) throw new NotRead(facts.refused);
      return see(spec, target, { ...sightOf(facts, deadline, signal), service: target.service });
    });
  const sightOf = (host: HostFacts, deadline: number, signal: AbortSignal): Omit<Sight, 'service'> => ({
    host,
    now,
    async ask(argv, become, plain) {
      const left = Math.max(1, Math.round(deadline - performance.now()));
      const more = { timeout: left, become, outputCap: OUTPUT, ...(plain && { plain }) };
      const answer = await hosts.run({ host: host.name, argv, ...more }, signal);
      if (answer.kind !== 'answered') throw new NotRead(answer.reason, answer.kind === 'late');
      return answer;
    },
  });

  return {
    async look(spec, target, signal) {
      if (isHere(spec)) {
        const place = {
          host: 'localhost',
          where: 'on the machine of Medic',
          instrument: commandInstrument(spec.command),
        };
        return [await reading(now, place, () => seeCommand(spec.command, account, timeout, signal))];
      }
      if ('workload' in spec)
        return [await seeWorkload(spec, target, { api: cluster, now, timeout }, signal)];
      const names = await hostsOf(hosts, target, timeout, signal).catch(() => []);
      if (names.length === 0) return [nowhere(target, now())];
      return Promise.all(names.map((host) => lookAt(host, spec, target, signal)));
    },
  };
}

type CommandLook = Extract<LookSpec, { command: unknown }>;
type HostLook = Exclude<LookSpec, { workload: unknown }>;

function isHere(spec: LookSpec): spec is CommandLook {
  return 'command' in spec && spec.command.on !== 'hosts';
}

function see(spec: HostLook, target: LookTarget, sight: Sight): Promise<Seen> {
  if ('unit' in spec) return seeUnit(sight, target.symptomAt);
  if ('disk' in spec) return seeDisk(sight, spec.disk.path, spec.disk.used);
  if ('command' in spec) return seeCommandThere(sight, spec.command);
  if ('memory' in spec) return seeMemory(sight, spec.memory.limit);
  return seeRelease(sight, spec.release.within, target.symptomAt);
}

async function hostsOf(
  hosts: Hosts,
  { service, hosts: named }: LookTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (named !== null) return [...new Set(named)];
  if (service.hosts.length > 0) return [...new Set(service.hosts)];
  return inTime(hosts.group(service.group), timeout, signal);
}

function nowhere({ service }: LookTarget, at: number): LookReading {
  const { name, group } = service;
  return {
    host: 'nowhere',
    verdict: 'unknown',
    words: `nobody says where ${name} runs: say its hosts in medic.yml, or make a group ${group} in the inventory`,
    instrument: `host/nowhere/${name}`,
    facts: {},
    at,
  };
}

interface Place {
  readonly host: string;
  readonly where: string;
  /** What stands for the instrument where none was reached. */
  readonly instrument: string;
}

/** Never rejects: what could not be read is unknown. */
async function reading(now: () => number, place: Place, look: () => Promise<Seen>): Promise<LookReading> {
  const { host, where } = place;
  // The time before the look, so that a reading is never newer than what it saw.
  const at = now();
  try {
    const { verdict, words, instrument, facts, states, undecided } = await look();
    return {
      ...{ host, verdict, words: `${sourceOf(instrument)} ${where}: ${words}`, instrument, facts, at },
      ...(states === undefined ? {} : { states }),
      ...(undecided === undefined ? {} : { undecided }),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ...{ host, verdict: 'unknown', instrument: place.instrument, facts: {}, at },
      words: reason.includes(host) ? reason : `${where}: ${reason}`,
      ...(error instanceof NotRead && error.late ? { late: true } : {}),
      ...(error instanceof NotAsked ? { unasked: true } : {}),
    };
  }
}

/** The system that an instrument belongs to, `systemd` of `systemd/web-1/nginx.service`. */
export function sourceOf(instrument: string): string {
  return instrument.split('/')[0] ?? instrument;
}

/** Waits for what others may wait for too, but no longer than this look may take. */
async function inTime<T>(what: Promise<T>, timeout: number, signal: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>();
  const give = () => over.reject(new NotRead(`the inventory was not read within ${timeout} ms`, true));
  const timer = setTimeout(give, timeout);
  signal.addEventListener('abort', give);
  if (signal.aborted) give();
  try {
    return await Promise.race([what, over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', give);
  }
}
