import { describe, expect, it } from 'vitest';
import { crossDoubts, crossFlaws } from '../../src/config/cross.ts';
import { pagerDoubts, pagerProblems } from '../../src/config/escalation.ts';
import { Settings } from '../../src/config/settings.ts';

function wrongIn(escalation: readonly object[]): readonly string[] {
  const read = Settings.safeParse({ escalation });
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the ladder in medic.yml', () => {
  it('tells people and pagers, each by its sink, and by default nobody more than the owners', () => {
    expect(Settings.parse({}).escalation).toEqual([]);
    const { escalation } = Settings.parse({
      escalation: [
        { tell: 'owner' },
        { tell: 'S0123456789', after: '5m' },
        { tell: 'pagerduty', after: '10m', severity: 'critical' },
      ],
    });
    expect(escalation).toEqual([
      { tell: 'owners', sink: 'slack', after: 0, severity: 'info' },
      { tell: 'S0123456789', sink: 'slack', after: 300_000, severity: 'info' },
      { tell: 'pagerduty', sink: 'pagerduty', after: 600_000, severity: 'critical' },
    ]);
  });

  it('is refused where nobody knows who is meant, where its times go back, or where a pager is told twice', () => {
    expect(wrongIn([{ tell: 'opsgenie' }])).toEqual([
      'escalation.0.tell: write owners, approvers, the id of a Slack user or user group (U…, W… or S…), pagerduty or webhook',
    ]);
    expect(
      wrongIn([
        { tell: 'owners', after: '10m' },
        { tell: 'U0BOSS', after: '5m' },
      ]),
    ).toEqual([
      'escalation.1.after: comes before the rung above it: write the rungs in the order of their times, which all count from the call',
    ]);
    expect(wrongIn([{ tell: 'webhook' }, { tell: 'webhook', after: '5m' }])).toEqual([
      'escalation.1.tell: webhook is told already by a rung above: whoever is paged there stays so until somebody takes it',
    ]);
  });

  it('is refused where the webhook has no address, and doubted where nobody is behind a rung', () => {
    const settings = Settings.parse({
      escalation: [{ tell: 'owners' }, { tell: 'approvers' }, { tell: 'webhook' }],
    });
    expect(crossFlaws(settings)).toEqual([
      {
        path: ['webhook', 'url'],
        message: 'is not written: escalation tells the webhook, and nobody knows where that is',
      },
    ]);
    expect(crossDoubts(settings)).toEqual([
      {
        path: ['escalation', 0, 'tell'],
        message: 'nobody is behind this rung: no service has owners, and roles names no approvers',
      },
      { path: ['escalation', 1, 'tell'], message: 'nobody is behind this rung: roles names no approvers' },
    ]);
  });

  it('needs the secret of each pager that it tells; one that is of no use is doubted', () => {
    const telling = (...names: readonly string[]) =>
      Settings.parse({ escalation: names.map((tell) => ({ tell })) });
    expect(
      pagerProblems(telling('pagerduty', 'webhook'), {}).map(({ name, message }) => `${name} ${message}`),
    ).toEqual([
      'PAGERDUTY_ROUTING_KEY is not set: escalation in medic.yml tells pagerduty',
      'WEBHOOK_SECRET is not set: escalation in medic.yml tells webhook',
    ]);
    const doubted = pagerDoubts(telling('pagerduty'), { PAGERDUTY_ROUTING_KEY: 'k', WEBHOOK_SECRET: 's' });
    expect(doubted.map(({ name }) => name)).toEqual(['WEBHOOK_SECRET', 'PAGERDUTY_WEBHOOK_SECRET']);
  });
});
