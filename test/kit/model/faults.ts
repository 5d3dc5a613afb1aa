/** A line that shows something, and in which kinds of evidence it counts. */
export interface Sign {
  readonly kinds: readonly string[];
  readonly line: RegExp;
  readonly claim: string;
}

/** A cause that can be told by its signs; without the first sign it is not considered. `{service}` is the subject. */
export interface Fault {
  readonly cause: string;
  readonly summary: string;
  readonly prevention: string;
  /** How the names of playbooks that would help begin, the best first. */
  readonly playbooks: readonly string[];
  readonly signs: readonly Sign[];
  readonly against: readonly Sign[];
}

const RUNNING: Sign = {
  kinds: ['state', 'probe'],
  line: /\bRUNNING\b|\banswered 200\b/,
  claim: 'The process runs.',
};

/** The faults of the demo fleet, and of most others. */
export const FAULTS: readonly Fault[] = [
  {
    cause: 'The process of {service} ended and was not started again.',
    summary: '{service} is down: its process is gone, and everything that calls it fails.',
    prevention:
      'Let the supervisor restart {service} by itself, and keep its core dump to learn why it ended.',
    playbooks: ['restart_', 'start_'],
    signs: [
      {
        kinds: ['alert'],
        line: /^alert \S*(Down|Crash|Absent|Unreachable)\S* is firing/i,
        claim: '{service} does not answer.',
      },
      {
        kinds: ['state'],
        line: /\b(EXITED|FATAL|STOPPED|BACKOFF|inactive|failed)\b/,
        claim: 'Its process is not running.',
      },
      {
        kinds: ['probe'],
        line: /refused|ECONNREFUSED|did not answer/i,
        claim: 'Nothing listens at its address.',
      },
      { kinds: ['metric'], line: /\bup\b|\bnow 0\b|now: 0\b/, claim: 'Its scrapes fail.' },
    ],
    against: [RUNNING],
  },
  {
    cause: 'A new release of {service} fails requests that the one before it answered.',
    summary: '{service} answers many requests with errors since its last deploy.',
    prevention: 'Send a small share of the traffic to a new release first, and stop there when errors rise.',
    playbooks: ['rollback_', 'revert_'],
    signs: [
      {
        kinds: ['change'],
        line: /\b(deployed|released)\b/i,
        claim: 'A release went out shortly before.',
      },
      {
        kinds: ['alert'],
        line: /^alert \S*(Error|5xx|Failure)\S* is firing/i,
        claim: 'Too many requests fail.',
      },
      {
        kinds: ['log'],
        line: /\b(500|TypeError|ReferenceError|request failed|exception)\b/i,
        claim: 'Its log shows the failing code.',
      },
      { kinds: ['metric'], line: /error|5\.\.|5xx/i, claim: 'The error rate rose.' },
    ],
    against: [
      {
        kinds: ['log'],
        line: /ENOSPC|ECONNREFUSED|fetch failed|out of memory/i,
        claim: 'Another cause would explain it.',
      },
    ],
  },
  {
    cause: '{service} keeps memory that it no longer needs.',
    summary: '{service} uses more and more memory and will be killed when the host runs out.',
    prevention:
      'Give the cache of {service} an upper bound with eviction, and set a memory limit on the process.',
    playbooks: ['recycle_', 'restart_'],
    signs: [
      {
        kinds: ['alert'],
        line: /^alert \S*(Memory|Leak|Oom)\S* is firing/i,
        claim: 'Its memory passed the limit.',
      },
      {
        kinds: ['metric'],
        line: /resident_memory|memory|heap/i,
        claim: 'Its memory grows without coming back.',
      },
      {
        kinds: ['log'],
        line: /cache grows|nothing was evicted|out of memory|heap/i,
        claim: 'Its log says what grows.',
      },
      { kinds: ['state'], line: /\bRUNNING\b/, claim: 'The process still runs.' },
    ],
    against: [],
  },
  {
    cause: 'Files that nobody deletes filled the data disk of {service}.',
    summary: 'The data disk of {service} is full or nearly so, and its writes fail.',
    prevention:
      'Rotate the debug log by size with a limit on old files, and alert on the trend of free space.',
    playbooks: ['clean_', 'free_'],
    signs: [
      {
        kinds: ['alert'],
        line: /^alert \S*(Disk|Filesystem|Volume)\S* is firing/i,
        claim: 'The disk is almost full.',
      },
      {
        kinds: ['log'],
        line: /ENOSPC|no space left|debug log/i,
        claim: 'Its log shows what fills the disk.',
      },
      {
        kinds: ['metric', 'state'],
        line: /bytes_available|avail|disk|mountpoint|filesystem/i,
        claim: 'Free space fell.',
      },
    ],
    against: [],
  },
];
