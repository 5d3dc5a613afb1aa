/**
 * Starts the commands of one Medic that only read: see `run-brief.ts`. It hears of them by a channel that closes when that dies, however it
 * dies: then it ends them all, and goes.
 */
import { runHere } from './run-here.ts';
import type { StarterAnswer, StarterMessage } from './starter-messages.ts';

const running = new Map<number, AbortController>();

process.on('message', async (message: StarterMessage) => {
  const { id } = message;
  if (message.kind === 'stop') return running.get(id)?.abort();
  const stopping = new AbortController();
  running.set(id, stopping);
  const result = await runHere({ ...message.command, signal: stopping.signal });
  running.delete(id);
  const answer: StarterAnswer = { id, result };
  if (process.connected) process.send?.(answer, () => {});
});
process.on('disconnect', () => {
  for (const stopping of running.values()) stopping.abort();
  process.exit();
});
// A terminal and a service manager signal whole groups; it goes when its Medic has gone, who may still be asking.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
