import { describe, expect, test } from 'vitest';
import { alertNames, silenceUrl } from '../../../../../src/adapters/sinks/slack/blocks/alerts.ts';
import {
  quoted,
  readable,
  roundly,
  witnessName,
} from '../../../../../src/adapters/sinks/slack/blocks/plain.ts';
import { alert } from '../../../../kit/slack-sink/example.ts';

describe('what machines write is told in plain words', () => {
  test('a JSON log line by its level, message and error, also where it was cut off', () => {
    const line = '{"time":"2026-11-22T12:19:58.590Z","level":"error","msg":"request failed","status":500';
    expect(readable(line)).toBe('error: request failed');
    expect(readable(`7x like: ${line},"error":"TypeError: no \\"total\\" here\\n at Cart (cart.ts:1`)).toBe(
      'error: request failed (TypeError: no "total" here) (7 times)',
    );
    const [from, to] = ['2026-11-22T12:19:00.000Z', '2026-11-22T12:19:58.590Z'];
    expect(readable(`7x from ${from} to ${to} like: ${line}`)).toBe('error: request failed (7 times)');
    expect(readable('{"status":500}')).toBe('{"status":500}');
    expect(readable(`${line},"error":"TypeError: no tot`)).toBe('error: request failed (TypeError: no tot…)');
  });

  test('a long path by the name of its file, a long address by its host, and no short one', () => {
    expect(readable('/var/lib/very/long/way/to/the/log/of/shop.log is empty')).toBe('…/shop.log is empty');
    expect(readable('GET /api/v1/carts failed')).toBe('GET /api/v1/carts failed');
    expect(readable('see https://shop.example.com/a/very/long/way/to/some/page/of/it now')).toBe(
      'see https://shop.example.com/… now',
    );
  });

  test('figures without digits that nobody needs, and addresses and versions as they are', () => {
    expect(roundly('fails 8.821% of its requests, 412.5533 MB, 0.0874999')).toBe(
      'fails 8.8% of its requests, 413 MB, 0.087',
    );
    for (const kept of [
      '10.0.1234.5',
      'v1.2345',
      'node 24.21.0',
      '2.50',
      '1.2.345',
      '2026-11-22T12:19:02.722Z',
    ]) {
      expect(roundly(kept)).toBe(kept);
    }
  });

  test('times of a record in the reader’s zone, also within a quote, whose other figures stay as they are', () => {
    expect(quoted('it fails 8.821% of its requests')).toContain('8.821%');
    expect(quoted('2026-11-22T12:19:56.722Z version v2 deployed')).toBe(
      '“<!date^1795349996^{time_secs}|12:19:56 UTC> version v2 deployed”',
    );
  });

  test('a witness by what people call it', () => {
    expect(
      ['log//tmp/x/shop.log', 'changes//x/d.jsonl', 'probe/http://h/z', 'fleet/h:1', 'host/vm'].map(
        witnessName,
      ),
    ).toEqual(['log shop.log', 'change log d.jsonl', 'health check', 'fleet at h:1', 'host at vm']);
    expect(witnessName('blackbox/http:%2F%2Fweb-1%2Fa%2525')).toBe('probe of http://web-1/a%25');
  });
});

test('two alerts of one name are told apart by the labels in which they differ', () => {
  const other = { ...alert, fingerprint: 'f2', labels: { ...alert.labels, instance: 'b:1' } };
  const third = { ...alert, fingerprint: 'f3', name: 'Else' };
  expect(alertNames([alert, other, third])).toEqual([
    '*CatalogMemoryHigh* (instance 127.0.0.1:9101)',
    '*CatalogMemoryHigh* (instance b:1)',
    '*Else*',
  ]);
});

describe('a silence', () => {
  const manager = 'https://alerts.example.com/am/';
  const filterOf = (url: string | null) => new URLSearchParams(url?.split('?')[1]).get('filter');

  test('is prepared for exactly the labels of the alert, at the Alertmanager that sent it', () => {
    const url = silenceUrl({ ...alert, manager, labels: { alertname: 'A "b" c', service: 'shop' } });
    expect(url).toMatch(/^https:\/\/alerts\.example\.com\/am\/#\/silences\/new\?filter=/);
    expect(filterOf(url)).toBe('{alertname="A \\"b\\" c",service="shop"}');
  });

  test('is narrowed to what tells alerts apart where all labels are too many', () => {
    const labels = { alertname: 'A', service: 'shop', note: 'x'.repeat(2000) };
    expect(filterOf(silenceUrl({ ...alert, manager, labels }))).toBe('{alertname="A",service="shop"}');
  });

  test('is never prepared for everything, nor where nobody knows the place', () => {
    expect(filterOf(silenceUrl({ ...alert, manager, labels: { 'service.name': 'x', job: 'y' } }))).toBe(
      '{"service.name"="x",job="y"}',
    );
    expect(silenceUrl({ ...alert, manager, labels: {} })).toBeNull();
    expect(silenceUrl({ ...alert, manager, labels: { note: 'x'.repeat(2000) } })).toBeNull();
    expect(silenceUrl(alert)).toBeNull();
    expect(silenceUrl({ ...alert, manager: 'javascript:alert(1)' })).toBeNull();
  });
});
