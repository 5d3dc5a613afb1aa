import type { Redis } from 'ioredis';
import type { How, Sights } from '../../../../engine/health/blindness.ts';
import type { Losses, Notice, Notices } from '../../../../engine/health/losses.ts';
import type { SilentWatchdog, Watchdogs } from '../../../../engine/intake/watchdog.ts';
import { RULES, type Rules } from '../../../../engine/store/rules.ts';
import { cutWholeWords } from '../../../../lib/text/cut.ts';
import type { Keys } from '../keys.ts';
import { keysFor } from '../scripts.ts';

const BEGUN = 'begun:';

/** The most characters of a sentence or two, and of a name. */
const LONGEST = { words: 600, name: 200 } as const;

/** Half of a character, as the cut may leave it, is something that Lua does not read. */
const short = (text: string, most: number = LONGEST.name) => cutWholeWords(text, most).toWellFormed();

/** What is looked at several times a minute: unseen for `gap` it may have been back meanwhile, and it is back once it has been for `steady`. */
const POLLED = { gap: 180_000, steady: 30_000 } as const;

/** What is only asked when somebody needs it is back at its first answer, and one question may be far from the next. */
const RULE_OF: Readonly<Record<How, { gap: number; steady: number; mute?: true }>> = {
  looked: POLLED,
  asked: { gap: 24 * 3_600_000, steady: 0 },
  unreached: { gap: POLLED.gap, steady: 0, mute: true },
  probed: { ...POLLED, mute: true },
};

/** Of one millisecond: nothing is told to be back before it was told to be away. */
const rankOf = ({ kind }: Notice) => (kind === 'sighted' || kind === 'back' ? 1 : 0);

/** What was lost, which watchdogs came, and what people are owed about both: see `scripts/notices.lua`. */
export function createNotices(
  redis: Redis,
  keys: Keys,
  { notices, blindAfter, watchdogs }: Rules = RULES,
): Notices & Losses & Watchdogs & Sights {
  const limits = JSON.stringify({ notices, blindAfter, watchdogs });
  const change = (what: object) =>
    redis.medicNotices(...keysFor('notices', keys), JSON.stringify(what), limits);
  return {
    async lost(reason, count) {
      await change({ op: 'lost', reason, count });
    },
    async owe(every) {
      await change({ op: 'owe', every });
    },
    async owed() {
      const stored = await redis.hgetall(keys.notices);
      return Object.entries(stored)
        .filter(([id]) => !id.startsWith(BEGUN))
        .map(([id, text]) => ({ id, notice: JSON.parse(text) as Notice, begun: `${BEGUN}${id}` in stored }))
        .sort((one, other) => one.notice.at - other.notice.at || rankOf(one.notice) - rankOf(other.notice));
    },
    async begin(id) {
      await redis.hset(keys.notices, `${BEGUN}${id}`, '1');
    },
    async settle(id) {
      await redis.hdel(keys.notices, id, `${BEGUN}${id}`);
    },
    async sight(about, absence, how) {
      const { gap, steady, mute } = RULE_OF[how];
      if (absence === null)
        await change({ op: 'seen', about, steady, gap: POLLED.gap, mute: how === 'probed' });
      else {
        const words = short(`${absence.means} ${absence.todo}`, LONGEST.words);
        await change({ op: 'gone', about, what: short(absence.what), words, gap, mute });
      }
    },
    isDoubtful: async (about) => (await change({ op: 'doubtful', about, gap: POLLED.gap })) === 'yes',
    async memoryBack(id, since, { at, seen }) {
      await change({ op: 'memory-back', id, since, back: at, latest: !seen });
    },
    async heard({ key, name, from }) {
      await change({ op: 'heard', key, name: short(name), from: short(from) });
    },
    async ended(key) {
      await change({ op: 'ended', key });
    },
    async noticeSilence(after, aliveSince) {
      const silent = await change({ op: 'look', after, since: aliveSince });
      return JSON.parse(silent ?? '[]') as SilentWatchdog[];
    },
  };
}
