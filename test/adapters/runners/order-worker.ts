/** A worker that a test kills: runs the order that its argument holds as JSON, and prints each task as it starts and ends. */
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import { createRunners } from '../../../src/adapters/runners/runners.ts';

const [text = '', inventory = ''] = process.argv.slice(2);
const hosts = createHosts({ inventory, environment: process.env });
const runner = createRunners({ inventory, hosts, environment: process.env, redact: (line) => line });
const result = await runner.run(
  JSON.parse(text),
  ({ name, status }) => process.stdout.write(`${status} ${name}\n`),
  new AbortController().signal,
);
process.stdout.write(`${JSON.stringify(result)}\n`);
await hosts.close();
