import type { Section, Word } from '../../word.ts';

const number = (unit: NonNullable<Word['unit']>, means: string, about = 'container') =>
  ({ type: 'number', unit, about, instrument: 'exporter', look: false, means }) as const;

/**
 * What the containers of pods (`container/shop/cart-7d9f8b6c5d-x2x4z/main`) use and do without, as cAdvisor in the kubelet measures it and
 * Prometheus has it. `before` is before it rose, as far as two hours back: nine tenths of that time it was no higher.
 */
export const USAGE = {
  'cadvisor.cpu.throttled': number(
    'ratio',
    'the part of the periods of a container in which its CPU limit held it back, at its highest lately',
  ),
  'cadvisor.cpu.throttled.before': number('ratio', 'the same, before it rose'),
  'cadvisor.memory.utilization': number(
    'ratio',
    'the working set of a container as a part of its memory limit, at its highest lately',
  ),
  'cadvisor.memory.utilization.before': number('ratio', 'the same, before it rose'),
  'cadvisor.network.errors': number(
    'per second',
    'packets of a pod that were dropped or in error, at their most lately',
    'pod',
  ),
  'cadvisor.network.errors.before': number('per second', 'the same, before it rose', 'pod'),
  'cadvisor.oom_kills': number(
    'number',
    'how often the kernel killed a process of a container for want of memory within the hour',
  ),
} as const satisfies Section;
