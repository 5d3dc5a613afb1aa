import { performance } from 'node:perf_hooks';
import { createRedactor } from '../../src/observability/redact.ts';
import type { Section } from './table.ts';

/** As servers, systemd and Java write them; about 200 characters each, and no secret in them. */
const LINES: readonly string[] = [
  '2026-11-03T10:00:00.123Z web-1 shop[4111]: level=info msg="request served" method=GET path=/api/v1/orders/42 status=200 duration=12.4ms bytes=5120 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 remote=10.0.0.5:42424 ok',
  '10.0.0.1 - - [03/Nov/2026:10:00:00 +0000] "GET /api/items?limit=20&page=2 HTTP/1.1" 200 5120 "https://shop.example.com/cart" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)" rt=0.012 uct=0.001',
  'Nov  3 10:00:00 web-1 systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE; Failed with result exit-code. Scheduled restart job, restart counter is at 5. Consumed 12.5s CPU time, 312.0M memory peak.',
  'java.lang.IllegalStateException: could not open the pool at com.example.shop.Db.open(Db.java:42) at com.example.shop.Main.run(Main.java:17) Caused by: java.net.ConnectException: Connection refused (db.internal:5432) ...',
];
const ROUNDS = 1_000;
const TIMES = 5;

/** What it costs to look for secrets where there are none, which is nearly everywhere. */
export async function redaction(): Promise<readonly Section[]> {
  const redactor = createRedactor();
  for (let index = 0; index < 8; index += 1) redactor.register(`registered-Secret-${index}-of-Medic`);
  const { redact } = redactor;
  const long = `${LINES.join('\n')}\n`.repeat(54);
  const line = leastOf(() => LINES.map(redact), TIMES) / LINES.length;
  const plain = leastOf(() => LINES.map((one) => JSON.stringify(one)), TIMES) / LINES.length;
  const whole = leastOf(() => redact(long), 1, ROUNDS / 10);
  return [
    {
      title: 'Redaction: a line of a log without a secret, eight secrets registered',
      rows: [
        { name: 'a line of 200 characters', value: line, unit: 'µs' },
        { name: 'a text of 48 KB', value: whole, unit: 'µs' },
        {
          name: 'a line, against writing it as JSON',
          value: line / plain,
          unit: 'times',
          aim: { at: 'most', value: 60 },
        },
        {
          name: 'a text of 48 KB, against its lines one by one',
          value: whole / (line * (long.length / (LINES.join('').length / LINES.length))),
          unit: 'times',
          aim: { at: 'most', value: 2 },
        },
      ],
    },
  ];
}

/** The least of many rounds, µs, so that another process's work does not count. */
function leastOf(work: () => unknown, times: number, rounds = ROUNDS): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    for (let time = 0; time < times; time += 1) work();
    least = Math.min(least, ((performance.now() - begun) * 1000) / times);
  }
  return least;
}
