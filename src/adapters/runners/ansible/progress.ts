import type { TaskLine } from '../../../execution/attempt.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import { causeOf } from './causes.ts';
import type { AnsibleEvent } from './events.ts';

type Status = TaskLine['status'];

/** The worst that a host said stands for the task. */
const WORSE: readonly Status[] = ['running', 'skipped', 'ok', 'changed', 'unreachable', 'failed'];
const DETAIL = 300;
/** What modules say of every success; it tells nobody anything. */
const BOILERPLATE = /^(All assertions passed|All items completed|OK \(.* bytes\))$/;

/** What a run of Ansible has said so far. Texts are redacted. */
export interface Progress {
  take(event: AnsibleEvent): void;
  /** The task under way, for people. */
  readonly current: string | null;
  readonly tasks: number;
  readonly changed: number;
  /** Whether anything was heard of a play at all. */
  readonly heard: boolean;
  /** Whether a task that may change something began on a host, or may have. */
  readonly acted: boolean;
  /** Failures that were not ignored, in words. */
  readonly failures: readonly string[];
  /** Plays that matched no host; one for the controller alone only prepares, and is not counted. */
  readonly unmatched: readonly string[];
  /** The hosts that were touched, by Ansible's closing statistics; null before they came. */
  readonly hosts: readonly string[] | null;
  /** What changed, or would change, in order. */
  readonly diffs: readonly string[];
  /** What was read of how things stand, by host; as it was said, secrets included. */
  readonly found: ReadonlyMap<string, string>;
  /** Tasks that were skipped on every host, by a condition or because a check cannot rehearse them. */
  readonly skipped: readonly string[];
}

type Ended = Extract<AnsibleEvent, { readonly event: 'failed' | 'unreachable' }>;

interface Said {
  readonly status: Status;
  readonly words: { readonly host: string; readonly text: string } | null;
}

/** Turns the callback's events into lines of progress, one per task whatever the number of hosts. */
export function createProgress(report: (line: TaskLine) => void, redact: (text: string) => string): Progress {
  const lines = new Map<string, TaskLine>();
  /** Per line, the worst that was said and who said it. */
  const said = new Map<string, Said>();
  const labels = new Map<string, string>();
  const hosts = new Set<string>();
  const found = new Map<string, string>();
  const failures: string[] = [];
  const unmatched: string[] = [];
  const diffs: string[] = [];
  let current: string | null = null;
  let changed = 0;
  let heard = false;
  /** A task that may act was given out, and a host is known to have begun it. */
  let given = false;
  let begun = false;
  let preparing = false;
  let touched: readonly string[] | null = null;

  const start = (task: string) => {
    const name = redact(task);
    // Two tasks of one name are two lines; Ansible allows it, and loops over included files make it common.
    let label = name;
    for (let count = 2; lines.has(label); count += 1) label = `${name} (${count})`;
    labels.set(task, label);
    current = label;
    tell({ name: label, status: 'running', detail: null });
  };
  const tell = (line: TaskLine) => {
    lines.set(line.name, line);
    report(line);
  };
  const end = (task: string, host: string, status: Status, text: string) => {
    hosts.add(host);
    if (!labels.has(task)) start(task);
    const name = labels.get(task) ?? task;
    const before = said.get(name);
    const worse = WORSE.indexOf(before?.status ?? 'running') > WORSE.indexOf(status);
    const words = text.trim() === '' ? (before?.words ?? null) : { host, text: text.trim() };
    const now = worse && before !== undefined ? before : { status, words };
    said.set(name, now);
    // Whose words they are goes without saying until a second host has spoken, be it only of the same task.
    const detail = now.words && (hosts.size > 1 ? `${now.words.host}: ${now.words.text}` : now.words.text);
    tell({ name, status: now.status, detail: detail && redactThenCut(detail, DETAIL, redact) });
  };
  const fail = (event: Ended, status: 'failed' | 'unreachable', text: string) => {
    const { task, host } = event;
    end(task, host, status, text);
    const cause = event.unsure ? null : causeOf(event);
    begun ||= event.acts && (cause === null || cause.mayHaveBegun);
    const words =
      cause?.words ?? ('refused' in event && event.refused ? text : plain(task, host, status, text));
    const failure = redactThenCut(words, 2 * DETAIL, redact);
    // An assertion fails on every host alike.
    if (!failures.includes(failure)) failures.push(failure);
  };

  const take = (event: AnsibleEvent): void => {
    heard = true;
    switch (event.event) {
      case 'play_start':
        preparing = event.hosts.every((host) => host === 'localhost');
        return;
      case 'no_hosts':
        if (!preparing) unmatched.push(redact(event.play));
        return;
      case 'task_start':
        given ||= event.acts;
        start(event.task);
        return;
      case 'ok':
        begun ||= event.acts;
        if (event.found !== undefined)
          found.set(event.host, [found.get(event.host), event.found].filter(Boolean).join('\n'));
        end(
          event.task,
          event.host,
          event.changed ? 'changed' : 'ok',
          BOILERPLATE.test(event.msg ?? '') ? '' : (event.msg ?? ''),
        );
        if (!event.changed) return;
        changed += 1;
        diffs.push(
          redact(`# ${event.task} (${event.host})\n${event.diff?.trimEnd() ?? '(changes, without a diff)'}`),
        );
        return;
      case 'failed': {
        const text = [event.msg, event.stderr?.trim()].filter(Boolean).join('\n');
        if (!event.ignored) fail(event, 'failed', text);
        else {
          begun ||= event.acts;
          end(event.task, event.host, 'ok', `failed, which the playbook ignores: ${text}`);
        }
        return;
      }
      case 'unreachable':
        fail(event, 'unreachable', event.msg);
        return;
      case 'skipped':
        end(event.task, event.host, 'skipped', '');
        return;
      case 'retry':
        begun ||= event.acts;
        end(event.task, event.host, 'running', `try ${event.attempt} of ${event.retries}`);
        return;
      case 'stats':
        touched = Object.keys(event.hosts);
        return;
      default:
        event satisfies never;
    }
  };

  return {
    take,
    get current() {
      return current;
    },
    get tasks() {
      return lines.size;
    },
    get changed() {
      return changed;
    },
    get heard() {
      return heard;
    },
    get acted() {
      // The closing statistics come once every host has answered; without them a host may still be at it.
      return begun || (given && touched === null);
    },
    get hosts() {
      return touched;
    },
    get found() {
      return found;
    },
    get skipped() {
      return [...lines.values()].filter(({ status }) => status === 'skipped').map(({ name }) => name);
    },
    failures,
    unmatched,
    diffs,
  };
}

function plain(task: string, host: string, status: 'failed' | 'unreachable', text: string): string {
  const how = status === 'failed' ? `failed on ${host}` : `could not reach ${host}`;
  return `task "${task}" ${how}: ${text.trim() || 'no message'}`;
}
