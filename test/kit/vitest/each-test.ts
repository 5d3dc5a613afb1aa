import { afterEach, aroundEach } from 'vitest';
import { inTime } from './in-time.ts';

aroundEach((runTest, { task }) => inTime(task.timeout, runTest));

// Finds what a second try stumbles over that the first has left behind.
if (process.env.TEST_TWICE !== undefined)
  afterEach(({ task }) => {
    if ((task.result?.retryCount ?? 0) === 0) throw new Error('TEST_TWICE: the first try counts as failed');
  });
