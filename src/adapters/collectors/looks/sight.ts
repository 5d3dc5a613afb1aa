import type { ServiceView } from '../../../evidence/collector.ts';
import type { HostAnswer, HostFacts } from '../../../evidence/hosts.ts';
import type { LookReading, LookState } from '../../../evidence/looks/look.ts';
import type { Judged } from '../../../evidence/looks/words.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';

/** What one kind of look knows of the host it looks at. */
export interface Sight {
  readonly service: ServiceView;
  readonly host: HostFacts;
  /** Runs a command there within what is left of the time, for `plain` see `HostCommand`; throws `NotRead` unless it answers. */
  ask(argv: readonly string[], become: boolean, plain?: readonly string[]): Promise<Answered>;
  readonly now: () => number;
}

export type Answered = Extract<HostAnswer, { kind: 'answered' }>;

/** What was seen, and by which instrument. */
export interface Seen extends Judged {
  readonly instrument: string;
  readonly facts: LookReading['facts'];
  /** The same for code, each with the name among `facts` whose line it stands in; without one it stands in the words. */
  readonly states?: readonly LookState[];
}

/** It could not be read, for a reason that people should know. */
export class NotRead extends Error {
  readonly late: boolean;
  constructor(reason: string, late = false) {
    super(reason);
    this.late = late;
  }
}

/** Nobody said what it is to look at. */
export class NotAsked extends NotRead {}

/** What a command said of its failure. */
export function reasonOf({ stdout, stderr, exitCode }: Answered): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim();
  return last === undefined ? `it ended with ${exitCode} and said nothing` : cutWholeWords(last, 300);
}

/** A name for a supervisor: no option, and no pattern, which would stand for others as well. */
export function unitName({ unit, name }: ServiceView): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}$/.test(unit)) return unit;
  throw new NotRead(`the unit ${JSON.stringify(unit)} of ${name} is no name of a unit or program`);
}
