import type { HostFacts } from '../../evidence/hosts.ts';
import type { Account } from './process/environment.ts';

/** An open way to one host. */
export interface OpenWay {
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
