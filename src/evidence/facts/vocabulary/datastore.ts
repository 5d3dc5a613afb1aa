import type { Section, Word } from '../word.ts';

/** What Medic's own attempt to connect comes to. */
const tried = (about: string, means: string) =>
  ({ type: 'text', about, instrument: 'probe', look: true, means }) as const satisfies Word;

/** What a database says of itself to a user who may only read. */
const OF_A_DATABASE = { about: 'database', instrument: 'database', look: true } as const;
const text = (means: string) => ({ ...OF_A_DATABASE, type: 'text', means }) as const satisfies Word;
const flag = (means: string) => ({ ...OF_A_DATABASE, type: 'flag', means }) as const satisfies Word;
const amount = <const Unit extends NonNullable<Word['unit']>>(unit: Unit, means: string) =>
  ({ ...OF_A_DATABASE, type: 'number', unit, means }) as const satisfies Word;

const POSTGRESQL = {
  'postgresql.refusal': text('the SQLSTATE with which it refuses to work, such as 53300; none'),
  'postgresql.connections': amount('number', 'open connections of clients'),
  'postgresql.connections.used': amount('ratio', 'its share of the connections that ordinary users may open'),
  'postgresql.connections.idle': amount('ratio', 'the part of its connections that do nothing'),
  'postgresql.connections.greediest': text('the program that holds most of its connections'),
  'postgresql.idle_in_transaction.age': amount('seconds', 'how long the oldest idle transaction has waited'),
  'postgresql.idle_in_transaction.blocks': amount('number', 'sessions that wait for an idle transaction'),
  'postgresql.active.age': amount('seconds', 'how long the oldest query that runs has run'),
  'postgresql.active.waits_for_lock': flag('whether that query waits for the lock of another session'),
  'postgresql.lock.waiting': amount('number', 'sessions that wait for the lock of another'),
  'postgresql.in_recovery': flag('whether it is a replica, or recovers'),
  'postgresql.replicas': amount('number', 'replicas that stream from it'),
  'postgresql.replication.lag.bytes': amount('bytes', 'what its slowest replica has still to replay'),
  'postgresql.receiver': text('on a replica: what its receiver does, such as streaming; none'),
  'postgresql.replay.lag.bytes': amount('bytes', 'on a replica: what it has received and not replayed'),
  'postgresql.replay.lag': amount(
    'seconds',
    'on a replica: the age of the last transaction that it replayed',
  ),
  'postgresql.replay.paused': flag('on a replica: whether somebody paused its replay'),
  'postgresql.slots.inactive': amount('number', 'replication slots that nobody reads'),
  'postgresql.slots.inactive.retained': amount('bytes', 'what the worst of those keeps from being removed'),
  'postgresql.wal.size': amount('bytes', 'its write-ahead log on disk'),
  'postgresql.archive.failing': flag('whether its last attempt to archive failed'),
  'postgresql.archive.failed': amount(
    'number',
    'attempts to archive that failed since its figures were reset',
  ),
} as const;

const REDIS = {
  'redis.refusal': text('the word with which it refuses to work, such as LOADING; none'),
  'redis.memory.used': amount('ratio', 'its share of maxmemory; 0 where it has no limit'),
  'redis.memory.limit': amount('bytes', 'maxmemory; 0 where it has no limit'),
  'redis.memory.policy': text('maxmemory-policy: what it does when memory is full'),
  'redis.clients.used': amount('ratio', 'its share of maxclients'),
  'redis.connections.rejected': amount('number', 'connections that it has turned away since it started'),
  'redis.loading': flag('whether it still loads its data'),
  'redis.save.ok': flag('whether its last snapshot was written'),
  'redis.aof.ok': flag('whether its last write to the append-only file worked'),
  'redis.writes.stopped': flag('whether it refuses writes because it cannot persist'),
  'redis.role': text('primary or replica'),
  'redis.primary.link': text('on a replica: up, down; none on a primary'),
  'redis.replicas': amount('number', 'replicas that are connected to it'),
  'redis.slowest': amount('seconds', 'the slowest command of its slow log since shortly before the alert'),
} as const;

/** What its exporter says, as Prometheus has it. */
const measured = <const Unit extends NonNullable<Word['unit']>>(about: string, unit: Unit, means: string) =>
  ({ type: 'number', unit, about, instrument: 'exporter', look: true, means }) as const satisfies Word;

const MEASURED = {
  'mysql.connections.used': measured('database', 'ratio', 'its share of max_connections'),
  'mysql.read_only': {
    type: 'flag',
    about: 'database',
    instrument: 'exporter',
    look: true,
    means: 'whether it refuses writes (read_only)',
  },
  'queue.ready': measured('queue', 'number', 'messages that wait to be taken'),
  'queue.ready.growth': measured('queue', 'per second', 'how fast the messages that wait become more'),
  'queue.consumers': measured('queue', 'number', 'consumers that are connected to it'),
  'queue.consumers.before': measured('queue', 'number', 'consumers that were connected before the alert'),
  'queue.published': measured('queue', 'per second', 'messages that come in'),
  'queue.published.before': measured('queue', 'per second', 'messages that came in before the alert'),
  'queue.acknowledged': measured('queue', 'per second', 'messages that consumers finish'),
  'queue.acknowledged.before': measured(
    'queue',
    'per second',
    'messages that consumers finished before the alert',
  ),
} as const;

const of = (instrument: 'handshake' | 'deployer', means: string) =>
  ({
    type: 'number',
    unit: 'seconds',
    about: 'endpoint',
    instrument,
    look: instrument === 'handshake',
    means,
  }) as const satisfies Word;

const TLS = {
  'tls.connect': tried('endpoint', 'accepted, refused, closed, or no_tls where it answers without TLS'),
  'tls.served.not_after': of('handshake', 'until when the served certificate is valid, since 1970'),
  'tls.served.expires_in': of(
    'handshake',
    'how long the served certificate is still valid; below 0: expired',
  ),
  'tls.served.valid_for': of('handshake', 'since when the served certificate is valid; below 0: not yet'),
  'tls.served.matches': {
    type: 'flag',
    about: 'endpoint',
    instrument: 'handshake',
    look: true,
    means: 'whether the served certificate is for the name that clients use',
  },
  'tls.served.chain': {
    type: 'text',
    about: 'endpoint',
    instrument: 'handshake',
    look: true,
    means: 'ok, or what is wrong with its chain, as OpenSSL names it',
  },
  'tls.file.not_after': of('deployer', 'until when the certificate in its file is valid, since 1970'),
  'tls.file.expires_in': of('deployer', 'how long the certificate in its file is still valid'),
} as const;

const DNS = {
  'dns.answer': {
    type: 'text',
    about: 'name',
    instrument: 'resolver',
    look: true,
    means: 'what a resolver says of it: answered, NODATA, NXDOMAIN, SERVFAIL or REFUSED',
  },
  'dns.failed': {
    type: 'number',
    unit: 'ratio',
    about: 'resolver',
    instrument: 'resolver',
    look: true,
    means: 'the part of the names that were asked for which it could not find out (SERVFAIL, REFUSED)',
  },
} as const;

/** What databases, queues, certificates and resolvers say for themselves. */
export const DATASTORE = {
  'database.connect': tried('database', 'accepted, refused (nothing listens) or closed'),
  ...POSTGRESQL,
  ...REDIS,
  ...MEASURED,
  ...TLS,
  ...DNS,
} as const satisfies Section;
