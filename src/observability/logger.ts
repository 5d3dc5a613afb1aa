import { type DestinationStream, pino, stdTimeFunctions } from 'pino';

/** How many causes of an error are written. */
const DEEPEST_CAUSE = 5;

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LoggerOptions {
  readonly level: Level;
  /** Every string of a line passes through it: message, fields, names of fields, errors. */
  readonly redact: (text: string) => string;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * What the code logs with. Messages are static text and data goes into fields, an error into `err`:
 * `log.warn({ err, incident }, 'the model did not answer')`.
 */
export type Logger = ReturnType<typeof createLogger>;

/** Writes one JSON object a line, always; the time is ISO 8601 and the level a word. */
export function createLogger({ level, redact, destination = pino.destination(1) }: LoggerOptions) {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields, error: errorFields },
      // The finished line is taken apart once more, so that no way of logging goes round the redactor.
      hooks: { streamWrite: (line) => redactLine(line, redact) },
    },
    destination,
  );
}

function redactLine(line: string, redact: (text: string) => string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return redact(line);
  }
  return `${JSON.stringify(redactDeep(value, redact))}\n`;
}

const NAMES_A_SECRET =
  /^(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)$|(?:Token|Secret|Password)$/i;

function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactDeep(each, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      redact(name),
      typeof each === 'string' && NAMES_A_SECRET.test(name) ? '[redacted:field]' : redactDeep(each, redact),
    ]),
  );
}

/** An error with what a reader needs, and the chain of its causes; other properties of errors are left out. */
function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  return {
    type,
    message,
    ...('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? { code: error.code }
      : {}),
    stack,
    ...(error instanceof AggregateError && depth < DEEPEST_CAUSE
      ? { errors: error.errors.slice(0, 10).map((each) => errorFields(each, depth + 1)) }
      : {}),
    ...(cause === undefined || depth >= DEEPEST_CAUSE ? {} : { cause: errorFields(cause, depth + 1) }),
  };
}
