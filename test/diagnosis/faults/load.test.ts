import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readLibrary } from '../../../src/diagnosis/faults/load.ts';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDir('faults');
});
afterEach(() => scratch.remove());

const WAITING = 'k8s.container.waiting.reason';
const AVAILABLE = 'k8s.workload.replicas.available';
const sign = (predicate: object) => ({ claim: 'It is so.', any: [predicate] });

const base = {
  title: 'image cannot be pulled',
  object: ['pod', 'workload'],
  summary: '{object} does not start',
  cause: 'the image of {object} is not there',
  prevention: 'pin images',
  signs: [sign({ fact: WAITING, is: 'ImagePullBackOff' }), sign({ fact: AVAILABLE, below: 1, newer: '10m' })],
};

async function write(path: string, content: object | string): Promise<void> {
  const file = join(scratch.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : stringify(content));
}

const fault = (name: string, changes: object = {}) =>
  write(`kubernetes/${name}.yml`, { name, ...base, ...changes });

const read = () => {
  const { library, mistakes } = readLibrary(scratch.path);
  return {
    names: [...library.faults.keys()],
    digest: library.digest,
    said: mistakes.map((one) => `${one.kind} ${sentenceOf(one).replace(`${scratch.path}/`, '')}`),
  };
};

describe('the library of faults', () => {
  it('holds every file of every section, however deep, and none where there is no folder', async () => {
    await fault('image_missing');
    await write('own/team/slow_disk.yml', { name: 'slow_disk', ...base });
    await write('README.md', 'no fault');
    await write('.hidden/other.yml', 'no fault either');
    expect(read()).toMatchObject({ names: ['image_missing', 'slow_disk'], said: [] });
    expect(readLibrary(join(scratch.path, 'nowhere'))).toMatchObject({ mistakes: [] });
  });

  it('is read by way of links, each file once, and never round in a circle', async () => {
    await write('..data/image_missing.yml', { name: 'image_missing', ...base });
    await symlink('..data/image_missing.yml', join(scratch.path, 'image_missing.yml'));
    await symlink('.', join(scratch.path, 'again'));
    expect(read()).toMatchObject({ names: ['image_missing'], said: [] });
  });

  it('has another digest as soon as anything of it is another', async () => {
    await fault('image_missing');
    const before = read().digest;
    expect(read().digest).toBe(before);
    await fault('image_missing', { cause: 'somebody else' });
    expect(read().digest).not.toBe(before);
  });

  it.each<[string, object, string]>([
    [
      'a fact that nobody states, with the one that was meant',
      { signs: [sign({ fact: 'k8s.container.waiting.reasn', is: 'x' })] },
      '12:9: signs.0.any.0.fact: "k8s.container.waiting.reasn" is no fact of the vocabulary: did you mean k8s.container.waiting.reason?',
    ],
    [
      'a number where a text is',
      { signs: [sign({ fact: WAITING, is: 5 })] },
      `signs.0.any.0.is: 5 cannot be what ${WAITING} says: write a text`,
    ],
    [
      'a bound of what is no number',
      { signs: [sign({ fact: WAITING, above: 1 })] },
      `signs.0.any.0.above: ${WAITING} is a text: compare it with is, not or matches`,
    ],
    [
      'a bound by another fact that is no number',
      { signs: [sign({ fact: AVAILABLE, above: { fact: WAITING } })] },
      `signs.0.any.0.above: ${WAITING} is a text, and ${AVAILABLE} a number`,
    ],
    [
      'a bound by a fact that nobody states',
      { signs: [sign({ fact: AVAILABLE, above: { fact: 'k8s.workload.replicas.availabel' } })] },
      'is no fact of the vocabulary: did you mean k8s.workload.replicas.available?',
    ],
    [
      'a pattern of a number',
      { signs: [sign({ fact: AVAILABLE, matches: '1' })] },
      `signs.0.any.0.matches: ${AVAILABLE} is a number, and no text that could match`,
    ],
    [
      'a pattern that cannot be read',
      { signs: [sign({ fact: WAITING, matches: '(?=x)' })] },
      'signs.0.any.0.matches: the pattern cannot be read: it looks ahead or behind, which RE2 cannot',
    ],
    [
      'a predicate that compares nothing',
      { unless: [{ because: 'no', any: [{ fact: WAITING }] }] },
      'unless.0.any.0: compares nothing: write one of is, not, matches, above, at_least, below, at_most, newer or older',
    ],
    [
      'a fault that nobody has, to be explained',
      { explains: ['image_mising'] },
      'explains.0: the library has no fault "image_mising": did you mean image_missing?',
    ],
    [
      'a fault that nobody has, to be instead',
      { unless: [{ fault: 'elsewhere', because: 'no', any: [{ fact: WAITING, is: 'x' }] }] },
      'unless.0.fault: the library has no fault "elsewhere"',
    ],
    ['one that explains itself', { explains: ['image_missing'] }, 'image_missing explains image_missing'],
    [
      'a word in braces that stands for nothing',
      { cause: '{value} is wrong' },
      'cause: {value} stands for nothing here: it can be {object}',
    ],
    ['a name of another file', { name: 'other' }, 'name: "other" is in a file called "image_missing.yml"'],
    ['a field that nobody knows', { because: 'x' }, 'because: is not known'],
  ])('refuses %s, in its line', async (_what, changes, words) => {
    await fault('image_missing', changes);
    const { said, names } = read();
    expect(said.join('\n')).toContain(words);
    expect(said[0]).toMatch(/^wrong kubernetes\/image_missing\.yml:\d+:\d+: /);
    expect(names).toEqual([]);
  });

  it('refuses two files of one name, and those that explain each other in a circle, all at once', async () => {
    await fault('one', { explains: ['two'] });
    await fault('two', { explains: ['three'] });
    await fault('three', { explains: ['one'] });
    await fault('four');
    await write('own/four.yml', { name: 'four', ...base });
    const { said, names } = read();
    expect(said).toEqual([
      expect.stringContaining('goes round in a circle: one explains two explains three explains one'),
      expect.stringContaining('goes round in a circle: three explains one explains two explains three'),
      expect.stringContaining('goes round in a circle: two explains three explains one explains two'),
      expect.stringMatching(/own\/four\.yml:1:1: name: .*kubernetes\/four\.yml has this name already/),
    ]);
    expect(names).toEqual(['four']);
  });

  it('doubts signs that one instrument alone tells, and files that it does not read', async () => {
    await fault('image_missing', { signs: [sign({ fact: WAITING, is: 'ImagePullBackOff' })] });
    await write('own/late.yaml', { name: 'late', ...base });
    expect(read().said).toEqual([
      'doubtful own/late.yaml: is not read: call it late.yml',
      expect.stringMatching(
        /^doubtful kubernetes\/image_missing\.yml:\d+:1: signs: one instrument \(kubelet\)/,
      ),
    ]);
  });
});
