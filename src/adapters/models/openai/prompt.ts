import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A prompt as it was read, with the hash that every answer given under it carries. */
export interface Prompt {
  readonly name: string;
  readonly text: string;
  /** The first 12 hex digits of the SHA-256 of the file's bytes. */
  readonly hash: string;
}

/**
 * Reads `<folder>/<name>.md`.
 *
 * Throws an error that names the file and says what to do when it cannot be read or says nothing.
 */
export async function loadPrompt(folder: string, name: string): Promise<Prompt> {
  const file = join(folder, `${name}.md`);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new Error(
      `The prompt ${file} cannot be read. Restore the file, or correct the folder of prompts.`,
      {
        cause,
      },
    );
  }
  const text = bytes.toString('utf8').trim();
  if (text === '') {
    throw new Error(`The prompt ${file} is empty. Write what the model is asked, or restore the file.`);
  }
  return { name, text, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 12) };
}
