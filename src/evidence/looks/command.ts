import { mustRead } from '../../lib/linear.ts';
import { cutWholeWords } from '../../lib/text/cut.ts';
import type { Judged } from './words.ts';

/** What the output of a playbook's own read-only command says, by the two expressions of its look. */
export function judgeCommand(
  output: string,
  look: { readonly fault: string; readonly well: string },
): Judged {
  const [fault, well] = [look.fault, look.well].map((pattern) =>
    mustRead(pattern, { lines: true }).test(output),
  );
  const said = cutWholeWords(output.trim().split('\n')[0] ?? '', 200);
  const words = said === '' ? 'it said nothing' : `it said "${said}"`;
  if (fault && well)
    return { verdict: 'unknown', words: `${words}, which speaks for the fault and for health` };
  if (fault) return { verdict: 'fault', words };
  if (well) return { verdict: 'well', words };
  return { verdict: output.trim() === '' ? 'unknown' : 'other', words };
}
