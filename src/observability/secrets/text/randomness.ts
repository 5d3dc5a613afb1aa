/**
 * Capital and small letters and digits that change places all the time, or that nobody could speak. Names that are made of words change
 * at the beginnings of these words alone and have vowels, and hashes know no capitals.
 */
export function looksGenerated(word: string): boolean {
  // Names of advisories are made of letters and digits too.
  if (/^(?:GHSA|CVE)-/.test(word)) return false;
  const core = word.replace(/=+$|[-_]/g, '');
  const signed = /[!@#$%^&*]/.test(core.slice(1));
  if (core.length < (signed ? 10 : 12) || core.includes('//') || /[=&]\w/.test(core)) return false;
  if (!/[a-z]/.test(core) || !/[A-Z]/.test(core) || !/\d/.test(core)) return false;
  let changes = 0;
  for (let at = 1; at < core.length; at += 1) if (kindOf(core, at) !== kindOf(core, at - 1)) changes += 1;
  if (changes >= 0.45 * (core.length - 1)) return true;
  const letters = core.replace(/[^A-Za-z]/g, '');
  const vowels = letters.replace(/[^aeiouy]/gi, '').length;
  return /[A-Za-z]\d+[A-Za-z]/.test(core) && vowels < 0.2 * letters.length;
}

function kindOf(word: string, at: number): number {
  const code = word.charCodeAt(at);
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}
