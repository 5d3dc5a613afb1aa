/**
 * Good readings side by side, each in its first clause, and each host named once: `web-1: /srv/data is 31 % used, shop.service: active
 * (running); healthz answered 200`.
 *
 * @param most so many of them, at most
 */
export function inShort(readings: readonly string[], most: number): string {
  const groups = new Map<string, string[]>();
  for (const reading of [...new Set(readings.map(briefly))].slice(0, most)) {
    const [, host = '', said = reading] = /^[\w ]{1,30} on ([\w.-]{1,63}): ([\s\S]+)$/.exec(reading) ?? [];
    const [clause = said] = host === '' ? [said] : said.split(', ');
    groups.set(host, [...(groups.get(host) ?? []), clause.slice(0, 120)]);
  }
  const shown = [...groups].map(([host, said]) =>
    host === '' ? said.join('; ') : `${host}: ${said.join(', ')}`,
  );
  return shown.join('; ');
}

/**
 * A reading in the few words that matter to whoever only asks how it is: its first part, without process ids and uptimes, and without
 * saying twice that it runs. `supervisor on web-1: shop: RUNNING` of `supervisor on web-1: shop: RUNNING (pid 7, uptime 0:01:20), running`.
 */
export function briefly(words: string): string {
  const [first = ''] = words.replace(/^(?:the health check says|health check): /, '').split('; ');
  return first
    .replace(/ \((?:pid|uptime)\b[^()]*\)/, '')
    .replace(/, running$/, '')
    .trim();
}
