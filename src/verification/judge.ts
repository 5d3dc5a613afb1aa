import type { LookReading } from '../evidence/looks/look.ts';
import type { Check } from '../playbooks/manifest.ts';
import type { VerifySpec } from '../playbooks/plan.ts';
import type { CheckAnswer, Outcome, Sample } from './outcome.ts';
import type { Reading } from './reading.ts';

type Answer = CheckAnswer['answer'];

/**
 * Judges what the sources said. A signal observed before `notBefore` says nothing about what happened since, so it is
 * `unknown`, as is every missing one: missing data is not health.
 */
export function sampleOf(readings: readonly Reading[], notBefore: number, now: number): Sample {
  const observed = readings.flatMap((reading) => (reading.kind === 'missing' ? [] : [reading.at]));
  return {
    at: now,
    observedAt: observed.length === 0 ? null : Math.min(...observed),
    answers: readings.map((reading) => answerTo(reading, notBefore)),
  };
}

function answerTo(reading: Reading, notBefore: number): CheckAnswer {
  const { check } = reading;
  if (reading.kind === 'missing')
    return { check, answer: 'unknown', words: `${nameOf(check)}: ${reading.reason}` };
  if (reading.at < notBefore)
    return { check, answer: 'unknown', words: `${nameOf(check)}: no fresh signal yet` };
  if (reading.kind === 'value' && 'metric' in check) {
    const { is, value } = check.metric;
    const words = `${nameOf(check)} is ${number(reading.value)} (it has to be ${is} ${number(value)})`;
    return {
      check,
      answer: Number.isNaN(reading.value) ? 'unknown' : goodIf(holds(reading.value, is, value)),
      words,
    };
  }
  if (reading.kind === 'alert' && 'alert' in check) {
    const words =
      reading.byNotice === true
        ? 'its sender says that the alert has resolved; its source could not be asked'
        : `the alert ${reading.firing ? 'still fires' : 'does not fire'}`;
    return { check, answer: goodIf(reading.firing === (check.alert === 'firing')), words };
  }
  if (reading.kind === 'probe' && 'probe' in check) {
    const words = `health check: ${reading.detail}`;
    return { check, answer: goodIf(reading.healthy === (check.probe === 'healthy')), words };
  }
  if (reading.kind === 'look' && ('look' in check || 'unit' in check)) {
    const words = reading.readings.map((one) => one.words).join('; ');
    return { check, answer: lookAnswer(check, reading.readings), words };
  }
  return { check, answer: 'unknown', words: `${nameOf(check)}: answered with something else` };
}

/**
 * Neither the fault nor health is read into what could not be looked at. The fault has to be there wherever the plan would act: a host
 * that is well is not mended along with another.
 */
function lookAnswer(check: Check, readings: readonly LookReading[]): Answer {
  const wanted = 'look' in check && check.look === 'fault' ? 'fault' : 'well';
  const others = readings.filter(({ verdict }) => verdict !== wanted);
  if (readings.length === 0 || (others.length > 0 && others.every(({ verdict }) => verdict === 'unknown')))
    return 'unknown';
  return goodIf(others.length === 0);
}

/**
 * What several hosts say together: the fault is there where one shows it, all is well only where every one says so, and what could not be
 * read is no health.
 */
export function together(readings: readonly LookReading[]): LookReading['verdict'] {
  const verdicts = readings.map(({ verdict }) => verdict);
  if (verdicts.includes('fault')) return 'fault';
  if (verdicts.length === 0 || verdicts.includes('unknown')) return 'unknown';
  return verdicts.includes('other') ? 'other' : 'well';
}

function goodIf(good: boolean): Answer {
  return good ? 'good' : 'bad';
}

function holds(left: number, is: string, right: number): boolean {
  switch (is) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    default:
      return left !== right;
  }
}

/** A metric by its name and labels alone, whose value is the answer; and in what is computed, the first metric that is read. */
const PLAIN = /^([A-Za-z_:][\w:]*)(?:\{[^{}]*\})?$/;
const READ = /(?<![\w:])([A-Za-z_:][\w:]*)[{[]/;

/** What a check asks, in words. What is computed from a metric is not called by its name: a rate of it is another figure. */
function nameOf(check: Check): string {
  if ('alert' in check) return 'the alert';
  if ('probe' in check) return 'health check';
  if ('look' in check) return 'Medic’s look';
  if ('unit' in check) return 'the unit';
  const query = check.metric.query.trim();
  const [, name] = PLAIN.exec(query) ?? [];
  if (name !== undefined) return name;
  const [, read] = READ.exec(query) ?? [];
  return read === undefined ? 'the query' : `the query on ${read}`;
}

function number(value: number): string {
  return Math.abs(value) >= 10_000
    ? value.toLocaleString('en', { maximumFractionDigits: 0 })
    : String(Number(value.toPrecision(4)));
}

/** What all the checks of a sample say together: one bad is bad, else one unknown is unknown. No checks prove nothing. */
export function overall(sample: Sample): Answer {
  const answers = sample.answers.map(({ answer }) => answer);
  if (answers.includes('bad')) return 'bad';
  return answers.length === 0 || answers.includes('unknown') ? 'unknown' : 'good';
}

/** How long after the deadline a source may still take to observe the end of the stability window, milliseconds. */
const FINISH = 120_000;

/** How far a verification has come. `outcome` is null while it goes on. */
export interface Progress {
  readonly goodSince: number | null;
  readonly outcome: Outcome | null;
}

/**
 * Moves a verification on by one sample. Proven once every check has been good for the stability window; at the deadline
 * refuted if a check contradicts recovery, unproven if the data does not suffice. A recovery that began in time may finish
 * its stability window after the deadline.
 */
export function progress(
  spec: VerifySpec,
  sample: Sample,
  since: { readonly goodSince: number | null; readonly deadline: number },
): Progress {
  const now = sample.at;
  const answer = overall(sample);
  // Stability is counted in what the sources observed: one observation, looked at twice, shows no stability.
  const observedAt = sample.observedAt ?? now;
  const goodSince = answer === 'good' ? (since.goodSince ?? observedAt) : null;
  const conclude = (kind: Outcome['kind'], reason: string): Progress => ({
    goodSince,
    outcome: { kind, reason, sample, at: now },
  });
  if (goodSince !== null && observedAt - goodSince >= spec.stable) {
    return conclude('proven', `every check was good for ${spec.stable / 1000} s`);
  }
  const finishing = goodSince !== null && now < since.deadline + spec.stable + FINISH;
  if (now < since.deadline || finishing) return { goodSince, outcome: null };
  const telling = sample.answers.filter((one) => one.answer === answer).map(({ words }) => words);
  return answer === 'bad'
    ? conclude('refuted', telling.join('; '))
    : conclude('unproven', telling.join('; ') || 'the playbook names no check that applies here');
}
