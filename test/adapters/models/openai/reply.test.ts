import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReply } from '../../../../src/adapters/models/openai/reply.ts';
import { CRASH } from '../../../kit/model/fixtures.ts';

const NAMES = ['restart_service'];
const json = JSON.stringify(CRASH);

function read(content: string) {
  const reading = readReply(content, NAMES);
  if (reading.kind === 'unreadable') throw new Error(reading.why);
  return reading.proposal;
}

describe('JSON is found', () => {
  test.each([
    ['bare', json],
    ['in a fence', `\`\`\`json\n${json}\n\`\`\``],
    ['after prose', `Here you go: ${json}`],
    ['after prose with a stray brace', `I looked at {the log and found:\n${json}\nThat is all.`],
    [
      'after thinking that drafts another',
      `<think>maybe ${JSON.stringify({ summary: 'draft' })}?</think>\n${json}`,
    ],
    ['after thinking with an open quote and brace', `<think>it says {"err</think>\n\n${json}`],
    ['over several lines', JSON.stringify(CRASH, null, 2)],
  ])('%s', (_name, content) => {
    expect(read(content).summary).toBe('catalog is down.');
  });

  test('whatever stands in the quotes of an answer, it comes out to the letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (quote) => {
        const [hypothesis] = CRASH.hypotheses;
        const claims = [{ text: 'x', citations: [{ evidence: 'E1', quote }] }];
        const content = JSON.stringify({ ...CRASH, hypotheses: [{ ...hypothesis, claims }] });
        expect(read(`Prose.\n${content}\n`).hypotheses[0]?.claims[0]?.citations[0]?.quote).toBe(quote);
      }),
    );
  });

  test('no text makes reading it throw', () => {
    const unit = fc.constantFrom('{', '}', '"', '\\', '[', ']', ':', ',', 'a', '\n', json);
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 200 }), (text) => readReply(text, NAMES) !== undefined),
    );
  });
});

describe('a sloppy answer is read as far as it is clear', () => {
  test('missing keys say nothing, and parameters may be an object', () => {
    const proposal = read(
      JSON.stringify({
        summary: 'x',
        hypotheses: [{ cause: 'y', parameters: { service: 'catalog', port: 80 } }],
      }),
    );
    expect(proposal).toEqual({
      summary: 'x',
      hypotheses: [
        {
          cause: 'y',
          claims: [],
          against: [],
          playbook: null,
          parameters: { service: 'catalog', port: '80' },
          selfConfidence: null,
        },
      ],
      prevention: null,
      lead: null,
    });
  });

  test('ids in brackets, confidence out of range and "none" are put right', () => {
    const proposal = read(
      JSON.stringify({
        summary: 'x',
        hypotheses: [{ cause: 'y', confidence: 7, against: [{ evidence: '[E3]', quote: ' q ' }] }],
        prevention: 'None.',
        lead: ' ',
      }),
    );
    expect(proposal).toMatchObject({ prevention: null, lead: null });
    expect(proposal.hypotheses[0]).toMatchObject({
      selfConfidence: 1,
      against: [{ evidence: 'E3', quote: ' q ' }],
    });
  });

  test('too many hypotheses and too long texts are cut', () => {
    const many = Array.from({ length: 50 }, () => ({ cause: 'z'.repeat(9000) }));
    const proposal = read(JSON.stringify({ summary: 'x', hypotheses: many }));
    expect(proposal.hypotheses).toHaveLength(5);
    expect(proposal.hypotheses[0]?.cause).toHaveLength(1200);
  });
});
