import type { Text } from '../../../../lib/text/text.ts';
import { oneLine, timely } from './text.ts';

/** A target by its name alone: the incident says already which environment it is in. */
export function placeName(target: string, environment: string): string {
  return target.startsWith(`${environment}/`) ? target.slice(environment.length + 1) : target;
}

/** A parameter's name as people say it: `to_release` is "to release". */
export function spoken(name: string): string {
  return name.replaceAll(/[_-]+/g, ' ').trim() || name;
}

/** Where a value comes from, as people say it. */
export function originOf(origin: Text): Text {
  if (typeof origin !== 'string') return origin;
  return origin === 'service registry, name' ? 'the service registry' : spoken(origin);
}

/** Figures without digits that nobody needs: `8.821%` is `8.8%`. Addresses, versions and times of day stay as they are. */
export function roundly(text: string): string {
  return text.replace(/(?<![\w.:])\d+\.\d{3,}(?![\w.]*\.\d)/g, (figure) => {
    const value = Number(figure);
    if (value === 0 || value >= 1e15) return figure;
    return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(value >= 10 ? 3 : 2)));
  });
}

/** What a person wants of a line that a machine wrote: the message of a JSON log line, the names of files, short addresses. */
export function readable(line: string): string {
  const [, count, rest] = /^(?:(\d+)x (?:from \S+ to \S+ )?like: )?([\s\S]*)$/.exec(line) ?? [];
  const said = messageIn(rest ?? line) ?? rest ?? line;
  const short = said
    .replace(/https?:\/\/[^\s"'()]{40,}/g, (address) => `${/^https?:\/\/[^/?#]+/.exec(address)?.[0]}/…`)
    .replace(/(?<![\w:/.])(?:\/[\w.@%+-]+){3,}/g, (path) =>
      path.length > 32 ? `…/${path.slice(path.lastIndexOf('/') + 1)}` : path,
    );
  return count === undefined ? short : `${short} (${count} times)`;
}

/** `error: request failed (TypeError: …)` of a line that is JSON, also where it was cut off; null where it is something else. */
function messageIn(line: string): string | null {
  const start = line.indexOf('{"');
  if (start < 0 || start > 80) return null;
  const message = fieldOf(line, 'msg|message|event');
  if (message === null) return null;
  const level = fieldOf(line, 'level|severity|lvl');
  const error = fieldOf(line, 'error|err|exception|why|reason');
  return `${level === null ? '' : `${level}: `}${message}${error === null || error === message ? '' : ` (${error})`}`;
}

function fieldOf(line: string, names: string): string | null {
  const [, found, end] = new RegExp(`"(?:${names})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)("?)`).exec(line) ?? [];
  if (!found) return null;
  const [first = '', ...more] = found.split(/\\n/);
  const said = first.replace(/\\(.)/g, '$1').trim();
  return said === '' ? null : `${said}${end === '' && more.length === 0 ? '…' : ''}`;
}

/** A quote, short enough to be read; the record has it to the letter. */
export function quoted(quote: string, max = 120): string {
  return `“${timely(readable(oneLine(quote)), max)}”`;
}

/** Where a signal comes from, as people call it. */
export function witnessName(witness: string): string {
  const [kind = '', ...rest] = witness.split('/').map(readablePart);
  const last = readablePart(witness.slice(witness.lastIndexOf('/') + 1));
  if (kind.startsWith('kubernetes ')) return authorName(kind.slice('kubernetes '.length), last);
  switch (kind) {
    case 'log':
      return `log ${last}`;
    case 'changes':
      return `change log ${last}`;
    case 'probe':
      return 'health check';
    case 'state':
      return rest[0] ?? 'process state';
    case 'alertmanager':
      return `alert ${last}`;
    case 'sender':
      return `${last}’s alert`;
    case 'scrape':
      return `scrape of ${last}`;
    case 'exporter':
      return `${rest[0] ?? 'exporter'} at ${last}`;
    case 'blackbox':
      return `probe of ${last}`;
    case 'service':
      return 'the service itself';
    case 'systemd':
    case 'supervisor':
      return `${kind} on ${rest[0] ?? 'its host'}`;
    case 'kernel':
      return `kernel on ${last}`;
    case 'release':
      return `release on ${rest[0] ?? 'its host'}`;
    case 'command':
      return `Medic’s look (${rest[0] ?? 'a command'})`;
    case 'database':
      return `database ${last}`;
    case 'handshake':
      return `TLS handshake with ${rest.join('/')}`;
    case 'resolver':
      return `DNS resolver ${last}`;
    case 'file':
      return `file on ${rest[0] ?? 'its host'}`;
    default:
      return rest.length > 0 ? `${kind} at ${last}` : kind;
  }
}

/** Who of Kubernetes said it, and of what. */
function authorName(author: string, of: string): string {
  const about = of === 'beside' || of === 'well' || of === 'rights' ? '' : ` of ${of}`;
  switch (author) {
    case 'apiserver':
      return 'API server';
    case 'deployer':
      return `specification${about}`;
    default:
      return `${author}${about}`;
  }
}

/** A part of an instrument's name, whose slashes are encoded: `http:%2F%2Fweb-1` is an address to people. */
function readablePart(part: string): string {
  return part.replaceAll('%2F', '/').replaceAll('%25', '%');
}
