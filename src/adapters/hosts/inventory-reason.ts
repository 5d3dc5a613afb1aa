/** So much of what Ansible says of an inventory is repeated. */
const LONGEST = 300;

/**
 * Why Ansible cannot read an inventory, from what it says: every plugin that tried it complains, and the one that was meant is told by the
 * name of the file. Its last line says only that nothing could be read.
 */
export function inventoryReason(path: string, said: string): string {
  // Warnings are broken into lines of a terminal's width.
  const text = said.replace(/\s*\n\s*/g, ' ');
  const complaints = [
    ...text.matchAll(/Failed to parse (\S+) with (\w+) plugin: (.*?)(?=\[WARNING\]|ERROR!|$)/g),
  ];
  const wanted = /\.(?:ya?ml|json)$/.test(path) ? 'yaml' : 'ini';
  const [, file, , why] = complaints.find(([, , plugin]) => plugin === wanted) ?? complaints[0] ?? [];
  if (why === undefined) return lastLine(said);
  const syntax =
    /Syntax Error while loading YAML\.\s+(.*?)\s+The error appears to be in '(.*?)': line (\d+), column (\d+)/.exec(
      why,
    );
  const words =
    syntax === null ? why : `the YAML is broken in line ${syntax[3]}, column ${syntax[4]} (${syntax[1]})`;
  return clipped(file === undefined || file === path ? words : `${file}: ${words}`);
}

function lastLine(said: string): string {
  const lines = said.trim().split('\n');
  const last = lines.findLast((line) => line.trim() !== '' && !/^\[WARNING\]/.test(line)) ?? '';
  return clipped(last.replace(/^ERROR! /, '')) || 'ansible-inventory gave no reason';
}

function clipped(text: string): string {
  const line = text.trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}
