import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogger, type Logger } from '../../src/observability/logger.ts';
import { createRedactor } from '../../src/observability/redact.ts';

/** Logs by `write`, and answers with the lines as parsed. */
function linesOf(write: (log: Logger) => void, redact: (text: string) => string = (text) => text) {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', redact, destination: { write: (line) => lines.push(line) } }));
  return lines.map((line) => {
    expect(line).toMatch(/^[^\n]+\n$/);
    return JSON.parse(line);
  });
}

test('a line is one JSON object with time, level and message', () => {
  const [line] = linesOf((log) => log.info({ incident: 'inc-1' }, 'incident opened'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    pid: process.pid,
    incident: 'inc-1',
    msg: 'incident opened',
  });
});

test('lines below the level are not written', () => {
  expect(linesOf((log) => log.trace('too much'))).toEqual([]);
});

test('a registered secret survives nowhere: message, field, name of a field, child, nested value, error or its cause', () => {
  const redactor = createRedactor();
  redactor.register('hunter2hunter2');
  const secret = 'hunter2hunter2';
  const lines = linesOf((log) => {
    log.info(`said ${secret}`);
    log.info('said %s', secret);
    log.info({ a: { [secret]: [{ b: `x${secret}y` }] } }, 'nested');
    log.child({ bound: secret }).info('child');
    log.error(new Error(secret));
    log.error({ err: new Error('outer', { cause: new Error(secret) }) }, 'failed');
    log.error({ error: new AggregateError([new Error(secret)], secret) }, 'failed');
  }, redactor.redact);
  expect(lines).toHaveLength(7);
  expect(JSON.stringify(lines)).not.toContain(secret);
});

test('a redactor that cuts to the end of its text cannot break a line', () => {
  const { redact } = createRedactor();
  const [line] = linesOf(
    (log) => log.info({ key: '-----BEGIN RSA PRIVATE KEY-----\nMIIE', after: 1 }, 'x'),
    redact,
  );
  expect(line).toMatchObject({ after: 1, msg: 'x' });
  expect(JSON.stringify(line)).not.toContain('MIIE');
});

test('a text field that is named like a secret is never written', () => {
  const [line] = linesOf((log) => log.info({ password: 'x', botToken: 'y', tokens: { in: 3 } }, 'x'));
  expect(line).toMatchObject({
    password: '[redacted:field]',
    botToken: '[redacted:field]',
    tokens: { in: 3 },
  });
});

test('an error is written with its code and the chain of its causes, and nothing else it carries', () => {
  const root = Object.assign(new Error('connect refused'), {
    code: 'ECONNREFUSED',
    request: { body: 'all of it' },
  });
  const [line] = linesOf((log) => log.error({ err: new Error('no model', { cause: root }) }, 'failed'));
  expect(line.err).toEqual({
    type: 'Error',
    message: 'no model',
    stack: expect.any(String),
    cause: { type: 'Error', message: 'connect refused', code: 'ECONNREFUSED', stack: expect.any(String) },
  });
});

test('a chain of causes without end is cut', () => {
  const loop = new Error('loop');
  loop.cause = loop;
  const [line] = linesOf((log) => log.error({ err: loop }, 'failed'));
  expect(JSON.stringify(line).split('"message":"loop"').length - 1).toBeLessThanOrEqual(6);
});

test('whatever is logged, every line can be read back', () => {
  const { redact } = createRedactor();
  fc.assert(
    fc.property(fc.object(), fc.string({ unit: 'binary' }), (fields, text) => {
      const [line] = linesOf((log) => log.info({ fields, text }, 'anything'), redact);
      expect(line.msg).toBe('anything');
    }),
  );
});
