import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { sentenceOf } from '../../src/lib/schema/mistake.ts';
import { readCatalog } from '../../src/playbooks/catalog.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('wrong');
});
afterAll(() => scratch.remove());

/** Every problem that a person reads of this medic.yml, without the folder that it lies in. */
async function saidOf(yaml: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const file = join(scratch.path, 'medic.yml');
  await writeFile(file, yaml);
  try {
    loadConfig({
      REDIS_URL: 'redis://redis.example',
      SLACK_BOT_TOKEN: 'xoxb-1234',
      SLACK_APP_TOKEN: 'xapp-1234',
      SLACK_CHANNEL: 'C0INCIDENTS',
      ALERT_TOKEN: 'a-secret-that-is-long-enough',
      MEDIC_CONFIG: file,
      ...more,
    });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((one) => one.replace(`${file}:`, '').trim());
    throw error;
  }
}

const shop = (more: string) => `services: { shop: { ${more} } }`;

describe('a medic.yml that is wrong is refused, with the line, the path, and what to write', () => {
  it.each([
    // Durations.
    ['policy: { cooldown: 10 }', '1:11: policy.cooldown: 10 has no unit: write 10s, or 10 with ms, m or h'],
    [
      'policy:\n  cancel_window: "5"',
      '2:3: policy.cancel_window: 5 has no unit: write 5s, or 5 with ms, m or h',
    ],
    ['policy: { approval_expires: 1d }', '1:11: policy.approval_expires: "1d" is no duration: write 24h'],
    ['policy: { turn_expires: 1h30m }', '1:11: policy.turn_expires: "1h30m" is no duration: write 90m'],
    ['evidence: { budget: 5 seconds }', '1:13: evidence.budget: "5 seconds" is no duration: write 5s'],
    [
      'evidence: { look: soon }',
      '1:13: evidence.look: "soon" is no duration: write a number with ms, s, m or h, e.g. 30s',
    ],
    [
      'watchdog: { after: 10 }',
      '1:13: watchdog.after: 10 has no unit: write 10s, or 10 with ms, m or h, or off',
    ],
    ['watchdog: { after: of }', '1:13: watchdog.after: "of" is not known: did you mean off?'],
    // Names.
    ['policy: { cooldwn: 5m }', '1:11: policy.cooldwn: is not known: did you mean cooldown?'],
    ['cooldown: 5m', '1:1: cooldown: is not known here: it belongs under policy'],
    [
      'policy: { routes: [] }',
      '1:11: policy.routes: is not known here: it belongs at the top, not under another name',
    ],
    ['inventory: hosts.yml', '1:1: inventory: is not known here: it belongs under ansible'],
    ['polcy: { cooldown: 5m }', '1:1: polcy: is not known: did you mean policy?'],
    ['evidence: { colour: red }', '1:13: evidence.colour: is not known: it can be budget or look'],
    [shop('depend_on: []'), '1:21: services.shop.depend_on: is not known: did you mean depends_on?'],
    [
      'prometheus: [{ nam: eu, url: "http://eu" }]',
      '1:16: prometheus.0.nam: is not known: did you mean name?',
    ],
    [
      'services: { "my shop": {} }',
      '1:13: services.my shop: this name will not do: use up to 63 letters, digits, dots, dashes and underscores, and begin with a letter or digit',
    ],
    // Values.
    ['policy: { mode: observ }', '1:11: policy.mode: "observ" is not known: did you mean observe?'],
    [
      'policy: { mode: reckless }',
      '1:11: policy.mode: "reckless" is not known: write observe, supervised or tiered',
    ],
    ['policy: { confidence: 70 }', '1:11: policy.confidence: 70 is too large: at most 1'],
    ['policy: { approvals: 1.5 }', '1:11: policy.approvals: 1.5 is no whole number'],
    ['intake: { rate: { per_second: 0 } }', '1:19: intake.rate.per_second: 0 is too small: more than 0'],
    [
      shop('memory_limit: 512'),
      '1:21: services.shop.memory_limit: 512 has no unit: write 512MB, or another amount such as 1.5GiB',
    ],
    [
      shop('labels: { version: 2 }'),
      "1:31: services.shop.labels.version: 2 is read as a number: write it in quotes, '2'",
    ],
    [
      shop('labels: shop'),
      '1:21: services.shop.labels: is a text: write names with values or a list, [shop]',
    ],
    [shop('labels: []'), '1:21: services.shop.labels: is empty: write at least one'],
    [shop('hosts: web-1 web-2'), '1:21: services.shop.hosts: is a text: write a list, [web-1, web-2]'],
    [shop('unit: null'), '1:21: services.shop.unit: has no value: write a text'],
    ['ansible: hosts.yml', '1:1: ansible: is a text: write names with values'],
    ['services: [shop]', '1:1: services: is a list: write names with values'],
    ['- policy', '1:1: is a list: write names with values'],
    [
      'ignore: [team]',
      '1:10: ignore.0: write a label with =, !=, =~ or !~ and a value, e.g. namespace=~"dev-.*"',
    ],
    ['ignore: [[team="qa", 5]]', "1:22: ignore.0.1: 5 is read as a number: write it in quotes, '5'"],
    [
      `ignore: ['team=~"(qa"']`,
      '1:10: ignore.0: the pattern "(qa" cannot be read (error parsing regexp: missing closing ): `(qa`): write it in the syntax of RE2',
    ],
    // Addresses.
    [
      shop('health: [{ name: h, url: "ftp://shop/h" }]'),
      '1:41: services.shop.health.0.url: must be a URL that begins with http:// or https://',
    ],
    [
      shop('health: [{ name: h, url: "shop:8080" }]'),
      '1:41: services.shop.health.0.url: must be a URL that begins with http:// or https://',
    ],
    [
      shop('dashboards: ["javascript:alert(1)"]'),
      '1:34: services.shop.dashboards.0: must be a URL that begins with http:// or https://',
    ],
    // People and channels.
    [
      'roles: { approvers: { users: [S0ONCALL] } }',
      '1:31: roles.approvers.users.0: "S0ONCALL" is a user group, not a user: write it under groups',
    ],
    [
      'roles: { operators: { groups: [U0BOB] } }',
      '1:32: roles.operators.groups.0: "U0BOB" is a user, not a user group: write it under users',
    ],
    [
      'roles: { operators: { groups: [W0BOB] } }',
      '1:32: roles.operators.groups.0: "W0BOB" is a user, not a user group: write it under users',
    ],
    [
      'roles: { operators: { users: ["<@U0BOB>"] } }',
      '1:31: roles.operators.users.0: "<@U0BOB>" is a mention: write its id, U0BOB',
    ],
    [
      'roles: { operators: { users: [bob] } }',
      '1:31: roles.operators.users.0: "bob" is no id of a user: it begins with U or W; Slack copies it from the person’s profile (Copy member ID)',
    ],
    [
      'roles: { operators: { users: U0BOB } }',
      '1:23: roles.operators.users: is a text: write a list, [U0BOB]',
    ],
    [
      shop('channel: U0BOB'),
      '1:21: services.shop.channel: "U0BOB" is a user: incidents are told in channels, by id (C…) or name',
    ],
    [
      'routes: [{ channel: Ops Room }]',
      '1:12: routes.0.channel: "Ops Room" is no channel: write its id, such as C0123456789, or its name in small letters',
    ],
    // What parts of it say of each other.
    [
      'services: { shop: { depends_on: [databse] }, database: {} }',
      '1:34: services.shop.depends_on.0: "databse" is no registered service: did you mean database?',
    ],
    [
      shop('depends_on: [queue]'),
      '1:34: services.shop.depends_on.0: "queue" is no registered service: write shop, or register it under services',
    ],
    [shop('depends_on: [shop]'), '1:21: services.shop.depends_on: names the service itself: leave it out'],
    [
      'services:\n  a: { depends_on: [b] }\n  b: { depends_on: [c] }\n  c: { depends_on: [a] }',
      '2:8: services.a.depends_on: goes round in a circle, a → b → c → a: leave one of these out',
    ],
    [
      'routes: [{ service: chekout, channel: C0A }]\nservices: { checkout: {} }',
      '1:12: routes.0.service: "chekout" is no registered service: did you mean checkout?',
    ],
    [
      'routes: [{ service: checkout, channel: C0A }]',
      '1:12: routes.0.service: "checkout" is no registered service, and services names none: register it there',
    ],
    [
      'policy: { modes: [{ service: shpo, mode: observe }] }\nservices: { shop: {} }',
      '1:21: policy.modes.0.service: "shpo" is no registered service: did you mean shop?',
    ],
    [
      'policy: { four_eyes: [{ service: payment }] }\nservices: { payments: {} }',
      '1:25: policy.four_eyes.0.service: "payment" is no registered service: did you mean payments?',
    ],
    // Broken YAML.
    [
      'policy: {\n  mode: tiered',
      '2:15: the YAML is broken: this line is indented otherwise than its neighbours, or a bracket, brace or quote before it is never closed',
    ],
    [
      'policy:\n\tmode: tiered',
      '2:1: the YAML is broken: a tab stands where only spaces may, at the start of a line',
    ],
    ['policy: {}\npolicy: {}', '2:1: this name is written twice here: keep one'],
    [
      'mode: tiered: yes',
      '1:7: the YAML is broken: here is a name without a colon, or a second colon in a line: put quotes round a value that holds ": "',
    ],
    ['---\n{}\n---\n{}', '3:1: a second document begins here (---): write everything in one'],
    ['roles: *people', 'the YAML cannot be read: *people stands for nothing: &people must come before it'],
  ])('%s', async (yaml, expected) => {
    expect(await saidOf(yaml)).toEqual([expected]);
  });

  it('all at once, each once, a slip of the pen not also as what is missing', async () => {
    const yaml =
      'policy: { cooldown: 10, mod: observe }\nroutes: [{ chanel: C0A }]\nservices: { shop: { depends_on: x } }\n';
    expect(await saidOf(yaml)).toEqual([
      '1:11: policy.cooldown: 10 has no unit: write 10s, or 10 with ms, m or h',
      '1:25: policy.mod: is not known: did you mean mode?',
      '3:21: services.shop.depends_on: is a text: write a list, [x]',
      '2:12: routes.0.chanel: is not known: did you mean channel?',
    ]);
  });

  it('also where it cannot be opened at all', async () => {
    expect(await saidOf('', { MEDIC_CONFIG: scratch.path })).toEqual([
      `${scratch.path}: is a folder, and must be a file: name the file in it`,
    ]);
    const gone = join(scratch.path, 'gone.yml');
    expect(await saidOf('', { MEDIC_CONFIG: gone })).toEqual([
      `${gone}: MEDIC_CONFIG names this file, and it is not there`,
    ]);
  });
});

it('what stands in the environment is never repeated, as secrets are among it', async () => {
  const said = await saidOf('', {
    SLACK_BOT_TOKEN: 'sk-secret',
    ALERT_TOKEN: 'secret',
    PORT: 'secret',
    LOG_LEVEL: 'secret',
  });
  expect(said.map((one) => one.split(': ')[1])).toEqual([
    'PORT',
    'LOG_LEVEL',
    'SLACK_BOT_TOKEN',
    'ALERT_TOKEN',
  ]);
  expect(said.join('\n')).not.toMatch(/sk-secret|"secret"|secret:/);
});

it('a variable that nobody reads is named beside what is missing, where it is nearly that', async () => {
  expect(
    await saidOf('', {
      SLACK_CHANNEL: '',
      SLACK_CHANEL: 'C0A',
      MEDIC_PORT: 'tcp://10.0.0.1:8080',
      REDIS_PORT: '6379',
    }),
  ).toEqual([
    'environment: SLACK_CHANNEL: is not set',
    'environment: SLACK_CHANEL: is not read by Medic: did you mean SLACK_CHANNEL?',
  ]);
});

describe('what holds and is probably not what was meant is named, and starts all the same', () => {
  it.each([
    [
      'policy: { modes: [{ environment: prodution, mode: observe }] }',
      '1:21: policy.modes.0.environment: no service is registered in "prodution": did you mean production?',
    ],
    [
      'routes: [{ channel: C0A }, { severity: info, channel: C0B }]',
      '1:28: routes.1: is never read: the one before it at 0 fits everything. Put that one last',
    ],
  ])('%s', async (yaml, expected) => {
    const file = join(scratch.path, 'doubt.yml');
    await writeFile(file, yaml);
    const { doubts } = loadConfig({
      REDIS_URL: 'redis://redis.example',
      SLACK_BOT_TOKEN: 'xoxb-1234',
      SLACK_APP_TOKEN: 'xapp-1234',
      SLACK_CHANNEL: 'C0INCIDENTS',
      ALERT_TOKEN: 'a-secret-that-is-long-enough',
      MEDIC_CONFIG: file,
    });
    expect(doubts.map(sentenceOf)).toEqual([`${file}:${expected}`]);
  });
});

it.each([
  'routes: [{ service: eu/team-a/api, channel: C0A }]',
  'routes: [{ channel: "#ops" }, { severity: info, channel: alertes-été }]',
  'services: { shop: { owners: [W0BOB, S0ONCALL] } }',
  'policy: { modes: [{ environment: preview, mode: observe }] }',
])('what only looks odd is taken as it stands: %s', async (yaml) => {
  expect(await saidOf(yaml)).toEqual([]);
});

const manifest = {
  name: 'ease',
  title: 'Ease',
  description: 'An example.',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: { service: { description: 'the service', from: [{ registry: 'name' }] } },
  targets: ['shop'],
  timeout: '10s',
  rollback: { none: 'nothing to put back' },
  run: { command: ['true'] },
  verify: { checks: [{ probe: 'healthy' }], within: '1m', every: '1s', stable: '3s' },
};
const service = (more: object) => ({ parameters: { service: { ...manifest.parameters.service, ...more } } });
const checks = (check: object) => ({ verify: { ...manifest.verify, checks: [check] } });
const answers = (more: object) => ({
  answers: [
    { pattern: 'p', summary: 's', cause: 'c', when: [{ evidence: 'log', claim: 'x', quote: 'y' }], ...more },
  ],
});

describe('a playbook that is wrong is refused, with the line, the path, and what to write', () => {
  it.each([
    [
      service({ from: [{ registry: 'nam' }] }),
      '11:9: parameters.service.from.0.registry: "nam" is nothing that the registry says of a service: did you mean name?',
    ],
    [
      service({ from: [{ registry: 'owner' }] }),
      '11:9: parameters.service.from.0.registry: "owner" is nothing that the registry says of a service: write name, environment, host, hosts, group, unit, cleanable, namespace, workload, replicas_min, replicas_max, memory_ceiling or settings.<key>',
    ],
    [
      service({ among: { registry: 'clenable' } }),
      '13:7: parameters.service.among.registry: "clenable" is nothing that the registry says of a service: did you mean cleanable?',
    ],
    [
      service({ from: { registry: 'name' } }),
      '10:5: parameters.service.from: is names with values: write a list',
    ],
    [
      service({ from: [{ lable: 'x' }] }),
      '11:9: parameters.service.from.0.lable: is not known: did you mean label?',
    ],
    [
      service({ from: [{ range: { min: 1, max: 3, default: 9 } }] }),
      '11:9: parameters.service.from.0.range: default 9 is not between min 1 and max 3',
    ],
    [
      service({ pattern: '(' }),
      '12:5: parameters.service.pattern: the pattern cannot be read: error parsing regexp: missing closing ): `(`',
    ],
    [
      { targets: ['{{servce}}'] },
      '13:5: targets.0: {{servce}} is not one of its parameters: did you mean {{service}}?',
    ],
    [{ timeout: 10 }, '14:1: timeout: 10 has no unit: write 10s, or 10 with ms, m or h'],
    [{ run: {} }, '17:1: run: is empty: write ansible, ssh, kubernetes or command'],
    [{ run: { comand: ['true'] } }, '18:3: run.comand: is not known: did you mean command?'],
    [
      { run: { shell: 'true' } },
      '17:1: run: nobody knows shell here: write ansible, ssh, kubernetes or command',
    ],
    [
      { run: { ansible: { playbok: 'site.yml' } } },
      '19:5: run.ansible.playbok: is not known: did you mean playbook?',
    ],
    [
      { run: { ansible: { playbook: 'gone.yml' } } },
      '19:5: run.ansible.playbook: gone.yml is not in the folder',
    ],
    [{ run: { command: ['./fix.sh'] } }, '19:7: run.command.0: ./fix.sh is not in the folder'],
    [
      { run: { command: 'systemctl restart shop' } },
      '18:3: run.command: is a text: write a list, [systemctl, restart, shop]',
    ],
    [
      { run: { command: ['true'], ansible: { playbook: 'site.yml' } } },
      '17:1: run: write only one of command or ansible',
    ],
    [checks({ metrics: {} }), '22:7: verify.checks.0.metrics: is not known: did you mean metric?'],
    [
      checks({ probe: 'good' }),
      '22:7: verify.checks.0.probe: "good" is not known: write healthy or unhealthy',
    ],
    [
      checks({ metric: { query: 'up', is: '=', value: 1 } }),
      '24:9: verify.checks.0.metric.is: "=" is not known: write <, <=, >, >=, == or !=',
    ],
    [{ rollback: {} }, '15:1: rollback: is empty: write none or run'],
    [{ rollback: { run: { command: ['true'] } } }, '15:1: rollback.rehearsed: is missing'],
    [{ dry_run: 'chek' }, '26:1: dry_run: "chek" is not known: did you mean check?'],
    [
      { dry_run: 'check' },
      '26:1: dry_run: check is for ansible, ssh and kubernetes: name a command, or leave it out',
    ],
    [{ look: { dsk: { path: '/' } } }, '27:3: look.dsk: is not known: did you mean disk?'],
    [{ look: { unit: { is: 'faild' } } }, '28:5: look.unit.is: "faild" is not known: did you mean failed?'],
    [
      { blast_radius: { max_target: 3 } },
      '27:3: blast_radius.max_target: is not known: did you mean max_targets?',
    ],
    [
      { parameters: { theService: manifest.parameters.service } },
      '8:3: parameters.theService: this name will not do: use small letters, digits and underscores, and begin with a letter',
    ],
    [{ risk: 'tiny' }, '4:1: risk: "tiny" is not known: write low, medium or high'],
    [{ name: 'other' }, '1:1: name: "other" is in a folder called "ease"'],
    [
      answers({ when: [{ evidence: 'lgo', claim: 'x', quote: 'y' }] }),
      '31:9: answers.0.when.0.evidence: "lgo" is not known: did you mean log?',
    ],
    [answers({ when: [{ alert: 'any' }] }), '31:9: answers.0.when.0.claim: is missing'],
    [
      answers({ against: [{ evidence: 'log', claim: 'x', quote: '[' }] }),
      '37:9: answers.0.against.0.quote: the pattern cannot be read: error parsing regexp: missing closing ]: `[`',
    ],
    [
      answers({ explains: ['nobody'] }),
      '35:9: answers.0.explains.0: no playbook of the catalog has a pattern "nobody"',
    ],
  ])('%j', async (changes, expected) => {
    const folder = join(scratch.path, 'playbooks');
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, 'ease'), { recursive: true });
    const file = join(folder, 'ease', 'playbook.yml');
    await writeFile(file, stringify({ ...manifest, ...changes }));
    expect(readCatalog(folder).mistakes.map(sentenceOf)).toEqual([`${file}:${expected}`]);
  });

  it('also where the catalog is no folder, or a manifest no file', async () => {
    const file = join(scratch.path, 'medic.yml');
    await writeFile(file, '');
    expect(readCatalog(file).mistakes.map(sentenceOf)).toEqual([
      `${file}: is a file, or lies under one, and must be a folder; set MEDIC_PLAYBOOKS to where playbooks are`,
    ]);
    const folder = join(scratch.path, 'odd');
    await mkdir(join(folder, 'ease', 'playbook.yml'), { recursive: true });
    expect(readCatalog(folder).mistakes[0]?.message).toBe(
      'is a folder, and must be a file: name the file in it',
    );
  });
});
