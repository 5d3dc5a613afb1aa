import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../src/notify/page.ts';
import { type Pager, pagerSink } from '../../src/notify/pager.ts';
import { alert, dave } from '../kit/incident/fixtures.ts';
import { resolved, type Walk } from '../kit/incident/walk.ts';
import { bring, calling, memoryPager, memoryStandings, says } from './fixtures.ts';

function sinkOf(pager: Pager, standings = memoryStandings()) {
  const troubles: (string | null)[] = [];
  const sink = pagerSink(pager, {
    standings,
    threadOf: async () => 'https://slack.example.com/thread',
    trouble: async (words) => void troubles.push(words),
  });
  return { sink, standings, troubles };
}

/** The alerts have resolved, and the subject is seen to be well. */
function over(walked: Walk): Walk {
  return resolved(walked).feed({ type: 'rechecked', readings: [] });
}

describe('a pager', () => {
  it('is told once, however often it is brought up to date, and the incident learns that it was', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    const walked = calling('pagerduty');
    const first = await bring(sink, walked.incident);
    expect(first.confirmed).toEqual([{ type: 'sink-told', sink: 'pagerduty', call: 1 }]);
    for (const event of first.confirmed) walked.feed(event);
    const again = await bring(sink, walked.incident);
    expect([pager.told, again.confirmed]).toEqual([['trigger 1'], []]);
  });

  it('hears who is on it, and that nobody is needed any more', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    const walked = calling('pagerduty');
    await bring(sink, walked.incident);
    await bring(sink, walked.feed({ type: 'call-taken', by: dave }).incident);
    await bring(sink, over(walked).incident);
    expect(pager.told).toEqual(['trigger 1', 'acknowledge 1', 'resolve 1']);
  });

  it('is told nothing of what was over, or taken, before its turn to be told came', async () => {
    for (const end of [over, (walked: Walk) => walked.feed({ type: 'call-taken', by: dave })]) {
      const pager = memoryPager('pagerduty');
      const { sink } = sinkOf(pager);
      await bring(sink, end(calling('pagerduty')).incident);
      expect(pager.told).toEqual([]);
    }
  });

  it('is not told back what somebody said there', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    const walked = calling('pagerduty');
    await bring(sink, walked.incident);
    await bring(sink, walked.feed(says(walked, true)).incident);
    await bring(sink, over(walked).incident);
    expect(pager.told).toEqual(['trigger 1', 'resolve 1']);
  });

  it('wakes people anew for a call that comes after somebody had taken the one before', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    const walked = calling('pagerduty');
    await bring(sink, walked.incident);
    await bring(sink, walked.feed(says(walked, true)).incident);
    walked.feed({ type: 'alerts', subject: walked.incident.subject, alerts: [alert('Other')] }, 60_000);
    walked.feed({
      type: 'diagnosis-requested',
      subject: walked.incident.subject,
      by: { ...dave, groups: ['SOPS'] },
      text: 'again',
    });
    walked.feed({ type: 'evidence-collected', round: walked.incident.round, evidence: [] });
    await bring(sink, walked.incident);
    expect(pager.told).toEqual(['trigger 1', 'resolve 2', 'trigger 2']);
  });

  it('is not rung anew for what was given back there: it rings there already', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    const walked = calling('pagerduty');
    await bring(sink, walked.incident);
    await bring(sink, walked.feed(says(walked, true)).incident);
    const back = { ...says(walked, false), at: walked.now + 60_000 };
    await bring(sink, walked.feed(back, 60_000).incident);
    expect(pager.told).toEqual(['trigger 1', 'trigger 2']);
  });

  it('says that it takes nothing in a trouble, waits longer each time, and takes the trouble back', async () => {
    const { NotTaken } = await import('../../src/notify/pager.ts');
    const working = memoryPager('pagerduty');
    let isDown = true;
    const { sink, troubles } = sinkOf({
      ...working,
      send: (signal, page) =>
        isDown
          ? Promise.reject(new NotTaken('PagerDuty does not take Medic’s calls: it answers 503.'))
          : working.send(signal, page),
    });
    const { incident } = calling('pagerduty');
    const waits = [];
    for (let times = 0; times < 9; times += 1)
      waits.push(await bring(sink, incident).catch((error: { retryAfter: number }) => error.retryAfter));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    isDown = false;
    await bring(sink, incident);
    expect([troubles.at(0), troubles.at(-1)]).toEqual([
      'PagerDuty does not take Medic’s calls: it answers 503.',
      null,
    ]);
  });

  it('is told nothing by a replica whose turn is over', async () => {
    const pager = memoryPager('pagerduty');
    const { sink } = sinkOf(pager);
    await expect(bring(sink, calling('pagerduty').incident, () => false)).rejects.toThrow('another replica');
    expect(pager.told).toEqual([]);
  });
});

describe('whenever the process dies, and whatever happens meanwhile', () => {
  const moves = fc.array(
    fc.record({
      what: fc.constantFrom('bring', 'bring', 'die', 'lose', 'take', 'ack', 'unack', 'other'),
      at: fc.nat(2),
    }),
    { maxLength: 15 },
  );

  it('all that was ever rung is ended, and only what was rung', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (life) => {
        const pager = memoryPager('pagerduty');
        const standings = memoryStandings();
        let loses = false;
        const losing: Pager = {
          ...pager,
          async send(signal, page) {
            await pager.send(signal, page);
            if (loses) throw new Error('the answer was lost');
          },
        };
        const { sink } = sinkOf(losing, standings);
        const walked = calling('pagerduty');
        for (const { what, at } of life) {
          if (what === 'take') walked.feed({ type: 'call-taken', by: dave }, 1000);
          if (what === 'ack' || what === 'unack') walked.feed(says(walked, what === 'ack'), 1000);
          if (what === 'other') {
            walked.feed({
              type: 'diagnosis-requested',
              subject: walked.incident.subject,
              by: { ...dave, groups: ['SOPS'] },
              text: 'again',
            });
            walked.feed({ type: 'evidence-collected', round: walked.incident.round, evidence: [] });
          }
          if (what === 'die') standings.die(at);
          loses = what === 'lose';
          await bring(sink, walked.incident).catch(() => undefined);
          loses = false;
          standings.die(Number.POSITIVE_INFINITY);
        }
        await bring(sink, over(walked).incident);
        expect(walked.incident.phase.at).toBe('closed');
        expect(['nothing', 'over']).toContain(pager.state());
      }),
    );
  });

  it('it rings once nothing stands in its way, as long as nobody is on it, and not a second longer', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (life) => {
        const pager = memoryPager('pagerduty');
        const standings = memoryStandings();
        const { sink } = sinkOf(pager, standings);
        const walked = calling('pagerduty');
        for (const { what, at } of life) {
          if (what === 'take') walked.feed({ type: 'call-taken', by: dave }, 1000);
          if (what === 'die') standings.die(at);
          await bring(sink, walked.incident).catch(() => undefined);
          standings.die(Number.POSITIVE_INFINITY);
        }
        await bring(sink, walked.incident);
        const { taken } = walked.incident.call ?? { taken: null };
        if (taken === null) expect(pager.state()).toBe('open');
        else expect(['taken', 'nothing']).toContain(pager.state());
      }),
    );
  });
});

describe('a page', () => {
  it('names the alert, its place and what it says of itself', () => {
    const disk = alert('DiskFull', {
      labels: { alertname: 'DiskFull', instance: 'web-1:9100', mountpoint: '/var' },
      annotations: { summary: 'The disk is full', description: 'Nothing\ncan be written.' },
    });
    const { incident } = calling('pagerduty');
    const attached = { alert: disk, heardAt: 0, beganAt: 0, changedAt: 0, fires: 1 };
    const call = incident.call ?? expect.fail();
    const page = pageOf({ ...incident, alerts: { f1: attached } }, call, null);
    expect(page.summary).toMatch(/^DiskFull on web-1 \/var \(shop\): a person is needed: /);
    expect(page.alerts).toEqual(['DiskFull on web-1 /var: The disk is full: Nothing can be written.']);
  });
});
