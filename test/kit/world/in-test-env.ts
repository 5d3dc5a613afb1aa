import { openTestEnv, type TestEnv, type TestEnvOptions } from './test-env.ts';

/** How much of Medic's log a failed scenario shows. */
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
          value: `${error.message}\n\nMedic's log:\n${env.log().slice(-LOG_END)}`,
        });
      throw error;
    } finally {
      await env.stop();
    }
  };
}
