// Records what an old Medic left behind in the middle of its work: `node test/upgrade/record.mjs <the old tree> <its commit>`. How the old
// tree is made is in README.md. It is started there as it was, driven into every kind of waiting, killed, and what is in Redis and in Slack
// is written to `before.json`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [oldTree = '', commit = ''] = process.argv.slice(2);
const old = (path) => import(pathToFileURL(join(resolve(oldTree), path)).href);
const { startRedis } = await old('test/kit/stack/redis.ts');
const { freePort, until } = await old('test/kit/stack/process.ts');
const { startSlack } = await old('test/kit/slack/server.ts');
const { matches } = await old('test/kit/slack/person.ts');
const { isCard } = await old('test/kit/world/said.ts');
const { startPatient } = await old('test/kit/world/service.ts');
const { startMedic } = await old('test/kit/world/medic.ts');
const { postAlert } = await old('test/kit/world/test-env.ts');
const { connect } = await old('src/adapters/stores/redis/server/connect.ts');

const CHANNEL = 'C0INCIDENTS';
const SERVICES = ['shop', 'till', 'stock', 'post', 'desk', 'gate', 'lamp'];
const dir = '/tmp/medic-upgrade';
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir);

const redis = await startRedis({ dir: join(dir, 'redis') });
const slack = await startSlack();
const patients = new Map();
for (const name of SERVICES) patients.set(name, await startPatient(dir, name));
const port = await freePort();
const config = join(dir, 'medic.yml');
const yaml = readFileSync(join(import.meta.dirname, 'medic.yml'), 'utf8');
writeFileSync(
  config,
  yaml.replaceAll(/\{\{(\w+)\.(url|log)\}\}/g, (_, name, what) => {
    const { url, logFile } = patients.get(name);
    return what === 'url' ? url : logFile;
  }),
);
const medic = await startMedic(dir, {
  HOST: '127.0.0.1',
  PORT: String(port),
  HOME: dir,
  REDIS_URL: redis.url,
  MEDIC_CONFIG: config,
  MEDIC_PLAYBOOKS: join(import.meta.dirname, 'playbooks'),
  ALERT_TOKEN: 'a-token-for-this-machine-only',
  SLACK_API_URL: slack.apiUrl,
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_CHANNEL: CHANNEL,
});

const strike = async (alert, service) => {
  patients.get(service).fallIll();
  const { status } = await postAlert(medic.url, 'firing', alert, { service });
  if (status !== 200) throw new Error(`the alert of ${service} was answered ${status}`);
};
const card = (wanted) =>
  slack.message(CHANNEL, (message) => isCard(message) && matches(wanted, message), 40_000);
const bob = slack.person('U0BOB');

await bob.command(CHANNEL, '/heal', 'silence lamp 2h a deploy');
await bob.command(CHANNEL, '/heal', 'mode supervised lamp');
await strike('Simple', 'post');
await card(/Resolved: post/);
await strike('Slow', 'stock');
await strike('Gated', 'gate');
await strike('Simple', 'lamp');
await strike('Middling', 'shop');
await strike('Grave', 'till');
await strike('Middling', 'desk');
await slack.person('U0DAVE').click(await card(/desk[\s\S]*\[Hold\]/), 'Hold');
await card(/held by @U0DAVE[\s\S]*/);
await card(/shop[\s\S]*runs in/);
await card(/\[Approve\]/);
await until(() => patients.get('gate').isTreated(), { what: 'the gated remedy to run', ms: 20_000 });
await card(/stock[\s\S]*(?:[Vv]erif|Checking|watch)/);
// What is owed at once is done by then, and the verification has looked a few times.
await pause(3000);
await medic.kill();
await until(() => !patients.get('gate').isTreated(), { what: 'the playbook to be ended', ms: 20_000 });
await pause(1000);

const reader = connect(redis.url, { failFast: true });
const READ = {
  string: (key) => reader.get(key),
  hash: (key) => reader.hgetall(key),
  list: (key) => reader.lrange(key, 0, -1),
  set: (key) => reader.smembers(key),
  zset: async (key) => {
    const flat = await reader.zrange(key, 0, -1, 'WITHSCORES');
    return Object.fromEntries(
      flat.flatMap((one, index) => (index % 2 === 0 ? [[one, flat[index + 1]]] : [])),
    );
  },
};
const [seconds, micros] = await reader.time();
const entries = [];
for (const key of (await reader.keys('*')).sort()) {
  const type = await reader.type(key);
  // A stream only tells of what has happened already to whoever listens.
  if (type === 'stream') continue;
  const ttl = await reader.pttl(key);
  entries.push({ key, type, ...(ttl >= 0 ? { ttl } : {}), value: await READ[type](key) });
}
const messages = Object.fromEntries(slack.state.messages);
const at = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
const told = Object.entries(messages)
  .map(
    ([id, all]) =>
      `    ${JSON.stringify(id)}: [\n${all.map((one) => `      ${JSON.stringify(one)}`).join(',\n')}\n    ]`,
  )
  .join(',\n');
writeFileSync(
  join(import.meta.dirname, 'before.json'),
  `{\n  "commit": ${JSON.stringify(commit)},\n  "at": ${at},\n  "redis": [\n${lines}\n  ],\n  "slack": {\n${told}\n  }\n}\n`,
);
process.stdout.write(`${slack.print(CHANNEL)}\n${entries.length} keys\n`);
reader.disconnect();
for (const patient of patients.values()) await patient.stop();
await slack.stop();
await redis.stop();
rmSync(dir, { recursive: true, force: true });
process.exit();
