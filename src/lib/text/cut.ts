/**
 * A text for a place that holds so many characters: redacted first and cut then, so that half a secret is never left and
 * no marker is broken. Says with an ellipsis that something is missing.
 */
export function redactThenCut(text: string, room: number, redact: (text: string) => string): string {
  const clean = redact(text);
  if (clean.length <= room) return clean;
  const kept = clean.slice(0, Math.max(0, room - 1)).toWellFormed();
  const open = kept.lastIndexOf('[redacted:');
  const whole = open >= 0 && !kept.includes(']', open) ? kept.slice(0, open) : kept;
  return `${whole.replace(/\uFFFD$/, '').replace(/\[r?e?d?a?c?t?e?d?$/, '')}…`;
}

/** No word of a language is longer; what is, is known for a secret by its beginning. */
const LONGEST_WORD = 400;

/** Between words, of whatever script: a secret has none of these signs unless it is quoted. */
const BETWEEN = /[\s"'`<>{}|,;&]|[^\x21-\x7e]/;

/**
 * Cuts a text that is redacted later, where it goes out. The word that the cut would go through is left out with it: half a secret
 * would no longer be recognised.
 */
export function cutWholeWords(text: string, room: number): string {
  if (text.length <= room) return text;
  const most = Math.max(0, room - 1);
  let end = most;
  while (end > 0 && most - end < LONGEST_WORD && !BETWEEN.test(text[end] ?? '')) end -= 1;
  const kept = text.slice(0, BETWEEN.test(text[end] ?? '') ? end : most).toWellFormed();
  return `${kept.replace(/\uFFFD$/, '')}…`;
}
