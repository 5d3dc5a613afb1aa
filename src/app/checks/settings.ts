import { existsSync, readFileSync } from 'node:fs';
import { configFile } from '../../config/load.ts';
import { Settings } from '../../config/settings.ts';
import { readAs } from '../../lib/schema/explain.ts';
import { type Mistake, mistake } from '../../lib/schema/mistake.ts';
import { readYaml } from '../../lib/schema/yaml.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** What medic.yml says, or the defaults where there is none, or none that can be read. */
export function settingsOf(environment: Variables): {
  readonly settings: Settings;
  readonly mistakes: readonly Mistake[];
} {
  const file = configFile(environment);
  const defaults = Settings.parse({});
  if (!existsSync(file)) return { settings: defaults, mistakes: [] };
  const written = readYaml(readFileSync(file, 'utf8'), file);
  const read = 'broken' in written ? null : readAs(Settings, written.value ?? {});
  if (read !== null && 'value' in read) return { settings: read.value, mistakes: [] };
  const message = 'has mistakes, so nothing of it was used: medic check lists them';
  return { settings: defaults, mistakes: [mistake(file, '', message, 'unchecked')] };
}
