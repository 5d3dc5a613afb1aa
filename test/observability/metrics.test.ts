import { expect, test } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';

test('every metric of Medic is named and described as Prometheus asks', async () => {
  const { registry } = createMetrics();
  const own = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('medic_'));
  expect(own.length).toBeGreaterThan(15);
  for (const { name, help, type } of own) {
    expect(name).toMatch(/^medic_[a-z_]+$/);
    expect(help).toMatch(/^[A-Z].+\.$/);
    expect(`${type} ${name}`).toMatch(/^(counter \w+_total|histogram \w+_seconds|gauge \w+)$/);
  }
});

test('what is recorded is what is exposed', async () => {
  const metrics = createMetrics();
  metrics.verdicts.inc({ tier: 'low', kind: 'allow' });
  metrics.incidentMilestone.observe({ milestone: 'thread' }, 0.3);
  metrics.modelTokens.inc({ direction: 'in' }, 250);
  metrics.effectsOwed.set({ kind: 'execute' }, 2);
  const text = await metrics.registry.metrics();
  expect(text).toContain('medic_verdicts_total{tier="low",kind="allow"} 1');
  expect(text).toContain('medic_incident_milestone_seconds_bucket{le="0.5",milestone="thread"} 1');
  expect(text).toContain('medic_model_tokens_total{direction="in"} 250');
  expect(text).toContain('medic_effects_owed{kind="execute"} 2');
  expect(text).toContain('process_resident_memory_bytes');
});

test('two instances share nothing', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.incidentsEscalated.inc();
  expect(await other.registry.metrics()).toContain('medic_incidents_escalated_total 0');
});
