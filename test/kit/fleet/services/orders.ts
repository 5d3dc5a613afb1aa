import { type StatsFs, statfsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Counter, Gauge } from 'prom-client';
import { startDebugLog } from './debuglog.ts';
import { openJournal } from './journal.ts';
import { HttpError, logger, registry, serve } from './service.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, data: { type: 'string' }, mountpoint: { type: 'string' } },
});
const { port, data, mountpoint } = values;
if (!port || !data) throw new Error('--port and --data are needed');

const log = logger('orders');
const journal = await openJournal(data);
const recent: unknown[] = [];
let number = 0;

const accepted = new Counter({
  name: 'orders_accepted_total',
  help: 'Orders written to the journal.',
  registers: [registry],
});
const refused = new Counter({
  name: 'orders_refused_total',
  help: 'Orders that could not be written, by error code.',
  labelNames: ['error'],
  registers: [registry],
});

// On a file system shared with others the figures would say nothing about this service.
if (mountpoint) {
  const gauge = (name: string, help: string, value: (stats: StatsFs) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['mountpoint'],
      registers: [registry],
      collect() {
        this.set({ mountpoint }, value(statfsSync(mountpoint)));
      },
    });
  gauge('data_dir_bytes_total', 'Size of the data disk.', (fs) => fs.blocks * fs.bsize);
  gauge('data_dir_bytes_available', 'Free space on the data disk.', (fs) => fs.bavail * fs.bsize);
}

async function accept(order: unknown) {
  const record = { id: `o${Date.now()}-${++number}`, time: new Date().toISOString(), order };
  try {
    await journal.append(record);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    refused.inc({ error: code });
    throw new HttpError(503, `the order could not be written: ${code}`, { cause });
  }
  accepted.inc();
  recent.push(record);
  if (recent.length > 50) recent.shift();
  return { status: 201, body: { id: record.id } };
}

let debugging = false;
serve({
  name: 'orders',
  version: 'v1',
  port: Number(port),
  log,
  routes: {
    'POST /orders': ({ body }) => accept(body),
    'GET /orders': () => ({ body: recent }),
    'POST /admin/debug': () => {
      if (debugging) throw new HttpError(409, 'the debug log is already on');
      debugging = true;
      startDebugLog(
        data,
        () => recent,
        log,
        () => {
          debugging = false;
        },
      );
      log('info', 'debug log switched on');
      return { status: 202, body: { debug: true } };
    },
  },
});
