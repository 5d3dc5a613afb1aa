import { aroundEach } from 'vitest';
import { inTime } from './in-time.ts';

aroundEach((runTest, { task }) => inTime(task.timeout, runTest));
