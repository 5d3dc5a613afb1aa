import pg from 'pg';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { type PostgresqlSource, postgresql } from '../../../evidence/collectors/databases.ts';
import { databaseId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told, tell } from '../../../evidence/facts/tell.ts';
import { codeOf, partsOf, refusalOf } from '../address.ts';
import { askEach } from '../places.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { type Answers, linesOf } from './tell.ts';

export interface DatabaseOptions {
  /** The passwords of Medic's own users, by the names of the databases. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** What it does must not wait for long behind what it looks at. */
const PATIENCE = `SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET statement_timeout = '2s'; SET lock_timeout = '500ms'; SET application_name = 'medic'`;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Asks each PostgreSQL of the service what state it is in. That it refuses is an answer; that it is silent is none. */
export function createPostgresqlCollector({ passwords }: DatabaseOptions): Collector<Plain> {
  return {
    declared: postgresql,
    collect: (_asked, { service, now }, signal) => {
      const sources = new Map((service?.postgresql ?? []).map((source) => [source.name, source]));
      if (service === null) return Promise.resolve([]);
      const describe = (name: string) => itemOf(name, sources.get(name), now);
      return askEach([...sources.keys()], describe, async (name) => {
        const source = sources.get(name);
        if (source === undefined) return [];
        const password = Object.hasOwn(passwords, name) ? passwords[name] : undefined;
        const { lines, remarks } = await readOne(source, password, service, signal);
        const told = tell(lines, now);
        return [
          {
            ...describe(name),
            window: null,
            text: [told.text, ...remarks.map((remark) => `(${remark})`)].join('\n'),
            facts: told.facts,
            data: null,
            link: null,
          },
        ];
      });
    },
  };
}

function itemOf(name: string, source: PostgresqlSource | undefined, now: number) {
  return {
    kind: 'state',
    title: `PostgreSQL ${name}`,
    source: 'postgresql',
    query: `statistics of ${source?.database} at ${source?.address}`,
    observedAt: now,
    witness: `database/${name}`,
  } as const satisfies Partial<Finding>;
}

interface Read {
  readonly lines: readonly Told[];
  /** What could not be read, and why. */
  readonly remarks: readonly string[];
}

async function readOne(
  source: PostgresqlSource,
  password: string | undefined,
  service: ServiceView,
  signal: AbortSignal,
): Promise<Read> {
  const client = new pg.Client({
    ...partsOf(source.address),
    user: source.user,
    database: source.database,
    // An empty one, or the library would look for one in the environment and in files.
    password: password ?? '',
    ssl: source.tls === 'off' ? false : { rejectUnauthorized: source.tls === 'verified' },
    connectionTimeoutMillis: source.timeout,
    query_timeout: source.timeout,
  });
  const stop = () => void client.end().catch(() => {});
  // It is reported where the question was asked; without somebody who listens it would end the process.
  client.on('error', () => {});
  signal.addEventListener('abort', stop, { once: true });
  const of = databaseId(source.name);
  const within = [serviceId(service.name)];
  try {
    await client.connect();
    const { answers, remarks } = await ask(client, performance.now() + source.timeout);
    return { lines: linesOf(answers, of, within), remarks };
  } catch (error) {
    const line = refused(error, source);
    if (line === null) throw new Error(`${source.name}: ${messageOf(error)}`, { cause: error });
    return { lines: [{ line: line.text, facts: statesOf(of, within, line.values) }], remarks: [] };
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

async function ask(client: pg.Client, until: number) {
  const answers: Partial<Record<Question, unknown>> = {};
  const remarks: string[] = [];
  await client.query(PATIENCE);
  for (const question of Object.keys(QUESTIONS) as Question[]) {
    if (performance.now() > until) {
      remarks.push(`${question} was not read: time was up`);
      continue;
    }
    if (!isFor(question, answers)) continue;
    try {
      answers[question] = (await client.query(QUESTIONS[question])).rows[0];
    } catch (error) {
      // One that the database refuses hides no other.
      if (!SQLSTATE.test(codeOf(error))) throw error;
      remarks.push(`${question} could not be read: ${messageOf(error)}`);
    }
  }
  return { answers: answers satisfies Answers, remarks };
}

/** Which of the two questions about replication it is asked depends on its role. */
function isFor(question: Question, { state }: Answers): boolean {
  const inRecovery =
    typeof state === 'object' && state !== null && 'in_recovery' in state && state.in_recovery === true;
  return question === 'replicas' ? !inRecovery : question === 'replay' ? inRecovery : true;
}

/** What it says by refusing; null where it says nothing. */
function refused(error: unknown, { address }: PostgresqlSource) {
  const code = codeOf(error);
  if (SQLSTATE.test(code) && error instanceof pg.DatabaseError)
    return {
      text: `it refuses to work with SQLSTATE ${code}: ${messageOf(error)}`,
      values: { 'database.connect': 'accepted', 'postgresql.refusal': code },
    } as const;
  const connect = refusalOf(code);
  if (connect === null) return null;
  const words = { refused: 'nothing listens there', closed: 'it hung up' }[connect];
  return {
    text: `${address} ${connect} the connection: ${words}`,
    values: { 'database.connect': connect },
  } as const;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 300).toWellFormed();
}
