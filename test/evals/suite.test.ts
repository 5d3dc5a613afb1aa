import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { mutate } from './mutate.ts';
import { openSuite } from './read/suite.ts';
import { type Answer, SILENCE } from './run/answer.ts';
import type { Ready } from './run/case.ts';
import { loadKnowledge } from './run/library.ts';
import { type Ran, runSuite, score } from './run/suite.ts';
import { summarise } from './score/summary.ts';

const suite = openSuite(resolve(import.meta.dirname, 'scenarios'), null);
const knowledge = loadKnowledge();

let scratch: Scratch;
let ran: Ran;
beforeAll(async () => {
  scratch = await scratchDir('evals');
  ran = await runSuite(suite, { knowledge, orders: 2, scratch: scratch.path });
}, 900_000);
afterAll(() => scratch.remove());

const tagged = (tag: string) => ran.ready.filter(({ scenario }) => scenario.tags.includes(tag));
const rowsOf = (cases: readonly Ready[]) => cases.map((one) => score(one, suite, knowledge).row);
const share = (cases: readonly Ready[]) =>
  rowsOf(cases).filter(({ verdict }) => verdict === 'right').length / cases.length;

describe('our own recorded incidents', () => {
  it('are all read', () => {
    expect(ran.rows.filter(({ verdict }) => verdict === 'error')).toEqual([]);
  });

  it('never make Medic do by itself what was not to be done', () => {
    expect(ran.rows.filter(({ verdict }) => verdict === 'wrong_action')).toEqual([]);
  });

  it('are recognised where they are clear, and mostly where another fault shows the same symptom', () => {
    expect(share(tagged('clear'))).toBeGreaterThanOrEqual(0.9);
    expect(share(tagged('confusable'))).toBeGreaterThanOrEqual(0.8);
  });

  it('leave a healthy system alone, whatever the alert says', () => {
    const healthy = ran.rows.filter((row) => row.healthy);
    expect(healthy.length).toBeGreaterThan(0);
    expect(healthy.filter(({ verdict }) => verdict !== 'right')).toEqual([]);
  });

  it('give the same answer in whatever order the evidence comes', () => {
    expect(ran.unstable).toEqual([]);
  });

  it('are told with citations that all stand in the evidence', () => {
    const { made, resolved } = summarise('own', ran.rows).citations;
    expect(made).toBeGreaterThan(0);
    expect(resolved).toBe(made);
  });
});

describe('who knows nothing', () => {
  const ill = () => ran.ready.filter(({ scenario }) => !scenario.expected.healthy);
  const worth = (answer: (one: Ready) => Answer, cases: readonly Ready[]) =>
    cases.filter((one) => score(one, suite, knowledge, answer(one)).row.verdict === 'right').length /
    cases.length;
  const claims = (changes: Partial<Answer>): Answer => ({
    ...SILENCE,
    stands: true,
    confidence: 1,
    ...changes,
  });

  it('scores nothing with an empty answer', () => {
    expect(worth(() => SILENCE, ill())).toBe(0);
  });

  it('scores next to nothing with the same answer to everything', () => {
    for (const name of knowledge.library.faults.keys()) {
      const constant = claims({ fault: name, object: 'deployment/shop/checkout' });
      expect(worth(() => constant, ran.ready)).toBeLessThan(0.15);
    }
  });

  it('scores next to nothing by repeating what it was shown', () => {
    const echo = ({ scenario, collected }: Ready) => {
      const said = collected.flatMap(({ evidence }) => evidence.map(({ text }) => text)).join('\n');
      return claims({
        fault: scenario.title,
        object: scenario.title,
        words: { summary: said, cause: said, claims: [said] },
      });
    };
    // Where any answer is right but a few, one that says everything may be.
    expect(worth(echo, ran.ready)).toBeLessThan(0.02);
  });
});

describe('the library', () => {
  it('has signs and exclusions that cannot be left out without a recorded incident noticing', () => {
    const covered = new Set(
      ran.ready.flatMap(({ scenario }) =>
        scenario.tags.includes('clear') ? (scenario.expected.fault ?? []) : [],
      ),
    );
    const missed = mutate(ran.ready, suite, knowledge, ({ name }) => covered.has(name));
    const noticed = missed.filter(({ by }) => by !== null).length;
    expect(noticed / missed.length).toBeGreaterThanOrEqual(0.4);
  });
});
