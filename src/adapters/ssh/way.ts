import type { HostAnswer, HostCommand, HostFacts } from '../../evidence/hosts.ts';
import type { Account } from '../process/environment.ts';

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
  ): Promise<Way | { readonly refused: string }>;
  /** Runs what only looks. */
  run(command: HostCommand, signal: AbortSignal): Promise<HostAnswer>;
}

/** An open way to one host. */
export interface Way {
  readonly facts: HostFacts;
  /** Whose rights the command that goes there has here. */
  readonly account: Account;
  /** Where the inventory keeps the numbers of fixes; null for the usual place. */
  readonly fenceFolder: string | null;
  /** The argument vector that runs a command there, with the rights that were asked for. */
  vector(argv: readonly string[]): readonly string[];
  /** Whether a line is the way's own remark, which says nothing of the command. */
  isRemark(line: string): boolean;
  /** Why those rights were refused, in words, by what was said where nothing began; null where that was not the reason. */
  refusal(said: string): string | null;
}
