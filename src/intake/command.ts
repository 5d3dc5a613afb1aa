/** `/heal` as it was meant. */
export type HealCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'status' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'run'; readonly playbook: string; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'malformed'; readonly reason: string };

const WORDS = ['help', 'list', 'status', 'pause', 'resume'] as const;

/** Reads `/heal <playbook> key=value ...`, with values quoted where they hold spaces, or one of its plain words. */
export function readHeal(text: string): HealCommand {
  const tokens = tokensOf(text.trim());
  if (tokens === null) return { kind: 'malformed', reason: 'a quote is not closed' };
  const [first, ...rest] = tokens[0] === 'run' ? tokens.slice(1) : tokens;
  if (first === undefined) return { kind: 'help' };
  const word = WORDS.find((candidate) => candidate === first);
  if (word !== undefined) return { kind: word };
  const parameters: Record<string, string> = {};
  for (const token of rest) {
    const [, key, value] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(token) ?? [];
    if (key === undefined || value === undefined)
      return { kind: 'malformed', reason: `"${token}" is not of the form key=value` };
    if (Object.hasOwn(parameters, key)) return { kind: 'malformed', reason: `"${key}" is given twice` };
    parameters[key] = value;
  }
  return { kind: 'run', playbook: first, parameters };
}

/** Splits at spaces outside of quotes; null when a quote is left open. Slack's curly quotes count as quotes. */
function tokensOf(text: string): readonly string[] | null {
  const plain = text.replaceAll(/[“”]/g, '"');
  const tokens = plain.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  if ((plain.match(/"/g)?.length ?? 0) % 2 === 1) return null;
  return tokens.map((token) => token.replaceAll('"', ''));
}
