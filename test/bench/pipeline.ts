import { performance } from 'node:perf_hooks';
import { until } from '../kit/stack/process.ts';
import { startTestService, type TestService } from '../kit/world/service.ts';
import { alertBody, shotOf } from './alerts.ts';
import { type FamilyTime, familyTime } from './machine.ts';
import { spreadOf } from './spread.ts';
import { NO_STORM, onStage } from './stage.ts';
import type { Section } from './table.ts';

const INCIDENTS = 60;
const ABREAST = 20;
const CURE = { name: 'cure', risk: 'low', alert: 'Ailing', stable: '0s', within: '30s' } as const;

/** How many incidents a second go all the way: evidence, diagnosis, verdict, a real command, and the proof that it helped. */
export async function pipeline(): Promise<readonly Section[]> {
  const patients: TestService[] = [];
  const before = async (dir: string) => {
    for (let index = 0; index < INCIDENTS; index += 1)
      patients.push(await startTestService(dir, `patient${index}`));
    const services = patients.map(({ name, logFile, url }) => [
      name,
      { environment: 'bench', logs: [{ file: logFile }], health: [{ name: 'health', url }] },
    ]);
    return { services: Object.fromEntries(services) };
  };
  const settings = {
    ...NO_STORM,
    policy: { cooldown: '0s', max_concurrent: ABREAST },
    evidence: { budget: '5s' },
  };
  try {
    return await onStage(
      { fsync: 'always', remedies: [CURE], settings, before },
      async ({ gun, store, medic }) => {
        for (const patient of patients) patient.breakDown();
        const used = familyTime(medic.pid);
        const begun = performance.now();
        const ailing = (name: string, index: number) =>
          alertBody(index, name, { alertname: CURE.alert, severity: 'critical' });
        await Promise.all(patients.map(({ name }, index) => gun.post(shotOf([ailing(name, index)]).body)));
        const ids = await store.open();
        await until(async () => (await store.open()).length === 0, {
          what: 'every incident to close',
          ms: 90_000,
        });
        const seconds = (performance.now() - begun) / 1000;
        const after = familyTime(medic.pid);
        const each = (part: keyof FamilyTime) => ((after[part] - used[part]) / INCIDENTS) * 1000;
        const closed = (await Promise.all(ids.map((id) => store.load(id)))).filter((one) => one !== null);
        const lives = spreadOf(
          closed.map(({ milestones }) => (milestones.closed ?? Number.NaN) - milestones.opened),
        );
        const remedies = patients.flatMap((patient) => patient.playbookRuns()).length;
        return [
          {
            title: `The whole way: ${INCIDENTS} incidents at once, ${ABREAST} fixes at a time, each a real command that takes no time`,
            rows: [
              { name: 'closed', value: INCIDENTS / seconds, unit: 'incidents/s' },
              {
                name: 'processor time for each of Medic, its guardian and its drawer',
                value: each('living'),
                unit: 'ms',
                aim: { at: 'most', value: 100 },
              },
              {
                name: 'processor time for each of the commands and looks that they start',
                value: each('all') - each('living'),
                unit: 'ms',
              },
              { name: 'from first alert to proof, p50', value: lives.p50, unit: 'ms' },
              { name: 'from first alert to proof, p99', value: lives.p99, unit: 'ms' },
              {
                name: `commands that ran, for ${INCIDENTS} incidents`,
                value: remedies,
                unit: '',
                aim: { at: 'most', value: INCIDENTS, words: `${INCIDENTS}` },
              },
            ],
          },
        ];
      },
    );
  } finally {
    for (const patient of patients) await patient.stop();
  }
}
