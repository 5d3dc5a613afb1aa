import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadPrompt } from '../../../../src/adapters/models/openai/prompt.ts';
import { PROMPTS } from '../../../kit/model/fixtures.ts';

test('the prompt carries the hash of its file, so an answer says under which words it was given', async () => {
  const bytes = await readFile(join(PROMPTS, 'diagnose.md'));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  expect(await loadPrompt(PROMPTS, 'diagnose')).toEqual({ name: 'diagnose', text: expect.any(String), hash });
});

test('a missing or empty prompt is an error that names the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prompts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'blank.md'), ' \n');
  await expect(loadPrompt(folder, 'absent')).rejects.toThrow(join(folder, 'absent.md'));
  await expect(loadPrompt(folder, 'blank')).rejects.toThrow(/blank\.md is empty/);
});
