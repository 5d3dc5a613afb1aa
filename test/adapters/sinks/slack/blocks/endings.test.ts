import { expect, test } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { threadMessages } from '../../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Incident } from '../../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../../src/incident/model/timeline.ts';
import { incidentIn, OPENED, plan, timelineOf, waitingInWindow } from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

test('a call for a person says what sets things going again: the end of the alerts, or the next one where all have ended', () => {
  const escalated: TimelineEvent = { kind: 'escalated', reason: 'it is not well' };
  const calledAbout = (alerts: Incident['alerts']) =>
    threadMessages(
      incidentIn({ at: 'escalated', reason: 'it is not well', decided: null }, { alerts }),
      timelineOf(escalated),
    )
      .map((message) => read(message))
      .join();
  const { alerts } = waitingInWindow(null);
  expect(calledAbout(alerts)).toContain('starts until the alerts resolve or a person acts');
  const [[key, one] = []] = Object.entries(alerts);
  if (key === undefined || one === undefined) throw new Error('the example has an alert');
  const over = { [key]: { ...one, alert: { ...one.alert, status: 'resolved' as const, endsAt: OPENED } } };
  expect(calledAbout(over)).toContain('starts until an alert fires again or a person acts');
});

test('health after a fix that did not help, or was broken off, is called neither its doing nor proof of recovery', () => {
  const saidAfter = (result: NonNullable<Incident['attempts'][number]['result']>) => {
    const attempt = {
      id: 'A1',
      plan: plan.id,
      targets: plan.targets,
      planDigest: plan.digest,
      purpose: 'fix' as const,
      startedAt: OPENED,
      endedAt: OPENED,
      tasks: [],
      result,
    };
    const how = { at: 'closed' as const, how: 'recovered' as const, reason: 'well all the same' };
    const ended = incidentIn(how, { attempts: [attempt] });
    const outcome = { kind: 'proven' as const, reason: 'good for 5 s', sample: null, at: OPENED };
    const { milestones } = ended;
    const thread = threadMessages(
      ended,
      timelineOf(
        { kind: 'started', plan: plan.id, attempt },
        { kind: 'ended', attempt: 'A1', result },
        { kind: 'watching', plan: plan.id, deadline: OPENED, why: 'fix' },
        { kind: 'outcome', plan: plan.id, outcome },
        { kind: 'closed', how: how.how, reason: how.reason, milestones },
      ),
    );
    const all = [...thread, card(ended, { now: OPENED })].map((message) => read(message)).join('\n');
    expect(all).toContain('*Well again');
    expect(all).not.toMatch(/Recovery proven|by itself/i);
    return all;
  };
  expect(saidAfter({ kind: 'failed', reason: 'port 9101 stayed closed', exitCode: 2 })).toContain(
    'Healthy, but not by the fix',
  );
  const brokenOff = saidAfter({ kind: 'interrupted', reason: 'its process ended' });
  expect(brokenOff).toContain('Healthy, though the fix did not finish');
  expect(brokenOff).not.toContain('not by the fix');
});
