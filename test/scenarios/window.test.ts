import { afterEach, describe, expect, it } from 'vitest';
import { openWard, type Ward } from '../world/ward.ts';
import { CHANNEL } from '../world/world.ts';

let ward: Ward;
afterEach(() => ward.stop());

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;

describe('a medium plan', () => {
  it('runs when its cancel window closes, and is proven', async () => {
    ward = await openWard({ remedies: [mend], pace: { cancel_window: '2s' } });
    expect((await ward.strike('Middling')).status).toBe(200);
    await ward.slack.message(CHANNEL, /Resolved: shop/);
    expect(ward.patient.remedies()).toEqual(['cure mend shop']);
  });

  it('never runs once somebody cancelled it, even by a reaction', async () => {
    ward = await openWard({ remedies: [mend], pace: { cancel_window: '3s' } });
    await ward.strike('Middling');
    const card = await ward.slack.message(CHANNEL, (_, text) => text.includes('[Cancel]'));
    ward.slack.person('U0DAVE').react(card, 'x');
    await ward.slack.message(CHANNEL, /[Cc]ancelled/);
    // A later alert of the same incident shows that the window has passed and nothing came of it.
    expect(ward.patient.remedies()).toEqual([]);
  });

  it('is finished by the next process when Medic is killed while its window is open', async () => {
    ward = await openWard({ remedies: [mend], pace: { cancel_window: '3s' } });
    await ward.strike('Middling');
    await ward.slack.message(CHANNEL, (_, text) => text.includes('[Cancel]'));
    await ward.kill();
    await ward.restart();
    await ward.slack.message(CHANNEL, /Resolved: shop/, 40_000);
    expect(ward.patient.remedies()).toEqual(['cure mend shop']);
  }, 60_000);
});
