import {
  findUser,
  OWN_ENVIRONMENT,
  ownsHome,
  ownUser,
  readableFrom,
  whyNotAs,
} from '../adapters/runners/process/isolation.ts';
import type { RunAs } from '../adapters/runners/process/run-as.ts';
import { scratchRoot } from '../adapters/runners/process/scratch.ts';
import { type Config, ConfigError } from '../config/load.ts';
import type { SecretSource } from '../config/secrets.ts';

/** What keeps Medic's secrets from the commands that it runs, in this installation, as tried at its start. */
export interface Isolation {
  /** Whose rights commands have; null for Medic's own. */
  readonly runAs: RunAs | null;
  /** What that user is called. */
  readonly user: string;
  /** The names of the secrets that a command can read. */
  readonly readable: readonly string[];
}

/**
 * Finds the user that commands run as, and tries what such a command can read.
 *
 * @throws ConfigError where `run_as` names a user that there is not, or that Medic may not become
 */
export async function isolationOf({ settings, secrets, hands, place }: Config): Promise<Isolation> {
  const runAs = await userOf(settings.run_as, scratchRoot(hands?.environment ?? {}), place);
  const placeOf = ({ file }: SecretSource) => file ?? OWN_ENVIRONMENT;
  const readable = new Set(await readableFrom([...new Set(secrets.map(placeOf))], runAs));
  return {
    runAs,
    user: runAs?.name ?? ownUser(),
    readable: secrets.filter((secret) => readable.has(placeOf(secret))).map(({ name }) => name),
  };
}

async function userOf(
  name: string | undefined,
  folder: string,
  place: Config['place'],
): Promise<RunAs | null> {
  if (name === undefined) return null;
  const found = await findUser(name);
  const why = 'refused' in found ? found.refused : await whyNotAs(found, folder);
  if (why !== null) throw new ConfigError(place([{ path: ['run_as'], message: why }]));
  return 'refused' in found ? null : { ...found, ownsHome: await ownsHome(found) };
}

/** Whether commands are kept from Medic's secrets. Of processes of one user, none is kept from another's memory for sure. */
export function isApart({ runAs, readable }: Isolation): boolean {
  return runAs !== null && readable.length === 0;
}

/** What holds, in a sentence for people. */
export function isolationInWords(isolation: Isolation): string {
  const { runAs, user, readable } = isolation;
  if (isApart(isolation)) return `Commands run as ${user} and cannot read Medic’s secrets.`;
  const names = readable.join(', ');
  if (runAs !== null)
    return `Commands run as ${user}, and yet can read secrets of Medic (${names}): take the right to read their files from ${user}.`;
  const what = readable.length === 0 ? 'what it holds in memory' : `its secrets (${names})`;
  return `Commands run as Medic’s own user (${user}): a playbook can read ${what}. Name another user as \`run_as\` in \`medic.yml\`.`;
}
