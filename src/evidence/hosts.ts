/** One command on one host of the inventory, to look and never to change: an argument vector, no shell string. */
export interface HostCommand {
  /** The host's name in the inventory. */
  readonly host: string;
  readonly argv: readonly string[];
  /** What says the same as `argv`, slower and with fewer programs: people are told of it, and it is run where sudo permits nothing else. */
  readonly plain?: readonly string[];
  /** Milliseconds, everything included. The command ends there too when they are over. */
  readonly timeout: number;
  /** Whether it is run with the rights that the inventory's fixes have; by default as whoever logs in. */
  readonly become?: boolean;
  /** Bytes of standard output that are kept, counted from the end; 256 KiB by default. */
  readonly outputCap?: number;
}

/**
 * What a host answered. `late` is worth another try: nothing is known but that time ran out. `refused` is an answer of the way there
 * (no route, key or host key refused, host not in the inventory), with the reason in words that name what to do.
 */
export type HostAnswer =
  | {
      readonly kind: 'answered';
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
      /** Whether the start of stdout is left out. */
      readonly truncated: boolean;
    }
  | { readonly kind: 'late'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** Whether the host was reached, and its sudo let nothing run. */
      readonly bySudo?: true;
    };

/** What the inventory says of a host. */
export interface HostFacts {
  readonly name: string;
  /** It is the machine that Medic runs on: commands run here, without SSH. */
  readonly local: boolean;
  readonly manager: 'systemd' | 'supervisor';
  /** Configuration file of supervisor, where that manages the services. */
  readonly supervisorConf: string | null;
}

/** Reads on the hosts of the inventory, over the same access that fixes use. Nothing here throws for what a host does. */
export interface Hosts {
  run(command: HostCommand, signal: AbortSignal): Promise<HostAnswer>;
  /** The facts of one host, or why there are none, in words. */
  facts(host: string): Promise<HostFacts | { readonly refused: string }>;
  /** The hosts of an inventory group; none where there is no such group. */
  group(name: string): Promise<readonly string[]>;
}
