import { type ParseArgsConfig, parseArgs } from 'node:util';

type Declared = NonNullable<ParseArgsConfig['options']>;

/**
 * The options of a command that people type. `--help` prints how it is used, and ends it well; whatever else cannot be read is named, with how
 * it is used, and ends it with 2.
 */
export function optionsOf<const T extends Declared>(usage: string, options: T) {
  const { values } = read(usage, options);
  if (process.argv.slice(2).some((one) => one === '--help' || one === '-h')) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return values;
}

function read<const T extends Declared>(usage: string, options: T) {
  const args = process.argv.slice(2).filter((one) => one !== '--help' && one !== '-h');
  try {
    return parseArgs({ args, options });
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error), usage);
  }
}

/** Ends the command for a mistake of whoever typed it. */
export function misused(words: string, usage: string): never {
  process.stderr.write(`${words}\n\n${usage}`);
  process.exit(2);
}

/** A whole number from `least` on. */
export function wholeNumber(name: string, written: string, usage: string, least = 0): number {
  const number = Number(written);
  if (written.trim() === '' || !Number.isSafeInteger(number) || number < least)
    return misused(`--${name} takes a whole number from ${least} on, and not "${written}".`, usage);
  return number;
}
