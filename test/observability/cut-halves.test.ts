import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogCollector } from '../../src/adapters/collectors/logs/collector.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import { excerpt } from '../../src/adapters/models/openai/failure.ts';
import { writeQuestion } from '../../src/adapters/models/openai/question.ts';
import { saidBy } from '../../src/adapters/sinks/slack/blocks/alerts.ts';
import { readWebhook } from '../../src/alerts/alertmanager.ts';
import { plain, quoted } from '../../src/desk/words.ts';
import { wordsOf } from '../../src/engine/health/losses.ts';
import { collect } from '../../src/evidence/collect.ts';
import { recordable } from '../../src/incident/model/timeline.ts';
import { withoutSecrets } from '../../src/lib/secrets.ts';
import { cutWholeWords } from '../../src/lib/text/cut.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { base } from '../alerts/battery.ts';
import { evidenceOf, inquiryOf, NOON, serviceOf } from '../evidence/samples.ts';
import { item, question } from '../kit/model/fixtures.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { leftOf, makerOf } from './field/make.ts';

const { redact } = createRedactor();
const { upper, alnum } = makerOf(5);

/** Known by its length alone: half of it looks like a name. */
const REST = upper(16);
const SECRET = `${['AK', 'IA'].join('')}${REST}`;

/** A text in which a cut after so many characters goes through the secret. */
const across = (room: number) => `${'the key was '.repeat(room).slice(0, room - 12)} ${SECRET} was refused`;
const isSafe = (text: string) => expect(leftOf(REST, text), text).toEqual([]);

it('the secret of these tests is known whole and not known by its half', () => {
  isSafe(redact(SECRET));
  expect(redact(SECRET.slice(0, 13))).toBe(SECRET.slice(0, 13));
});

it('wherever a text is cut between words, nothing is left of a secret that redaction knows', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abc,;"<>世\u{1f600} '), maxLength: 30 });
  fc.assert(
    fc.property(word, word, fc.nat(60), (before, after, room) => {
      const cut = cutWholeWords(`${before} ${SECRET} ${after}`, room);
      expect(cut.length).toBeLessThanOrEqual(Math.max(1, room, 0));
      expect(cut.isWellFormed()).toBe(true);
      isSafe(redact(cut));
    }),
  );
});

it('what has no end of a word is cut where it is', () => {
  expect(cutWholeWords('x'.repeat(1000), 500)).toBe(`${'x'.repeat(499)}…`);
  expect(cutWholeWords('short', 5)).toBe('short');
});

describe('half a secret never goes out: redaction comes before the cut, or the cut leaves the word out', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await scratchDir('cut-halves');
  });
  afterAll(() => scratch?.remove());

  const alertWith = (summary: string) => {
    const read = readWebhook({ version: '4', alerts: [{ ...base, annotations: { summary } }] });
    if (read.kind === 'malformed' || read.alerts[0] === undefined) throw new Error('no alert');
    return read.alerts[0];
  };

  it('into the thread, from an alert that is longer than Medic keeps', () => {
    const said = saidBy(withoutSecrets(alertWith(across(4000)), redact));
    expect(said.length).toBeGreaterThan(3900);
    isSafe(said);
  });

  it('into the thread, in the words of a person or a sender', () => {
    isSafe(redact(plain(across(120))));
    isSafe(redact(plainly([quoted(across(80))])));
    const notice = { kind: 'back', name: across(120), from: '', last: 1, at: 1 } as const;
    isSafe(redact(plainly(wordsOf(notice))));
  });

  it('into the model’s prompt, from a long line of a log and an earlier attempt', async () => {
    const file = join(scratch.path, 'shop.log');
    const inventory = join(scratch.path, 'inventory.ini');
    await writeFile(file, `2026-11-03T11:59:30Z ${across(379)}\n`);
    await writeFile(inventory, 'db-1 ansible_connection=local\n');
    const hosts = createHosts({ inventory, environment: process.env });
    try {
      const collector = createLogCollector({ hosts, now: Date.now, timeout: 10_000 });
      const inquiry = inquiryOf({ alerts: [], service: serviceOf({ hosts: ['db-1'], logs: [{ file }] }) });
      const evidence = await evidenceOf({ logs: collector }, inquiry, {
        ...{ budget: 10_000, redact, now: () => NOON },
      });
      expect(evidence[0]?.text).toContain('the key was');
      const prompt = writeQuestion(question({ evidence, earlier: across(4000) }), {
        maxEvidenceChars: 20_000,
        redact,
      });
      expect(prompt).toContain('the key was');
      isSafe(prompt);
    } finally {
      await hosts.close();
    }
  });

  it('into the log, from what another server said', () => {
    const lines: string[] = [];
    const log = createLogger({
      level: 'info',
      redact,
      destination: { write: (line) => lines.push(line) },
    });
    log.warn({ reason: excerpt(across(200)) }, 'the model did not answer');
    isSafe(lines.join(''));
    expect(lines.join('')).toContain('the key was');
  });

  it('into the record, from an alert that is longer than Medic keeps', () => {
    const alert = alertWith(across(4000));
    isSafe(JSON.stringify(recordable({ kind: 'alert-attached', alert }, redact)));
  });

  it('from the evidence itself, whose query is longer than Medic keeps', async () => {
    const finding = { ...item({ id: 'E1', text: alnum(8) }), query: across(4000) };
    const found = await collect(
      { answer: async () => [{ ...finding, environment: undefined } as never] },
      [{ request: { collector: 'x', arguments: null }, kind: 'log' }],
      inquiryOf({ alerts: [] }),
      { at: 42, budget: 1000, redact, now: () => 42 },
    );
    isSafe(redact(found[0]?.query ?? ''));
  });
});
