import { describe, expect, it } from 'vitest';
import { startSlack } from '../slack/server.ts';
import { until } from '../stack/process.ts';
import { inTime, timeFor } from './in-time.ts';

describe('a wait', () => {
  it('ends before its test would be broken off, and says what did not come', async () => {
    const waiting = inTime(1_000, () => until(() => false, { what: 'godot', ms: 60_000 }));
    await expect(waiting).rejects.toThrow(/^waited 2000 ms for godot$/);
  });

  it('ends so in the local Slack as well', async () => {
    const slack = await startSlack();
    const message = inTime(1_000, () => slack.message('#incidents', /godot/, 60_000));
    await expect(message).rejects.toThrow(/^no message that matches \/godot\/ within 2000 ms\n\n#incidents/);
    await slack.stop();
  });

  it('of every test knows how long that may take', ({ task }) => {
    expect(timeFor(600_000)).toBe(task.timeout * 0.9);
  });

  it('goes on for as long as it says where its test has the time, and outside of any', () => {
    expect(inTime(100_000, () => timeFor(60_000))).toBe(60_000);
    expect(inTime(0, () => timeFor(600_000))).toBe(600_000);
    expect(inTime(60_000, () => timeFor(180_000))).toBe(54_000);
  });

  it('still has a moment where the time of its test is up', () => {
    expect(inTime(1_000, () => timeFor(60_000))).toBe(2_000);
  });
});
