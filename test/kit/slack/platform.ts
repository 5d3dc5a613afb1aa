import type { Delivery } from './delivery.ts';
import type { FaultBook } from './faults.ts';
import type { Limiter } from './rate-limit.ts';
import type { Workspace } from './state.ts';
import type { Block } from './types.ts';

/** One recorded call of the Web API. `answer` is what the app was told, or would have been. */
export interface ApiCall {
  method: string;
  args: Record<string, unknown>;
  /** Milliseconds since the Unix epoch. */
  at: number;
  answer: Record<string, unknown> | { fault: string };
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Shortcut {
  callback_id: string;
  name: string;
  description: string;
  /** Global ones stand among the commands, those of messages in each message's menu. */
  type: 'global' | 'message';
}

export interface PanelItem {
  id: string;
  label: string;
  detail: string;
  available: boolean;
  reason?: string;
}

/** Host functions that the page shows as a panel of buttons. */
export interface Panel {
  title: string;
  items(): Promise<PanelItem[]>;
  /** Runs one item and says in words what was done. */
  run(id: string): Promise<string>;
}

export interface Limits {
  /** Sustained posts a second into one channel. */
  messagesPerSecondPerChannel: number;
  /** Posts into one channel that may come at once before the pace applies. */
  messageBurst: number;
  /** Whether the per-method tiers (20, 50, 100 calls a minute) are enforced. */
  methodTiers: boolean;
  triggerLifeMs: number;
  ackMs: number;
  /** Pauses before the first, second and third redelivery of an event nobody acknowledged. */
  retryMs: number[];
  responseUrlUses: number;
  responseUrlLifeMs: number;
  /** How long an uploaded file is worked on before blocks may show it. */
  fileProcessingMs: number;
  /** How long a thread's status stands that nothing follows. */
  statusLifeMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  messagesPerSecondPerChannel: 1,
  messageBurst: 5,
  methodTiers: true,
  triggerLifeMs: 3000,
  ackMs: 3000,
  retryMs: [0, 60_000, 300_000],
  responseUrlUses: 5,
  responseUrlLifeMs: 30 * 60_000,
  fileProcessingMs: 0,
  statusLifeMs: 120_000,
};

/** Something that makes an interaction's `trigger_id` usable once, for a short time. */
export interface Trigger {
  user: string;
  /** Monotonic milliseconds. */
  at: number;
  used: boolean;
  /** The modal it came from, which `views.push` needs. */
  viewId?: string;
}

/** Where a `response_url` may write. */
export interface ResponseTarget {
  user: string;
  channel: string;
  /** The message the interaction came from; absent for slash commands. */
  messageTs?: string;
  threadTs?: string;
  uses: number;
  /** Monotonic milliseconds. */
  at: number;
}

/** The running emulator: the workspace and everything that acts on it. */
export interface Platform {
  workspace: Workspace;
  botToken: string;
  appToken: string;
  signingSecret: string;
  scopes: string[];
  events: string[];
  commands: Command[];
  shortcuts: Shortcut[];
  panel: Panel | null;
  limits: Limits;
  limiter: Limiter;
  delivery: Delivery;
  faults: FaultBook;
  calls: ApiCall[];
  triggers: Map<string, Trigger>;
  responseTargets: Map<string, ResponseTarget>;
  /** The options that apps suggested, by person, menu and place. */
  suggested: Map<string, Block[]>;
  socketTickets: Set<string>;
  /** `http://127.0.0.1:<port>`; known once the server listens. */
  url: string;
}
