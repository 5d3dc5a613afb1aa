import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTestEnv, type TestEnv, type TestEnvOptions } from './test-env.ts';

/** How much of the log of each Medic a failed scenario shows. */
const LOG_END = 4_000;

/**
 * A scenario in a ward of its own, as the body of a test. Wards do not touch each other, so tests made of this may run side by
 * side. A failure shows the end of Medic's log.
 */
export function inTestEnv(
  options: TestEnvOptions,
  play: (env: TestEnv) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const env = await openTestEnv(options);
    try {
      await play(env);
    } catch (error) {
      // What was aborted for taking too long has a message that cannot be set.
      if (error instanceof Error)
        Object.defineProperty(error, 'message', {
          value: [error.message, ...sceneOf(env, error.message), ...logsOf(env)].join('\n\n'),
        });
      throw error;
    } finally {
      await env.stop();
    }
  };
}

/** What stands in every channel; nothing where the error shows it already. */
function sceneOf({ slack }: TestEnv, told: string): readonly string[] {
  const scenes = [...slack.state.messages.keys()].map((channel) => slack.print(channel));
  return scenes.filter((scene) => !told.includes(scene.split('\n')[0] ?? ''));
}

/** Of the first Medic, and of its replicas and runners. */
function logsOf({ dir }: TestEnv): readonly string[] {
  const logs = readdirSync(dir).filter((name) => name.endsWith('.log'));
  return logs.map((log) => `${log}:\n${readFileSync(join(dir, log), 'utf8').slice(-LOG_END)}`);
}
