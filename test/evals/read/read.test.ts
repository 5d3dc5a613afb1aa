import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { readScenario } from './read.ts';
import { openSuite } from './suite.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('read');
});
afterAll(() => scratch.remove());

const SOUND = `title: one line
at: 2026-05-01T03:04:05Z
question: shop is slow
expected: { fault: image_pull_failed }
`;

function written(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(scratch.path, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

function problemsOf(name: string, files: Readonly<Record<string, string>>): readonly string[] {
  const read = readScenario(written(name, files), name);
  return read.kind === 'malformed' ? read.problems : [];
}

describe('a scenario', () => {
  it('is read with everything that it leaves out', () => {
    const read = readScenario(written('sound', { 'scenario.yml': SOUND }), 'sound');
    expect(read).toMatchObject({
      kind: 'read',
      scenario: {
        at: Date.UTC(2026, 4, 1, 3, 4, 5),
        question: 'shop is slow',
        recorded: { kubernetes: null },
      },
    });
  });

  it('is refused with the file and the line of each mistake', () => {
    const yaml = SOUND.replace('2026-05-01T03:04:05Z', 'yesterday');
    expect(problemsOf('when', { 'scenario.yml': yaml })).toEqual([
      expect.stringMatching(/scenario\.yml:2:1: at: /),
    ]);
    expect(
      problemsOf('lines', {
        'scenario.yml': SOUND,
        'logs.jsonl': '{"at":"2026-05-01T03:04:00Z","labels":{},"line":"fine"}\n{"at":"never"}\nnot json\n',
        'kubernetes.json': '{"items": [{"kind": "Pod"}]}',
      }),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/logs\.jsonl:2: at /),
        expect.stringMatching(/logs\.jsonl:3: this line is no JSON object/),
        expect.stringMatching(/kubernetes\.json: items\.0\./),
      ]),
    );
    expect(problemsOf('broken', { 'scenario.yml': 'title: "never closed\n' })).toHaveLength(1);
  });

  it('has to expect something', () => {
    const yaml = SOUND.replace('{ fault: image_pull_failed }', '{}');
    expect(problemsOf('nothing', { 'scenario.yml': yaml })).toEqual([
      expect.stringMatching(/expected: says nothing/),
    ]);
  });

  it('keeps what its evidence says where the vocabulary has no word for it any more', () => {
    const item = {
      kind: 'state',
      source: 'x',
      witness: 'x/y',
      title: 'x',
      at: '2026-05-01T03:04:00Z',
      text: 'bad',
      facts: [
        { name: 'k8s.pod.mood', of: 'pod/shop/cart-1', value: 'bad', quote: 'bad' },
        { name: 'k8s.pod.ready', of: 'pod/shop/cart-1', value: false, quote: 'bad' },
      ],
    };
    const files = { 'scenario.yml': SOUND, 'evidence.jsonl': JSON.stringify(item) };
    expect(readScenario(written('facts', files), 'facts')).toMatchObject({
      kind: 'read',
      scenario: { recorded: { evidence: [{ text: 'bad', facts: [{ name: 'k8s.pod.ready' }] }] } },
    });
  });

  it('keeps lines of commands that are of another format apart', () => {
    const folder = written('foreign', {
      'scenario.yml': SOUND,
      'commands.jsonl': '{"tool":"Look","stdout":"x"}\n{"host":"web-1","argv":["df"],"stdout":"x"}\n',
    });
    const read = readScenario(folder, 'foreign');
    expect(read).toMatchObject({
      kind: 'read',
      scenario: { recorded: { commands: [{ host: 'web-1', exit: 0 }] } },
    });
  });
});

describe('a table of cases', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1-a', namespace: 'hotel', labels: { app: 'web' } },
  };
  const table = (broken: string) => `world: ../world
at: 2026-05-01T03:04:05Z
cases:
  one:
    title: one line
    subject: { kind: deployment, namespace: hotel, name: web }
    alert: PodNotReady
    broken: [${broken}]
    expected: { fault: image_pull_failed }
`;
  const readOne = (broken: string) => {
    written('table/world', {
      'kubernetes.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod] }),
      'metrics.om': 'up{job="web"} 1 1777604400\nup{job="web"} 1 1777604640\n# EOF\n',
    });
    return readScenario(written('table/cases', { 'cases.yml': table(broken) }), 'one', 'one');
  };

  it('gives each case its world, with what is broken in it and an alert about its subject', () => {
    const read = readOne(
      '{ event: web, reason: Failed, message: no such image }, { metric: up, to: 0, since: 1m }',
    );
    expect(read).toMatchObject({
      kind: 'read',
      scenario: {
        alerts: [{ name: 'PodNotReady', labels: { deployment: 'web', namespace: 'hotel' } }],
        recorded: {
          kubernetes: [{ kind: 'Pod' }, { kind: 'Event', involvedObject: { name: 'web-1-a' } }],
          metrics: { text: 'up{job="web"} 1 1777604400\nup{job="web"} 0 1777604640\n# EOF\n' },
        },
      },
    });
    expect(openSuite(join(scratch.path, 'table/cases'), null).cases).toMatchObject([
      { name: './one', key: 'one' },
    ]);
  });

  it('says what is wrong with it, also where it breaks what is not there', () => {
    expect(readOne('{ drop: Secret/none }')).toMatchObject({
      kind: 'malformed',
      problems: ['one: the world has no Secret/none'],
    });
    expect(readOne('{ metric: down, to: 0, since: 1m }')).toMatchObject({
      problems: ['one: the world measures no down'],
    });
    expect(readOne('{ brake: web }')).toMatchObject({
      problems: [expect.stringMatching(/cases\.yml:8:\d+: /)],
    });
  });
});

describe('a suite', () => {
  it('is every folder with a scenario, nested or flat, in the order of their names', () => {
    for (const name of ['suite/b/2', 'suite/b/10', 'suite/a']) written(name, { 'scenario.yml': SOUND });
    const suite = openSuite(join(scratch.path, 'suite'), null);
    expect(suite.cases.map(({ name }) => name)).toEqual(['a', 'b/2', 'b/10']);
  });

  it('takes the map of labels beside it, above its cases, or the one that is named', () => {
    written('labelled/inner/case', { 'scenario.yml': SOUND });
    written('labelled/inner', { 'labels.yml': 'tag_missing: image_pull_failed\nnothing_of_ours:\n' });
    const { labels } = openSuite(join(scratch.path, 'labelled'), null);
    expect([...labels]).toEqual([
      ['tag_missing', ['image_pull_failed']],
      ['nothing_of_ours', []],
    ]);
    const other = join(written('maps', { 'other.yml': 'tag_missing: [a, b]\n' }), 'other.yml');
    expect(openSuite(join(scratch.path, 'labelled'), other).labels.get('tag_missing')).toEqual(['a', 'b']);
  });

  it('is refused where there is no case', () => {
    expect(() => openSuite(written('empty', {}), null)).toThrow(/holds no scenario\.yml/);
    expect(() => openSuite('/nowhere', null)).toThrow(/is not there/);
  });
});
