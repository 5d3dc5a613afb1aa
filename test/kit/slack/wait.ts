import { performance } from 'node:perf_hooks';
import { PATIENCE } from '../stack/patience.ts';
import { timeFor } from '../vitest/in-time.ts';
import type { Workspace } from './state.ts';

const POLL_MS = 25;

/**
 * Waits until `look` finds something, looking again at every change of the workspace and every 25 ms.
 * @throws Error that names what was awaited, for how long, and shows the scene at the end
 */
export async function waitFor<Found>(
  workspace: Workspace,
  look: () => Found | undefined | false | null,
  options: { what: string; ms: number; scene(): string },
): Promise<Found> {
  const longest = timeFor(options.ms * PATIENCE);
  const deadline = performance.now() + longest;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > deadline) {
      throw new Error(`no ${options.what} within ${Math.round(longest)} ms\n\n${options.scene()}`);
    }
    await nextChange(workspace);
  }
}

function nextChange(workspace: Workspace): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      workspace.changes.off('change', done);
      resolve();
    };
    const timer = setTimeout(done, POLL_MS);
    workspace.changes.on('change', done);
  });
}
