import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { card } from '../../src/adapters/sinks/slack/blocks/card/card.ts';
import { sentence } from '../../src/adapters/sinks/slack/blocks/text.ts';
import { threadMessages } from '../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import { readIncident } from '../../src/adapters/stores/redis/record/read-incident.ts';
import { describe as obstacleIn } from '../../src/incident/model/blocker.ts';
import type { PlanAction } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { entryHash, recordable } from '../../src/incident/model/timeline.ts';
import type { Text } from '../../src/lib/text/text.ts';
import { partsOf, plainly } from '../../src/lib/text/text-read.ts';
import { mutedBy } from '../../src/silence/silence.ts';
import { bob, evidenceItem, shop, T0 } from '../kit/incident/fixtures.ts';
import { diagnosed, ended, opened, type Walk } from '../kit/incident/walk.ts';

/** What calls somebody in Slack, in every form that a sentence of Medic's own may hold. */
const calls = fc.constantFrom('<@U0EVERY>', '<!subteam^S0ONCALL>', '<#C0SECRET>', '<!channel>', '<!here>');
const hostile = fc
  .array(fc.oneof(calls, fc.constantFrom('`', '*', '&lt;', '\n', '<', '>', ' '), fc.string()), {
    minLength: 1,
  })
  .map((pieces) => pieces.join(''));

/** The reason that the card and the call for a person give. */
function reasonOf({ phase }: Incident): Text {
  if (!('reason' in phase) || phase.reason === null) throw new Error(`a reason is missing: ${phase.at}`);
  return phase.reason;
}

function acted(walked: Walk, action: PlanAction, reason: string): Walk {
  return walked.feed({ type: 'acted', action, plan: null, by: bob, reason });
}

/** Whom a text names, as parts and as Slack would show it. */
function namedIn(text: Text): readonly string[] {
  const parts = partsOf(text).flatMap((part) =>
    'person' in part
      ? [part.person]
      : 'group' in part
        ? [part.group]
        : 'channel' in part
          ? [part.channel]
          : [],
  );
  const shown = sentence(text, 10_000).match(/<[@!#][^>]*>/g) ?? [];
  return [...parts, ...shown];
}

describe('words from outside, in a sentence of Medic’s own, name and call nobody', () => {
  it.each([
    [
      'the output of a dry run',
      (words: string) => {
        const walked = diagnosed('Grave');
        const { id } = walked.phase('preparing').decided.plan;
        return walked.feed({ type: 'dry-run-ended', plan: id, result: { kind: 'failed', reason: words } });
      },
      [],
    ],
    [
      'the output of a playbook',
      (words: string) => ended('Small', { kind: 'failed', reason: words, exitCode: null, untouched: true }),
      [],
    ],
    [
      'what a person gives as a reason',
      (words: string) => acted(diagnosed('Middling'), 'escalate', words),
      [bob.id, `<@${bob.id}>`],
    ],
    [
      'what a model says',
      (words: string) => {
        const walked = opened('Unheard', { model: true });
        const evidence = [evidenceItem({ id: 'E1' })];
        walked.feed({ type: 'evidence-collected', round: 1, evidence });
        const answer = { kind: 'failed', failure: 'garbage', reason: words, model: 'm' } as const;
        return walked.feed({ type: 'model-answered', round: 1, answer, evidence });
      },
      [],
    ],
  ] as const)('%s', (_what, live, named) => {
    fc.assert(
      fc.property(hostile, (words) => {
        const reason = reasonOf(live(words).incident);
        expect(plainly(reason)).toContain(words);
        expect(namedIn(reason)).toEqual(named);
      }),
      { numRuns: 20 },
    );
  });

  it('the name of what another incident is about', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const lock = `area:production/target/${name}`;
        expect(namedIn(obstacleIn({ kind: 'locked', lock, holder: 'inc-1', retryAt: 0 }))).toEqual([]);
      }),
    );
  });

  it('who silenced something elsewhere, and why', () => {
    fc.assert(
      fc.property(hostile, hostile, (by, reason) => {
        const one = {
          id: 's',
          source: 'alertmanager',
          by,
          reason,
          service: null,
          environment: null,
        } as const;
        const muted = mutedBy(shop, [], [{ ...one, from: 0, until: T0 + 1, matchers: [] }], T0);
        expect(namedIn(muted?.words ?? '')).toEqual([]);
      }),
    );
  });
});

describe('what an older Medic stored', () => {
  const reason = `<@${bob.id}> rejected Mend shop: ‹@U0EVERY> ‹!channel>`;
  const entry = {
    seq: 1,
    at: T0,
    happening: { kind: 'escalated', reason },
    // As it was computed then, over these very bytes.
    hash: createHash('sha256')
      .update(JSON.stringify(['inc-1', 1, T0, { kind: 'escalated', reason }]))
      .digest('hex'),
  } as const;

  it('keeps its bytes and its hash', () => {
    expect(recordable(entry.happening, (text) => text)).toEqual(entry.happening);
    expect(entryHash('inc-1', entry.seq, entry.at, entry.happening)).toBe(entry.hash);
  });

  it('is shown with whom it named, and with nobody else', () => {
    const walked = diagnosed('Middling');
    const old = {
      ...walked.incident,
      schema: 3,
      phase: { at: 'escalated', reason, decided: null },
    };
    const incident = readIncident(JSON.stringify(old));
    expect(incident.phase).toEqual(old.phase);
    const shown = JSON.stringify([card(incident, { now: T0 }), threadMessages(incident, [entry])]);
    expect(shown).toContain(`<@${bob.id}> rejected Mend shop: ‹@U0EVERY&gt; ‹!channel&gt;`);
    expect(shown).not.toMatch(/<@U0EVERY>|<!channel>/);
  });
});
