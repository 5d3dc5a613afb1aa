import { describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../../src/incident/model/timeline.ts';
import { T0 } from '../../kit/incident/fixtures.ts';
import { check, RULES, type RuleName } from './check.ts';
import { attemptOf, goodRecord, linked, ran, receiptOf, retold } from './example.ts';
import type { AcceptedWebhook, ChaosRecord, KeptIncident } from './record.ts';

const MINUTE = 60_000;

/** The record with one incident replaced by what `make` makes of it. */
function withIncident(
  id: string,
  make: (kept: KeptIncident) => KeptIncident,
  record = goodRecord(),
): ChaosRecord {
  return { ...record, incidents: record.incidents.map((one) => (one.incident.id === id ? make(one) : one)) };
}

const without = (id: string, kind: TimelineEvent['kind']) =>
  withIncident(id, (one) => retold(one, (happening) => (happening.kind === kind ? null : happening)));

/** The incident with another phase, as if it had stopped there. */
const stuckAt = (id: string, phase: object) =>
  withIncident(id, (one) => ({ ...one, incident: { ...one.incident, phase: phase as never } }));

const [FIRST = 'Small-shop'] = Object.keys(goodRecord().incidents[0]?.incident.alerts ?? {});

/** A webhook with one alert, answered at once. */
const heard = (fingerprint: string, startsAt: number, ended: number | null = null): AcceptedWebhook => ({
  sent: ended ?? startsAt,
  answered: ended ?? startsAt,
  mayWait: false,
  alerts: [{ fingerprint, startsAt, status: ended === null ? 'firing' : 'resolved', endsAt: ended }],
});

/** An incident that needs a person, with a call like this, and what the pager shows of it. */
function called(
  call: object,
  page: 'triggered' | 'acknowledged' | 'resolved' | null,
  changes: Partial<ChaosRecord> = {},
): ChaosRecord {
  const made = {
    nth: 1,
    why: 'escalated',
    since: T0,
    told: [],
    earlier: [],
    droppedAt: null,
    next: null,
    taken: null,
    heard: T0,
    ended: null,
  };
  const record = withIncident('inc-low', (one) => ({
    ...one,
    incident: { ...one.incident, call: { ...made, ...call } as never },
  }));
  return { ...record, pages: page === null ? {} : { 'inc-low': page }, ...changes };
}
const PAGED = { told: [{ tell: 'pagerduty', sink: 'pagerduty', who: [], at: T0, confirmed: T0 }] };

const broken: Readonly<Record<RuleName, Readonly<Record<string, () => ChaosRecord>>>> = {
  'whoever is called is told, once, and until somebody is on it': {
    'a pager that was never told': () => called(PAGED, null),
    'a pager that rings on after the end': () => called({ ...PAGED, ended: T0 }, 'triggered'),
    'a pager that rings on although somebody is on it': () =>
      called({ ...PAGED, taken: { by: 'UBOB', via: 'slack', at: T0 } }, 'triggered'),
    'a pager that rings before its turn': () => called({ next: T0 + MINUTE }, 'triggered'),
    'a pager that rings for nothing': () => ({ ...goodRecord(), pages: { 'inc-low': 'triggered' as const } }),
    'a rung whose turn nobody noticed': () => called({ next: T0 }, null, { endedAt: T0 + MINUTE }),
    'somebody who was told twice': () => {
      const record = called(PAGED, 'triggered');
      const [low, ...others] = record.incidents;
      if (low === undefined) throw new Error('there is no example');
      const twice = { kind: 'called', call: 1, tell: 'pagerduty', sink: 'pagerduty', who: [] } as const;
      const story = low.timeline.map((entry) => [entry.at, entry.happening] as const);
      return { ...record, incidents: [linked(low, 0, [...story, [T0, twice], [T0, twice]]), ...others] };
    },
  },
  'every accepted alert is in exactly one incident': {
    'one that was accepted and is nowhere': () => {
      const record = goodRecord();
      return { ...record, webhooks: [...record.webhooks, heard('lost', T0)] };
    },
    'one that began again and is only known from before': () => {
      const record = goodRecord();
      return { ...record, webhooks: [...record.webhooks, heard(FIRST, T0 + 500)] };
    },
    'one that had ended and opened another incident': () => {
      const record = goodRecord();
      const [low] = record.incidents;
      const [{ alert } = { alert: null }] = Object.values(low?.incident.alerts ?? {});
      if (low === undefined || alert === null) throw new Error('the example has no such alert');
      const end = { kind: 'alert-resolved', alert: { ...alert, status: 'resolved', endsAt: T0 } } as const;
      const story = low.timeline.map((entry) => [entry.at, entry.happening] as const);
      const ended = linked(low, 0, [
        ...story.slice(0, -1),
        [low.incident.milestones.closed ?? 0, end],
        ...story.slice(-1),
      ]);
      const { milestones } = low.incident;
      const next = {
        ...low,
        incident: { ...low.incident, id: 'inc-next', milestones: { ...milestones, closed: null } },
      };
      const opening = story.slice(0, 1).map(([, happening]) => [T0 + 30_000, happening] as const);
      return { ...record, incidents: [ended, ...record.incidents.slice(1), linked(next, 0, opening)] };
    },
    'one that two incidents hold at once': () => {
      const record = goodRecord();
      const twin = record.incidents.find(({ incident }) => incident.id === 'inc-low');
      if (twin === undefined) throw new Error('the example has no such incident');
      const again = { ...twin, incident: { ...twin.incident, id: 'inc-twin' } };
      const own = record.messages.filter(({ incident }) => incident === 'inc-low');
      return {
        ...record,
        incidents: [
          ...record.incidents,
          linked(
            again,
            0,
            again.timeline
              .filter(({ happening }) => happening.kind === 'opened')
              .map(({ at, happening }) => [at + 10, happening]),
          ),
        ],
        messages: [...record.messages, ...own.map((message) => ({ ...message, incident: 'inc-twin' }))],
      };
    },
  },
  'no alert that ended is taken for firing': {
    'one of an open incident': () => {
      const record = goodRecord();
      const end = heard('Small-lamp', T0 + 3 * MINUTE - 1_000, T0 + 4 * MINUTE);
      return { ...record, webhooks: [...record.webhooks, end] };
    },
  },
  'every incident ended or waits for a person': {
    'one that still runs': () => stuckAt('inc-low', { at: 'executing' }),
    'one that waits for its turn': () => stuckAt('inc-low', { at: 'waiting', for: 'turn', held: null }),
    'an effect that is owed': () => ({ ...goodRecord(), owed: ['inc-low-3-0'] }),
    'alerts that are kept back for ever': () => ({ ...goodRecord(), keptBack: ['test/service/shop'] }),
    'a thread that is behind': () => ({ ...goodRecord(), unshown: ['inc-low'] }),
  },
  'the record is whole': {
    'an entry that was changed': () =>
      withIncident('inc-low', (one) => ({
        ...one,
        timeline: one.timeline.map((entry) => (entry.seq === 2 ? { ...entry, at: entry.at + 1 } : entry)),
      })),
    'an entry that is gone': () =>
      withIncident('inc-low', (one) => ({ ...one, timeline: one.timeline.filter(({ seq }) => seq !== 3) })),
    'an entry that two wrote at once': () =>
      withIncident('inc-low', (one) => ({
        ...one,
        timeline: one.timeline.flatMap((entry) => (entry.seq === 3 ? [entry, entry] : [entry])),
      })),
    'what Medic’s own verification found while the run went on': () => ({
      ...goodRecord(),
      audit: ['inc-low: entry 2 is missing'],
    }),
    'an end that the state does not know of': () =>
      withIncident('inc-low', (one) => ({
        ...one,
        incident: { ...one.incident, head: { ...one.incident.head, length: one.incident.head.length - 1 } },
      })),
  },
  'no plan ran twice': {
    'a command that began twice under one attempt': () => {
      const record = goodRecord();
      return { ...record, runs: [...record.runs, ran('shop', 'ease', T0 + 400, { pid: 101 })] };
    },
    'a command that nobody started': () => {
      const record = goodRecord();
      return { ...record, runs: [...record.runs, ran('shop', 'ease', T0 + 50_000, { pid: 101 })] };
    },
    'a plan with two attempts': () =>
      withIncident('inc-low', (one) => {
        const story = one.timeline.map(({ at, happening }) => [at, happening] as const);
        const again = {
          kind: 'started',
          plan: 'inc-low-p1',
          attempt: attemptOf('inc-low', 'inc-low-p1', 'fix', 2),
        } as const;
        return linked(one, 0, [...story.slice(0, -1), [T0 + 2_100, again], ...story.slice(-1)]);
      }),
  },
  'every click that was taken stands in the record': {
    'a cancel that was answered and forgotten': () => {
      const sent = T0 + MINUTE + 1_000;
      const click = {
        user: 'UDAVE',
        button: 'Cancel',
        incident: 'inc-medium',
        sent,
        taken: sent + 90,
      } as const;
      const record = goodRecord();
      return { ...record, clicks: [...record.clicks, click] };
    },
  },
  'none ran after Cancel': {
    'a plan that was started although it had been cancelled': () =>
      told('inc-medium', 'window-opened', {
        kind: 'cancelled',
        plan: 'inc-medium-p1',
        by: 'UDAVE',
        reason: null,
      }),
    'a plan that was started although it had been rejected': () =>
      told('inc-high', 'approved', { kind: 'rejected', plan: 'inc-high-p1', by: 'UBOB', reason: null }),
  },
  'none ran without its consent': {
    'a medium plan that nobody was shown': () => without('inc-medium', 'window-opened'),
    'a medium plan before its window closed': () =>
      withIncident('inc-medium', (one) =>
        retold(one, (happening) =>
          happening.kind === 'window-opened'
            ? { ...happening, deadline: happening.deadline + 1_000 }
            : happening,
        ),
      ),
    'a high plan without approval': () => without('inc-high', 'approved'),
    'a high plan that somebody approved who may not': () => approvedBy('UDAVE'),
    'a high plan with an approval of another plan': () =>
      withIncident('inc-high', (one) =>
        retold(one, (happening) =>
          happening.kind === 'approved'
            ? { ...happening, receipt: { ...happening.receipt, planDigest: 'another' } }
            : happening,
        ),
      ),
    'a plan that was approved before its dry run changed': () =>
      told('inc-high', 'approved', {
        kind: 'dry-run',
        plan: 'inc-high-p1',
        diff: '-a\n+c',
        reason: 'it differs',
      }),
    'a plan that was denied': () =>
      withIncident('inc-low', (one) =>
        retold(one, (happening) =>
          happening.kind === 'planned'
            ? { ...happening, verdict: { ...happening.verdict, kind: 'deny' } }
            : happening,
        ),
      ),
  },
  'none ran in observe mode': {
    'a command for a service that is only watched': () => {
      const record = goodRecord();
      return { ...record, runs: [...record.runs, ran('lamp', 'ease', T0 + 3 * MINUTE + 300)] };
    },
  },
  'none ran while paused': {
    'a fix that was claimed in the middle of a pause': () => ({
      ...goodRecord(),
      pauses: [{ from: T0 - 5_000, to: T0 + 5_000 }],
    }),
  },
  'no two fixes overlapped in a neighbourhood': {
    'commands of two neighbours that ran at once': () => moved(T0 + 300),
    'a fix that began while its neighbour was being verified': () => moved(T0 + 550),
  },
  'no more fixes ran at once than may': {
    'three at once where two may': () => {
      const record = goodRecord();
      const more = [101, 102].map((pid) => ran('shop', 'ease', T0 + 220, { pid }));
      return { ...record, runs: [...record.runs, ...more] };
    },
  },
  'threads have no gap and no double': {
    'a message that is missing': () => messages((key, index) => (key === 'opened' && index < 3 ? 0 : 1)),
    'a message that stands twice': () => messages((key, index) => (key === 'opened' && index < 3 ? 2 : 1)),
    'a message of an incident that nobody knows': () => {
      const record = goodRecord();
      const [first] = record.messages;
      return {
        ...record,
        messages: [...record.messages, ...(first ? [{ ...first, incident: 'inc-ghost' }] : [])],
      };
    },
    'a message outside its thread': () => {
      const record = goodRecord();
      return {
        ...record,
        messages: record.messages.map((one, index) => (index === 1 ? { ...one, threadTs: '1.000000' } : one)),
      };
    },
    'a story told out of order': () => {
      const record = goodRecord();
      const swap = new Map([
        ['opened', 'end'],
        ['end', 'opened'],
      ]);
      const messages = record.messages.map((one) =>
        one.incident === 'inc-low' ? { ...one, key: swap.get(one.key) ?? one.key } : one,
      );
      return { ...record, messages };
    },
  },
};

/** The incident with another happening told right after one of this kind. */
function told(id: string, after: TimelineEvent['kind'], happening: TimelineEvent): ChaosRecord {
  return withIncident(id, (one) => {
    const story = one.timeline.map((entry) => [entry.at, entry.happening] as const);
    const place = story.findIndex(([, { kind }]) => kind === after) + 1;
    const at = story[place - 1]?.[0] ?? 0;
    return linked(one, 0, story.toSpliced(place, 0, [at + 1, happening]));
  });
}

function approvedBy(user: string): ChaosRecord {
  return withIncident('inc-high', (one) =>
    retold(one, (happening) =>
      happening.kind === 'approved' ? { ...happening, receipt: receiptOf(user, 'Grave') } : happening,
    ),
  );
}

/** The record with the medium fix, of a neighbour of the low one's service, claimed at `at`. */
function moved(at: number): ChaosRecord {
  const by = at - (T0 + MINUTE + 2_400);
  const record = withIncident('inc-medium', (one) => {
    const story = one.timeline.map((entry) => {
      const { happening } = entry;
      const earlier =
        happening.kind === 'window-opened' ? { ...happening, deadline: happening.deadline + by } : happening;
      return [entry.at + by, earlier] as const;
    });
    const { milestones } = one.incident;
    return linked(
      {
        ...one,
        incident: { ...one.incident, milestones: { ...milestones, opened: milestones.opened + by } },
      },
      0,
      story,
    );
  });
  const runs = record.runs.map((run) =>
    run.service === 'desk' ? { ...run, began: at + 10, ended: at + 310 } : run,
  );
  return { ...record, runs };
}

/** The record with each message as often as `times` says. */
function messages(times: (key: string, index: number) => number): ChaosRecord {
  const record = goodRecord();
  return {
    ...record,
    messages: record.messages.flatMap((message, index) =>
      Array.from({ length: times(message.key, index) }, () => message),
    ),
  };
}

describe('the checker', () => {
  it('finds nothing in a run in which every rule held', () => {
    expect(check(goodRecord())).toEqual([]);
  });

  it('has a record that breaks each of its rules', () => {
    expect(Object.keys(broken)).toEqual(Object.keys(RULES));
  });

  it.each(
    Object.entries(broken).flatMap(([rule, cases]) =>
      Object.entries(cases).map(([name, record]) => [rule, name, record] as const),
    ),
  )('sees that %s: %s', (rule, _, record) => {
    expect(check(record()).map((violation) => violation.rule)).toContain(rule);
  });

  it('asks for no incident about what was kept back and ended meanwhile', () => {
    const waiting = (webhook: AcceptedWebhook) => ({ ...webhook, mayWait: true });
    const begin = waiting(heard('brief', T0));
    const record = goodRecord();
    const rule = RULES['every accepted alert is in exactly one incident'];
    expect(rule({ ...record, webhooks: [...record.webhooks, begin] })).toHaveLength(1);
    const both = [begin, waiting(heard('brief', T0, T0 + 900))];
    expect(rule({ ...record, webhooks: [...record.webhooks, ...both] })).toEqual([]);
    const { answered: _, ...end } = waiting(heard('brief', T0, T0 + 900));
    expect(rule({ ...record, webhooks: [...record.webhooks, begin], unanswered: [end] })).toEqual([]);
  });

  it('takes a beginning that comes after its own end was heard for old news', () => {
    const record = goodRecord();
    const rule = RULES['every accepted alert is in exactly one incident'];
    const late = { ...heard('late', T0), sent: T0 + 5_000, answered: T0 + 5_010 };
    expect(rule({ ...record, webhooks: [...record.webhooks, late] })).toHaveLength(1);
    const end = heard('late', T0, T0 + 4_000);
    expect(rule({ ...record, webhooks: [...record.webhooks, end, late] })).toEqual([]);
  });

  it('asks nothing of a click that its person was told about', () => {
    const sent = T0 + MINUTE + 1_000;
    const click = {
      user: 'UDAVE',
      button: 'Cancel',
      incident: 'inc-medium',
      sent,
      taken: sent + 90,
    } as const;
    const told = { user: 'UDAVE', at: sent + 120, text: 'Nothing was changed: it has run already.' };
    expect(check({ ...goodRecord(), clicks: [click], whispers: [told] })).toEqual([]);
  });

  it('takes an alert that goes on after its incident closed for what the next one is about', () => {
    const record = goodRecord();
    const [low] = record.incidents;
    if (low === undefined) throw new Error('the example has no incident');
    const closed = low.incident.milestones.closed ?? 0;
    const next = {
      ...low,
      incident: { ...low.incident, id: 'inc-next', milestones: { ...low.incident.milestones, closed: null } },
    };
    const opening = low.timeline.slice(0, 1).map(({ happening }) => [closed + 1_000, happening] as const);
    const later = {
      ...record,
      incidents: [
        ...record.incidents,
        linked({ ...next, incident: { ...next.incident, alerts: {} } }, 0, opening),
      ],
    };
    const rule = RULES['every accepted alert is in exactly one incident'];
    expect(rule(later)).toEqual([]);
  });
});
