/**
 * The parent of all commands of one worker. It holds each as `held-command.ts` says, whatever becomes of the others, and hears of them by a
 * channel that closes when the worker dies, however it dies: then it ends them all, carries out their wills, and goes. It is a program of
 * its own, in a session of its own, because a worker that gets SIGKILL cannot tidy up. A worker that goes in peace leaves it with nothing
 * to do. What commands write never passes through it.
 */
import { rm } from 'node:fs/promises';
import type { DoorAddress, GuardianMessage, WorkerMessage } from './guardian-messages.ts';
import { type Held, holdCommand } from './held-command.ts';

/** Until the worker has heard of their end. */
const commands = new Map<string, Held>();
let door: DoorAddress | null = null;

process.on('message', (message: WorkerMessage) => {
  switch (message.kind) {
    case 'door':
      door = message.door;
      return;
    case 'hold':
      if (door !== null) commands.set(message.command.id, holdCommand(message.command, door, tell));
      return;
    case 'go':
      return commands.get(message.id)?.go();
    case 'stop':
      return commands.get(message.id)?.stop();
    case 'heard':
      return void commands.delete(message.id);
    case 'ping':
      return tell({ kind: 'pong' });
    default:
      message satisfies never;
  }
});
process.on('disconnect', async () => {
  await Promise.all([...commands.values()].map((command) => command.orphan()));
  if (door !== null) await rm(door.folder, { recursive: true, force: true }).catch(() => undefined);
  process.exit();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const command of commands.values()) command.stop();
  });

function tell(message: GuardianMessage): void {
  // The worker may be gone by now; its disconnect is what is acted on.
  if (process.connected) process.send?.(message, () => {});
}
