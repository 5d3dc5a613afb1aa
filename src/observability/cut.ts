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
