import type { HostAnswer, HostCommand } from '../../../evidence/hosts.ts';
import type { OpenWay } from '../way.ts';

/** What this runner asks of whoever knows the inventory and holds the connections. */
export interface WayToHosts {
  /** The inventory as it stands now, or why it cannot be read, in words; null where none is configured. */
  inventory(): Promise<
    { readonly groups: Readonly<Record<string, readonly string[]>> } | { readonly refused: string } | null
  >;
  /** Opens the way to a host, or says in words why there is none. Nothing is run there. */
  reach(
    host: string,
    how: { readonly become: boolean; readonly timeout: number },
    signal: AbortSignal,
  ): Promise<OpenWay | { readonly refused: string }>;
  /** Runs what only looks. */
  run(command: HostCommand, signal: AbortSignal): Promise<HostAnswer>;
}
