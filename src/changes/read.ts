import { isArgo, readArgo } from './bodies/argocd.ts';
import { readGitHub } from './bodies/github.ts';
import { readOwn } from './bodies/own.ts';
import type { Report } from './change.ts';
import type { Told } from './told.ts';

/** What is older is no news, and may be somebody's recording; milliseconds. */
const OLDEST = 7 * 86_400_000;
/** By how much a sender's clock may be ahead, milliseconds. */
const AHEAD = 5 * 60_000;

const WANTED =
  'write {"service": "…", "version": "…"}, or send what GitHub sends (with X-GitHub-Event) or an Application of Argo CD';

/**
 * What the body of a webhook says of a change. Never throws, whatever the body is.
 *
 * @param event as `X-GitHub-Event` names it; null where nothing does
 * @param now epoch milliseconds
 */
export function readChange(body: unknown, event: string | null, now: number): Told {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { kind: 'wrong', problems: [`(body): is no object: ${WANTED}`] };
  const told = read(body, event, now);
  return told.kind === 'change' ? timely(told, told.report, now) : told;
}

function read(body: object, event: string | null, now: number): Told {
  if (event !== null) return readGitHub(event, body, now);
  if (Object.hasOwn(body, 'service')) return readOwn(body, now);
  return isArgo(body) ? readArgo(body) : { kind: 'wrong', problems: [`service: is missing: ${WANTED}`] };
}

function timely(told: Told, { at }: Report, now: number): Told {
  const when = Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : String(at);
  if (at > now + AHEAD) return { kind: 'wrong', problems: [`(time): ${when} is in the future`] };
  return at < now - OLDEST ? { kind: 'wrong', problems: [`(time): ${when} is more than 7 days ago`] } : told;
}
