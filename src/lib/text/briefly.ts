/**
 * A reading in the few words that matter to whoever only asks how it is: its first part, without process ids and uptimes, and without
 * saying twice that it runs. `supervisor on web-1: shop: RUNNING` of `supervisor on web-1: shop: RUNNING (pid 7, uptime 0:01:20), running`.
 */
export function briefly(words: string): string {
  const [first = ''] = words.replace(/^the health check says: /, '').split('; ');
  return first
    .replace(/ \((?:pid|uptime)\b[^()]*\)/, '')
    .replace(/, running$/, '')
    .trim();
}
