import { Readable, Writable } from 'node:stream';
import { audit } from '../../src/cli/audit.ts';
import { readWish } from '../../src/cli/usage.ts';

/** What these words and this environment come to, as `medic` would say it. */
export async function runMedic(words: readonly string[], env: Readonly<Record<string, string>>, input = '') {
  const wish = readWish(words);
  if (wish.kind !== 'audit-export' && wish.kind !== 'audit-verify')
    throw new Error(`it was understood as ${JSON.stringify(wish)}`);
  const [out, err] = [collecting(), collecting()];
  const code = await audit(wish, env, { in: Readable.from([input]), out: out.stream, err: err.stream });
  return { code, out: out.text(), err: err.text() };
}

function collecting() {
  const parts: string[] = [];
  const stream = new Writable({
    write(part, _encoding, done) {
      parts.push(String(part));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}
