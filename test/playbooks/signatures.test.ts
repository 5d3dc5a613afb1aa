import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recogniserOf } from '../../src/evidence/facts/signatures.ts';
import { mustRead } from '../../src/lib/linear.ts';
import { readSignatures } from '../../src/playbooks/signatures.ts';
import { scratchDir } from '../kit/stack/guardian.ts';

const { signatures, mistakes } = readSignatures('playbooks');
const recognise = recogniserOf([signatures]);
const names = (line: string) => recognise(line).map(({ name }) => name);

/** Lines as the programs write them. */
const WRITTEN: Readonly<Record<string, string>> = {
  postgresql_too_many_clients: 'FATAL:  sorry, too many clients already',
  postgresql_slots_reserved:
    'FATAL:  remaining connection slots are reserved for non-replication superuser connections',
  postgresql_deadlock: 'ERROR:  deadlock detected',
  postgresql_password_refused: 'FATAL:  password authentication failed for user "shop"',
  pgbouncer_full: 'ERROR no more connections allowed (max_client_conn)',
  mysql_too_many_connections: 'ERROR 1040 (08004): Too many connections',
  mysql_read_only:
    'The MySQL server is running with the --read-only option so it cannot execute this statement',
  mysql_access_denied: "Access denied for user 'shop'@'10.0.0.4' (using password: YES)",
  redis_out_of_memory: "ReplyError: OOM command not allowed when used memory > 'maxmemory'.",
  redis_misconf:
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
  redis_fork_failed: "1:M 29 Nov 2026 03:00:00.000 # Can't save in background: fork: Cannot allocate memory",
  redis_read_only_replica: "READONLY You can't write against a read only replica.",
  redis_loading: 'LOADING Redis is loading the dataset in memory',
  redis_max_clients: 'ERR max number of clients reached',
  nginx_upstream_refused:
    '12#12: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.4',
  nginx_upstream_timed_out: '*1 upstream timed out (110: Connection timed out) while reading response header',
  nginx_upstream_closed:
    '*1 upstream prematurely closed connection while reading response header from upstream',
  nginx_no_live_upstreams: '*1 no live upstreams while connecting to upstream, client: 10.0.0.4',
  nginx_connections_exhausted: '512 worker_connections are not enough',
  too_many_open_files: 'accept4: too many open files',
  address_in_use: 'Error: listen EADDRINUSE: address already in use :::8080',
  no_local_port: 'dial tcp 10.0.0.9:5432: connect: cannot assign requested address',
  no_space: 'Error: ENOSPC: no space left on device, write',
  connection_refused: 'connect ECONNREFUSED 10.0.0.9:5432',
  kernel_out_of_memory: 'Out of memory: Killed process 4242 (shop) total-vm:2048kB',
  java_heap: 'java.lang.OutOfMemoryError: Java heap space',
  java_gc_overhead: 'java.lang.OutOfMemoryError: GC overhead limit exceeded',
  java_metaspace: 'java.lang.OutOfMemoryError: Metaspace',
  java_native_thread: 'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory',
  go_panic: 'panic: runtime error: invalid memory address or nil pointer dereference',
  go_fatal: 'fatal error: concurrent map writes',
  node_heap: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  dns_no_such_host: 'dial tcp: lookup db.example.com: no such host',
  dns_failure: 'getaddrinfo EAI_AGAIN db.example.com',
  certificate_expired:
    'x509: certificate has expired or is not yet valid: current time 2026-11-29T03:00:00Z is after 2026-11-28T00:00:00Z',
  certificate_not_yet_valid:
    'x509: certificate has expired or is not yet valid: current time 2026-11-29T03:00:00Z is before 2026-11-30T00:00:00Z',
  certificate_wrong_name: 'x509: certificate is valid for shop.example.com, not www.example.com',
  port_denied: 'listen tcp 0.0.0.0:80: bind: permission denied',
  program_denied: 'exec /docker-entrypoint.sh: permission denied',
  database_right_missing: 'ERROR:  permission denied for table orders',
  authentication_failed: 'HTTP/1.1 401 Unauthorized',
};

describe('the table of signatures', () => {
  it('is in order', () => expect(mistakes).toEqual([]));

  it.each(Object.entries(WRITTEN))('knows %s', (name, line) => expect(names(line)).toContain(name));

  it('tells apart what looks alike', () => {
    expect(names(WRITTEN.certificate_not_yet_valid ?? '')).toEqual(['certificate_not_yet_valid']);
    expect(names(WRITTEN.certificate_expired ?? '')).toEqual(['certificate_expired']);
    expect(names('Memory cgroup out of memory: Killed process 1 (shop)')).toEqual(['cgroup_out_of_memory']);
    expect(names('GET /items/1040 200')).toEqual([]);
  });

  it('finds in one pass what each pattern finds by itself', () => {
    for (const line of Object.values(WRITTEN))
      expect(names(line)).toEqual(
        signatures.filter(({ pattern }) => mustRead(pattern).test(line)).map(({ name }) => name),
      );
  });
});

it('a table of the user adds to the shipped one, and takes the place of what has the same name', async () => {
  const scratch = await scratchDir('signatures');
  onTestFinished(() => scratch.remove());
  await mkdir(join(scratch.path, 'faults'));
  const file = join(scratch.path, 'faults', 'signatures.yml');
  await writeFile(
    file,
    `- { name: no_space, pattern: 'my disk is full', means: my disk is full }
- { name: shop_closed, pattern: 'the shop is closed', means: the shop is closed }
`,
  );
  const own = recogniserOf([signatures, readSignatures(scratch.path).signatures]);
  expect(own('the shop is closed').map(({ name }) => name)).toEqual(['shop_closed']);
  expect(own('no space left on device')).toEqual([]);
  await writeFile(
    file,
    "- { name: bad, pattern: '(?=x)', means: never }\n- { name: all, pattern: 'x*', means: any }\n",
  );
  expect(readSignatures(scratch.path).mistakes.map(({ message }) => message)).toEqual([
    expect.stringContaining('it looks ahead or behind, which RE2 cannot'),
    expect.stringContaining('matches any line'),
  ]);
});
