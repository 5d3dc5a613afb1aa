import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** The folder of the suite, as it was given. */
  readonly suite: string;
  /** A file that maps foreign labels; null for the one beside the suite. */
  readonly labels: string | null;
  readonly json: boolean;
  /** In how many other orders the evidence of each case is given. */
  readonly orders: number;
  /** The output of an earlier run with `--json`; null where nothing is compared. */
  readonly compare: string | null;
  readonly mutate: boolean;
  /** Only cases whose name has this in it; null for all. */
  readonly only: string | null;
  /** What was found and concluded is printed with each case. */
  readonly show: boolean;
  /** Every case is listed, not only those that are not right. */
  readonly all: boolean;
}

export const USAGE = `Usage: npm run eval -- [--suite DIR] [--labels FILE] [--json] [--k N] [--compare FILE] [--mutate] [--only NAME] [--show] [--all]

  --suite    a folder with scenarios, however deep (test/evals/scenarios)
  --labels   what foreign names of faults mean (labels.yml beside the suite)
  --json     the results as one line of JSON, the last one
  --k        gives the evidence in N other orders too: the answer must stay
  --compare  an earlier output of --json: says what changed, and ends with 1 where something got worse
  --mutate   removes each sign and each \`unless\` of the library in turn, and says which of them no case misses
  --only     runs the cases whose name has this in it
  --show     prints with each case what was found and what was concluded
  --all      lists every case, not only those that are not right
`;

const OWN = resolve(import.meta.dirname, 'scenarios');

/** Throws with a sentence that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      suite: { type: 'string', default: OWN },
      labels: { type: 'string' },
      json: { type: 'boolean', default: false },
      k: { type: 'string', default: '0' },
      compare: { type: 'string' },
      mutate: { type: 'boolean', default: false },
      only: { type: 'string' },
      show: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
    },
  });
  const orders = Number(values.k);
  if (!Number.isInteger(orders) || orders < 0) throw new Error(`--k ${values.k} is no number of orders`);
  return {
    suite: values.suite,
    labels: values.labels ?? null,
    json: values.json,
    orders,
    compare: values.compare ?? null,
    mutate: values.mutate,
    only: values.only ?? null,
    show: values.show,
    all: values.all,
  };
}
