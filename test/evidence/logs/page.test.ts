import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recogniserOf } from '../../../src/evidence/facts/signatures.ts';
import { writerOf } from '../../../src/evidence/logs/facts.ts';
import { findingsOf } from '../../../src/evidence/logs/telling.ts';
import { templatesOf } from '../../../src/evidence/logs/templates.ts';
import type { TimedLine } from '../../../src/evidence/logs/times.ts';
import { tellUsual } from '../../../src/evidence/logs/usual.ts';
import { readSignatures } from '../../../src/playbooks/signatures.ts';
import { serviceOf } from '../samples.ts';

const FROM = Date.parse('2026-11-29T03:00:00Z');
const MINUTE = 60_000;
const recognise = recogniserOf([readSignatures('playbooks').signatures]);
const item = {
  kind: 'log',
  title: 'Log of shop on web-1',
  source: 'file',
  query: 'tail of /var/log/shop.log on web-1',
  observedAt: FROM + 10 * MINUTE,
  witness: 'service/production/shop',
} as const;

function page(lines: readonly TimedLine[]) {
  const told = tellUsual(lines, FROM, FROM + 10 * MINUTE, recognise);
  return findingsOf(told, item, {
    window: { from: FROM, to: FROM + 10 * MINUTE },
    headline: 'headline',
    remarks: [],
    facts: {},
    writer: writerOf(serviceOf({ name: 'shop' }), 'web-1'),
  });
}

const WORDS = ['ash', 'birch', 'cedar', 'elm', 'fir', 'holly', 'larch', 'maple', 'oak', 'pine'];
/** A line of the ordinary traffic, of half a dozen kinds. */
const ordinary = (n: number) =>
  [
    `info request id=${n} user=${WORDS[n % 10]} GET /items/${n} 200 took ${n % 90}ms from 10.0.0.${n % 255}`,
    `info session sess-${(n * 7919).toString(36)}x${n} of ${WORDS[n % 7]}${WORDS[n % 9]} renewed`,
    `debug {"msg":"tick","n":${n},"trace":"${(n * 40503).toString(16).padStart(8, '0')}"}`,
    `warn upstream 10.0.0.7:${n} was slow: ${n}ms`,
    'info GET /health 200',
  ][n % 5] ?? '';

const facts = (findings: ReturnType<typeof page>, name: string) =>
  findings.flatMap(({ facts: own = [] }) => own).filter((fact) => fact.name === name);

describe('a log of ten thousand lines', () => {
  const rare = Array.from(
    { length: 40 },
    (_, i) => `notice only ${'x'.repeat(i + 1)} once ${'y '.repeat(i + 1)}`,
  );
  const lines = Array.from(
    { length: 10_000 },
    (_, n): TimedLine => ({ line: ordinary(n), at: FROM - 30 * MINUTE + n * 240 }),
  );
  for (const [i, line] of rare.entries())
    lines.splice(8000 + i * 40, 0, { line, at: FROM + MINUTE + i * 1000 });
  const findings = page(lines);
  const shown = findings.flatMap(({ text }) => text.split('\n'));

  it('becomes a page', () => {
    expect(shown.length).toBeLessThan(100);
    for (const { text } of findings) expect(text.length).toBeLessThan(4000);
  });

  it('keeps every line that was written once', () => {
    const kept = rare.filter((line) => shown.some((one) => one.startsWith(line.slice(0, 200))));
    expect(kept).toEqual(rare);
  });

  it('says how many more lines that were written once there are, where they find no room', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      line: `notice ${[...String(i)].map((digit) => WORDS[Number(digit)]).join(' ')} ${'z'.repeat(i)}`,
      at: FROM + i * 1000,
    }));
    const text = page(many).map((one) => one.text);
    expect(text.join('\n')).toMatch(/\((\d+) more lines that were written once\)/);
  });
});

describe('a template', () => {
  it('has a value where many different words stand, and a word where few do', () => {
    const masked = WORDS.flatMap((user) => [
      `user ${user} has been logged in`,
      'connection to the database accepted',
      'connection to the database refused',
    ]);
    expect([...new Set(templatesOf(masked))]).toEqual([
      'user <*> has been logged in',
      'connection to the database accepted',
      'connection to the database refused',
    ]);
  });

  it('never hides a word that looks bad', () => {
    const masked = [...WORDS, 'failed'].map((word) => `step nine of the job was ${word}`);
    expect(templatesOf(masked)).toContain('step nine of the job was failed');
  });

  it('is the same for a line, whatever other lines there are twice', () => {
    const line = fc.array(fc.constantFrom('a', 'b', 'error', '<n>', 'x=y'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(line.map((words) => words.join(' '))), (masked) => {
        const templates = templatesOf([...masked, ...masked]);
        expect(templates.slice(0, masked.length)).toEqual(templates.slice(masked.length));
      }),
    );
  });
});

describe('facts of a log', () => {
  it('name a known message with when it came first, by the line that shows it, in what its service runs on', () => {
    const line = 'FATAL:  sorry, too many clients already';
    const found = page([
      { line, at: FROM + 5000 },
      { line, at: FROM + 9000 },
    ]);
    expect(facts(found, 'log.signature')).toEqual([
      {
        name: 'log.signature',
        of: 'service/shop',
        within: ['host/web-1'],
        value: 'postgresql_too_many_clients',
        at: FROM + 5000,
        quote: `2x from 2026-11-29T03:00:05.000Z to 2026-11-29T03:00:09.000Z like: ${line}`,
      },
    ]);
    expect(found[0]?.text).toContain('(known: PostgreSQL has no connection left, 2x)');
  });

  it('call a message usual that came in the same measure before', () => {
    const every = Array.from({ length: 400 }, (_, n) => ({
      line: `connect ECONNREFUSED 10.0.0.9:${n}`,
      at: FROM - 30 * MINUTE + n * 6000,
    }));
    expect(facts(page(every), 'log.signature').map(({ value, usual }) => [value, usual])).toEqual([
      ['none', undefined],
      ['connection_refused', true],
    ]);
  });

  it('say that there is no known message', () => {
    expect(facts(page([{ line: 'hello', at: FROM }]), 'log.signature')).toMatchObject([{ value: 'none' }]);
  });

  it('all stand in a line of the text', () => {
    const line = fc.record({
      line: fc.oneof(fc.constantFrom('error ENOSPC', 'info 12 ok', 'GET /9 500'), fc.string()),
      at: fc.integer({ min: FROM - 30 * MINUTE, max: FROM + 10 * MINUTE }),
    });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { text, facts: own = [] } of page(lines))
          for (const { quote } of own) expect(text.includes(quote)).toBe(true);
      }),
    );
  });
});
