import type { Section, Word } from '../word.ts';

const word = (
  type: Word['type'],
  instrument: Word['instrument'],
  means: string,
  unit?: Word['unit'],
): Word => ({
  type,
  ...(unit === undefined ? {} : { unit }),
  about: 'container',
  instrument,
  look: true,
  means,
});

/** Containers of Docker (`container/shop-web-1`), as their engine has them, and the kernel for it. */
export const CONTAINERS = {
  'container.state': word(
    'text',
    'supervisor',
    'created, running, paused, restarting, removing, exited or dead',
  ),
  'container.exit_code': word('number', 'supervisor', 'with what it ended the last time', 'number'),
  'container.oom_killed': word('flag', 'supervisor', 'whether the engine saw it killed for its memory limit'),
  'container.restarts': word(
    'number',
    'supervisor',
    'how often the engine has started it again by itself',
    'number',
  ),
  'container.restarts.lately': word(
    'number',
    'supervisor',
    'the same, where it has been started within five minutes; 0 otherwise',
    'number',
  ),
  'container.started.age': word('number', 'supervisor', 'how long ago it was started', 'seconds'),
  'container.health': word(
    'text',
    'supervisor',
    'none, starting, healthy or unhealthy, by its own health check',
  ),
  'container.health.failures': word(
    'number',
    'supervisor',
    'how often in a row its health check has failed',
    'number',
  ),
  'container.image': word('text', 'supervisor', 'the image that it was made of'),
  'container.memory.utilization': word(
    'number',
    'kernel',
    'what it holds in memory, as a part of its limit',
    'ratio',
  ),
  'container.memory.usage': word(
    'number',
    'kernel',
    'what it holds in memory, without what can be given back',
    'bytes',
  ),
} as const satisfies Section;
