import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createJobQueue } from '../../src/adapters/stores/bullmq/job-queue.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { chartRecovery } from '../../src/engine/effects/chart.ts';
import type { PerformParts } from '../../src/engine/effects/perform.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Window } from '../../src/evidence/chart.ts';
import { METRIC_OF } from '../../src/evidence/chart.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { evidenceItem, given, settings } from '../kit/incident/fixtures.ts';
import { diagnosed } from '../kit/incident/walk.ts';
import { closed, commit, rigFor } from '../kit/store/rig.ts';

const HOUR = 3_600_000;
const log = createLogger({ level: 'silent', redact: (text) => text });

describe('the picture of a recovery', () => {
  const rig = rigFor('one server');

  it('is of the end, also where nobody was there to draw it for hours', async () => {
    const patient = connect(rig.url, { failFast: false });
    const jobQueue = createJobQueue({ redis: patient, prefix: rig.keys.queues, log });
    onTestFinished(async () => {
      await jobQueue.close();
      patient.disconnect();
      if (patient.status !== 'end') await once(patient, 'end');
    });
    const { now } = await rig.store.heartbeat();
    const end = now - 8 * HOUR;
    const first = diagnosed('Small').incident;
    const [[name, attached] = ['', undefined]] = Object.entries(first.alerts);
    if (attached === undefined) throw new Error('an alert is missing');
    const alert = { ...attached.alert, startsAt: end - 300_000 };
    const open = {
      ...first,
      version: 1,
      alerts: { [name]: { ...attached, alert } },
      milestones: { ...first.milestones, closed: end },
    };
    await rig.store.commit(commit({ incident: open }));
    const over = { ...closed(open), milestones: open.milestones };
    await rig.store.commit(commit({ incident: over, expected: 1 }));
    const window = { from: end - HOUR, to: end };
    const data = { type: 'series', series: [{ labels: {}, points: [[end - 1000, 1]] }] } as const;
    await rig.store.saveEvidence(over.id, over.round, [
      evidenceItem({ id: 'E1', kind: 'metric', title: `${METRIC_OF}${alert.name}`, window, data }),
    ]);
    const asked: Window[] = [];
    const metricReader = {
      async read(_query: string, about: Window) {
        asked.push(about);
        const points = Array.from({ length: 100 }, (_, index) => [now - index * 300_000, 1] as const);
        return [{ labels: {}, points: points.toReversed().filter(([at]) => at <= about.to) }];
      },
      link: () => null,
    };
    const { catalog, library } = given();
    const shared = { store: rig.store, settings: settings(), catalog: () => catalog, library, log };
    const engine = createEngine({
      ...shared,
      jobQueue,
      policyDigest: 'policy',
      redact: (text) => text,
      model: async () => false,
      observe: () => undefined,
    });
    const parts = {
      ...shared,
      engine,
      world: { metricReader },
      redact: (text: string) => text,
      signal: new AbortController().signal,
    } as unknown as PerformParts;
    expect(await chartRecovery(parts, over, 'none')).toBeNull();
    expect(asked.map(({ to }) => to - end)).toEqual([30_000]);
  });

  it('is of the alert that the last evidence is about, and not of one that was drawn before it joined', async () => {
    const first = diagnosed('Small').incident;
    const [[name, attached] = ['', undefined]] = Object.entries(first.alerts);
    if (attached === undefined) throw new Error('an alert is missing');
    const end = attached.alert.startsAt + 600_000;
    const joined = { ...attached, alert: { ...attached.alert, name: 'Joined', startsAt: end - 60_000 } };
    const over = {
      ...closed({ ...first, alerts: { [name]: attached, joined } }),
      milestones: { ...first.milestones, closed: end },
    };
    const data = {
      type: 'series',
      series: [{ labels: {}, points: [[end - 1000, 1]] }],
      threshold: '> 7',
    } as const;
    const title = `${METRIC_OF}Joined`;
    const evidence = [evidenceItem({ id: 'E1', kind: 'metric', title, query: 'joined', data })];
    const chart = {
      title: attached.alert.name,
      query: 'old',
      unit: 'number',
      threshold: null,
      lines: [],
      marks: [],
    };
    const charted: unknown[] = [];
    const points = [[end - 30_000, 1] as const, [end + 6_000, 0] as const];
    const parts = {
      store: {
        heartbeat: async () => ({ now: end + 10_000 }),
        timeline: async () => [{ happening: { kind: 'charted', moment: 'diagnosis', chart } }],
        loadEvidence: async () => evidence,
      },
      engine: { dispatch: async (_: string, event: unknown) => charted.push(event) },
      world: { metricReader: { read: async () => [{ labels: {}, points }], link: () => null } },
      redact: (text: string) => text,
      signal: new AbortController().signal,
    } as unknown as PerformParts;
    await chartRecovery(parts, over, 'none');
    expect(charted).toMatchObject([
      {
        chart: {
          title: 'Joined',
          query: 'joined',
          threshold: { value: 7 },
          marks: [{ at: end - 60_000 }, {}],
        },
      },
    ]);
  });
});
