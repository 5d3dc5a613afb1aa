import { describe, expect, it } from 'vitest';
import { createJournalCollector } from '../../../src/adapters/collectors/logs/journal.ts';
import type { HostAnswer, HostFacts, Hosts } from '../../../src/evidence/hosts.ts';
import { askedOf, inquiryOf, NOON, serviceOf } from '../../evidence/samples.ts';

const row = (secondsBefore: number, message: unknown, pid = '77') =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: String((NOON - secondsBefore * 1000) * 1000),
    MESSAGE: message,
    _PID: pid,
    _SYSTEMD_UNIT: 'shop.service',
  });

/** A host that answers as a journalctl did that was seen. */
function hostThat(answer: Partial<Extract<HostAnswer, { kind: 'answered' }>>, asked: string[][] = []): Hosts {
  const facts: HostFacts = { name: 'web-1', local: false, manager: 'systemd', supervisorConf: null };
  return {
    facts: async () => facts,
    group: async () => ['web-1'],
    run: async ({ argv }) => {
      asked.push([...argv]);
      return { kind: 'answered', exitCode: 0, stdout: '', stderr: '', truncated: false, ...answer };
    },
  };
}
const read = (hosts: Hosts, service: Parameters<typeof serviceOf>[0] = {}) =>
  askedOf(
    createJournalCollector({ hosts, now: () => NOON }),
    inquiryOf({ service: serviceOf({ hosts: ['web-1'], unit: 'shop', journal: null, ...service }) }),
  );
const clock = (ahead = 0) => `${Math.floor(NOON / 1000) + ahead}\n`;

describe('the journal of a unit', () => {
  it('is read for a service that names no log files, unless somebody says otherwise', async () => {
    const hosts = hostThat({ stdout: `${row(10, 'boom')}\n${clock()}` });
    const logs = [{ file: '/var/log/shop.log' }];
    const counts = [{}, { logs }, { logs, journal: true }, { journal: false }].map(
      async (service) => (await read(hosts, service)).length,
    );
    expect(await Promise.all(counts)).toEqual([1, 0, 1, 0]);
  });

  it('is shown whole where lines are bytes, have several rows, or the first was cut', async () => {
    const bytes = [...Buffer.from('caf\u00e9 is full')];
    const stdout = `MESSAGE":"half"}\n${row(20, bytes)}\n${row(15, 'Traceback:\n  line 1')}\n${row(9, null)}\n${clock()}`;
    const [item] = await read(hostThat({ stdout, truncated: true }));
    expect(item?.text.split('\n')).toEqual([
      '3 lines since 2026-11-03T11:54:00.000Z; newest last',
      '(what was read holds no line from before to compare with)',
      'caf\u00e9 is full',
      'Traceback:',
      '  line 1',
    ]);
  });

  it('says what is new beside what was there before, whatever clock the host has', async () => {
    const before = Array.from({ length: 30 }, (_, index) => row(900 - index * 30 - 3600, 'slow query'));
    const stdout = `${[...before, row(30 - 3600, 'out of connections'), row(20 - 3600, 'slow query')].join('\n')}\n${clock(3600)}`;
    const [fresh, usual] = await read(hostThat({ stdout }));
    expect(fresh?.text).toMatch(/out of connections/);
    expect(fresh?.text).not.toMatch(/slow query/);
    expect(usual).toMatchObject({
      text: expect.stringContaining('slow query'),
      supportsNothing: expect.any(String),
    });
  });

  it('says nothing of a comparison that is not made: what systemd did lately stands alone', async () => {
    const stdout = `${row(1200, 'Started shop.service', '1')}\n${row(10, 'shop.service: Failed', '1')}\n${clock()}`;
    const found = await read(hostThat({ stdout }));
    expect(
      found
        .find(({ source }) => source === 'systemd')
        ?.text.split('\n')
        .slice(1),
    ).toEqual(['shop.service: Failed']);
  });

  it('says why where it may not be read, and what to do', async () => {
    const stderr = 'Hint: You are currently not seeing messages from other users and the system.\n';
    expect(await read(hostThat({ stdout: clock(), stderr }))).toMatchObject([
      { failed: true, text: expect.stringContaining('join the group systemd-journal') },
    ]);
    expect(await read(hostThat({ exitCode: 1, stderr: 'Failed to open journal: broken\n' }))).toMatchObject([
      { failed: true, text: 'web-1: its journal could not be read: Failed to open journal: broken' },
    ]);
    expect(await read(hostThat({ exitCode: 127 }), { journal: true })).toMatchObject([{ failed: true }]);
  });

  it('is of one unit: a name that stands for others as well is refused before anybody is asked', async () => {
    const asked: string[][] = [];
    for (const unit of ['*', '-x', 'a b', '$(id)'])
      expect(await read(hostThat({}, asked), { unit })).toMatchObject([{ failed: true }]);
    expect(asked).toEqual([]);
  });
});
