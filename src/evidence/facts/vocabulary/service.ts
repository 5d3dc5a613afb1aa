import type { Section, Word } from '../word.ts';

const number = (instrument: Word['instrument'], unit: Word['unit'], means: string) =>
  ({ type: 'number', unit: unit ?? 'number', about: 'service', instrument, look: false, means }) as const;
const text = (instrument: Word['instrument'], means: string) =>
  ({ type: 'text', about: 'service', instrument, look: false, means }) as const;
const flag = (instrument: Word['instrument'], means: string) =>
  ({ type: 'flag', about: 'service', instrument, look: false, means }) as const;

/** Facts of services (`service/shop`), as those that ask them, scrape them or deploy them have it. `before` is before the symptom. */
export const SERVICE = {
  // Medic's own request.
  'http.probe.outcome': text(
    'probe',
    'healthy, unhealthy (it answered an error), refused, reset, timeout, unresolved, unreachable, or tls (its certificate is not trusted)',
  ),
  'http.probe.status': number('probe', 'number', 'the status code of its answer'),
  'http.probe.duration': number('probe', 'seconds', 'how long it took to answer'),
  'blackbox.probe.success': flag('probe', 'whether the prober of Prometheus got the answer that it wants'),

  // What Prometheus has of it.
  'scrape.up': flag('prometheus', 'whether Prometheus reached it'),
  'scrape.up.before': flag('prometheus', 'whether Prometheus reached it before the symptom'),
  'alert.firing': flag('prometheus', 'whether an alert about it fires; its name decides nothing'),
  'alert.reads': text('prometheus', 'a metric that the rule of an alert reads which fires at its source'),
  'http.server.request_rate': number('exporter', 'per second', 'requests that it serves'),
  'http.server.request_rate.before': number(
    'exporter',
    'per second',
    'requests that it served before the symptom',
  ),
  'http.server.error_ratio': number(
    'exporter',
    'ratio',
    'the part of its requests that it answers with a server error',
  ),
  'http.server.error_ratio.before': number('exporter', 'ratio', 'the same, before the symptom'),
  'http.server.error_rate': number('exporter', 'per second', 'requests that it answers with a server error'),
  'http.server.latency': number(
    'exporter',
    'seconds',
    'how long the slowest twentieth of its requests takes at least',
  ),
  'http.server.latency.before': number('exporter', 'seconds', 'the same, before the symptom'),
  'process.restarts': number(
    'exporter',
    'number',
    'how often its process has been started anew in the window',
  ),
  'process.resident_memory': number('exporter', 'bytes', 'resident memory of its process'),
  'process.resident_memory.slope': number(
    'exporter',
    'bytes per second',
    'how fast that rises, by a straight line through the last half hour or more',
  ),
  'process.resident_memory.fit': number('exporter', 'ratio', 'how well the straight line fits, as r squared'),
  'process.resident_memory.doubling': number(
    'exporter',
    'seconds',
    'how long it takes to double at that slope',
  ),
  'process.cpu.usage': number('exporter', 'number', 'how many cores its process takes'),
  'process.cpu.usage.before': number('exporter', 'number', 'the same, before the symptom'),
  'process.open_descriptors.utilization': number(
    'exporter',
    'ratio',
    'its open descriptors, as a part of their limit',
  ),
  'process.threads.slope': number(
    'exporter',
    'per second',
    'how fast its threads or goroutines grow in number, by a straight line',
  ),
  'process.threads.fit': number('exporter', 'ratio', 'how well the straight line fits, as r squared'),

  // What it runs.
  'release.current': {
    ...text(
      'deploy record',
      'the release that the link or file on its hosts names, as of when that was written',
    ),
    look: true,
  },
  'release.previous': { ...text('deploy record', 'the release before that one'), look: true },
  'release.age': {
    ...number(
      'deploy record',
      'seconds',
      'how long before the symptom the release came; negative where it came after',
    ),
    look: true,
  },
  'deployment.version': text(
    'service',
    'the version of its newest recorded deploy, as of when it was deployed',
  ),
  'deployment.age': number(
    'service',
    'seconds',
    'how long before the symptom that was; negative where it came after',
  ),
  'deployment.by': text('service', 'who deployed it'),
  'process_state.exit_code': number(
    'service',
    'number',
    'how the command ended that says of its process how it is',
  ),
} as const satisfies Section;
