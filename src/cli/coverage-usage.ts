import { parseArgs } from 'node:util';
import { promDuration } from '../coverage/duration.ts';
import { nearest } from '../lib/text/nearest.ts';
import type { CoverageWish } from './coverage.ts';

export const COVERAGE_USAGE = `Usage: medic coverage [--last 30d] [--prometheus URL] [--json | --markdown] [RULE FILES or folders...]

Says of each of your alert rules, before you install anything, what Medic could make of its alerts: what they will be about, which facts Medic
would read, which faults could be behind them and which playbooks mend those, or an honest none. What fired lately comes first.

Rules are read from the files and folders that are named: Prometheus' own, PrometheusRule resources, and what mixins render to. Without any, they
are read from Prometheus (--prometheus, PROMETHEUS_URL, or the servers of medic.yml), which tells what fired as well. Asks neither Redis nor
Slack, and changes nothing.

  --last 30d         how far back it looks at what fired
  --prometheus URL   the Prometheus to ask; a name and a password may stand in the address
  --json             the same as JSON, with everything that was read of each rule
  --markdown         the same as a page

Ends with 0 where all was read, with 1 where there is no rule or something is wrong, and with 2 where something could not be read.
`;

const LAST = '30d';
const [SHORTEST, LONGEST] = [3_600_000, 400 * 86_400_000];
const OPTIONS = {
  last: { type: 'string' },
  prometheus: { type: 'string' },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
} as const;

type Wrong = { readonly kind: 'wrong'; readonly why: string; readonly text: string };

/** What is asked of `medic coverage`. */
export function readCoverageWish(words: readonly string[]): CoverageWish | Wrong {
  const wrong = (why: string): Wrong => ({ kind: 'wrong', why, text: COVERAGE_USAGE });
  const names = Object.keys(OPTIONS).map((name) => `--${name}`);
  const strange = words.find(
    (word) => word.startsWith('-') && word !== '--' && !names.includes(word.split('=')[0] ?? ''),
  );
  if (strange !== undefined) {
    const near = nearest(strange, names);
    return wrong(`unknown word "${strange}"${near === null ? '' : `: did you mean ${near}?`}`);
  }
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const { last: written = LAST, prometheus = null, json = false, markdown = false } = values;
    const last = promDuration(written);
    if (last === null || last < SHORTEST || last > LONGEST)
      return wrong(`--last ${written}: write a duration from 1h to 400d, such as 30d`);
    if (json && markdown) return wrong('--json and --markdown are two forms of the same: choose one');
    const form = json ? 'json' : markdown ? 'markdown' : 'text';
    return { kind: 'coverage', form, last, prometheus, paths: positionals };
  } catch (error) {
    return wrong(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}
