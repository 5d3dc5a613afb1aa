/** One thing that is wrong with a Block Kit payload, and where (a JSON pointer). */
export interface Problem {
  pointer: string;
  code: string;
  message: string;
  constraint?: Record<string, unknown>;
}

/** Looks at a value and reports what Slack would refuse in it. */
export type Check = (value: unknown, pointer: string, report: (problem: Problem) => void) => void;

function constraint(pointer: string, message: string, detail?: Record<string, unknown>): Problem {
  return { pointer, code: 'failed_constraint', message, ...(detail ? { constraint: detail } : {}) };
}

/** A string of `min` to `max` characters, of a form if `pattern` is given. */
export function string(limits: { min?: number; max?: number; pattern?: RegExp } = {}): Check {
  const { min = 0, max = Number.POSITIVE_INFINITY, pattern } = limits;
  return (value, pointer, report) => {
    if (typeof value !== 'string') return report(constraint(pointer, 'must be a string', { type: 'string' }));
    if (value.length < min) report(constraint(pointer, `must be more than ${min - 1} characters`, { min }));
    if (value.length > max) report(constraint(pointer, `must be less than ${max + 1} characters`, { max }));
    if (pattern && !pattern.test(value)) report(constraint(pointer, `must match pattern: ${pattern.source}`));
  };
}

export const boolean: Check = (value, pointer, report) => {
  if (typeof value !== 'boolean') report(constraint(pointer, 'must be a boolean', { type: 'boolean' }));
};

export function integer(min: number, max: number): Check {
  return (value, pointer, report) => {
    if (!Number.isInteger(value))
      return report(constraint(pointer, 'must be an integer', { type: 'integer' }));
    if (Number(value) < min || Number(value) > max) {
      report(constraint(pointer, `must be between ${min} and ${max}`, { min, max }));
    }
  };
}

export const number: Check = (value, pointer, report) => {
  if (typeof value !== 'number') report(constraint(pointer, 'must be a number', { type: 'number' }));
};

export const anything: Check = () => {};

/** One of a few words. */
export function oneOf(...expected: string[]): Check {
  return (value, pointer, report) => {
    if (typeof value === 'string' && expected.includes(value)) return;
    report(
      constraint(pointer, `must be one of: ${expected.join(', ')}`, {
        type: 'enum',
        expected,
        got: String(value),
      }),
    );
  };
}

/** A list of `min` to `max` items, each passing `item`. */
export function array(item: Check, limits: { min?: number; max?: number } = {}): Check {
  const { min = 0, max = Number.POSITIVE_INFINITY } = limits;
  return (value, pointer, report) => {
    if (!Array.isArray(value)) return report(constraint(pointer, 'must be an array', { type: 'array' }));
    if (value.length < min) report(constraint(pointer, `no less than ${min} items allowed`, { min }));
    if (value.length > max) report(constraint(pointer, `no more than ${max} items allowed`, { max }));
    value.forEach((entry, index) => {
      item(entry, `${pointer}/${index}`, report);
    });
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these fields: required ones must be there, and no others may be. */
export function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(constraint(pointer, 'must provide an object', { type: 'object' }));
    for (const [name, check] of Object.entries(required)) {
      if (value[name] === undefined || value[name] === null) {
        report({ pointer, code: 'missing_required_field', message: `missing required field: ${name}` });
      } else {
        check(value[name], `${pointer}/${name}`, report);
      }
    }
    for (const [name, entry] of Object.entries(value)) {
      if (name in required || entry === undefined) continue;
      const check = optional[name];
      if (check) check(entry, `${pointer}/${name}`, report);
      else {
        report({
          pointer,
          code: 'invalid_additional_property',
          message: `invalid additional property: ${name}`,
        });
      }
    }
  };
}

/** An object whose `type` picks the check. `variants` is a function so that types may hold each other. */
export function byType(variants: () => Record<string, Check>): Check {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(constraint(pointer, 'must provide an object', { type: 'object' }));
    if (value.type === undefined) {
      return report({ pointer, code: 'missing_required_field', message: 'missing required field: type' });
    }
    const expected = variants();
    const check = typeof value.type === 'string' ? expected[value.type] : undefined;
    if (check) return check(value, pointer, report);
    report({
      pointer: `${pointer}/type`,
      code: 'failed_constraint',
      message: `unsupported type: ${String(value.type)}`,
      constraint: { type: 'enum', expected: Object.keys(expected), got: String(value.type) },
    });
  };
}

/** A check and, on top of it, a rule over the whole object that answers a complaint in words. */
export function where(check: Check, rule: (value: Record<string, unknown>) => string | undefined): Check {
  return (value, pointer, report) => {
    check(value, pointer, report);
    const complaint = isObject(value) ? rule(value) : undefined;
    if (complaint) report(constraint(pointer, complaint));
  };
}

/** Runs a check and collects everything it reports. */
export function problemsOf(check: Check, value: unknown, pointer: string): Problem[] {
  const problems: Problem[] = [];
  check(value, pointer, (problem) => problems.push(problem));
  return problems;
}
