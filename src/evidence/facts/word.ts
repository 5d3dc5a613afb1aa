/** What the vocabulary says of one fact. */
export interface Word {
  readonly type: 'text' | 'number' | 'flag';
  /** Of a number: a base unit. A `ratio` is a part of a whole, of which 1 is all. */
  readonly unit?: 'bytes' | 'seconds' | 'ratio' | 'number' | 'per second' | 'bytes per second';
  /** The kind of object that it is about: `pod`, `node`, `host`. */
  readonly about: string;
  /** Whose word it is: facts of two of these are two signs, and several of one are one. */
  readonly instrument: Instrument;
  /** Whether it is a structured state that Medic reads for itself, so that a plan may rest on it; a message, an event or a log line is none. */
  readonly look: boolean;
  readonly means: string;
}

/** What measures. Which object it measured, the evidence item says. */
export type Instrument =
  /** What a person or a pipeline wrote into the specification of an object. */
  | 'deployer'
  | 'controller'
  | 'scheduler'
  | 'kubelet'
  | 'apiserver'
  | 'supervisor'
  | 'kernel'
  | 'prometheus'
  | 'exporter'
  | 'probe'
  | 'database'
  | 'handshake'
  | 'resolver'
  | 'deploy record'
  | 'service';

export type Section = Readonly<Record<string, Word>>;
