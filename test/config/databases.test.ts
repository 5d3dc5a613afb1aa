import { describe, expect, it } from 'vitest';
import { databaseFlaws, databasePasswords, isDatabasePassword } from '../../src/config/databases.ts';
import { Settings } from '../../src/config/settings.ts';

const settings = (services: unknown) => Settings.parse({ services });
const orders = { name: 'orders-db', address: 'db-1.example.com:5432' };
const shop = settings({ shop: { postgresql: [orders], redis: [{ name: 'cache', address: '[::1]:6379' }] } });
const none = () => null;

describe('the password of a database', () => {
  it('comes from a variable or from a file that one names, and goes to nobody else', () => {
    const read = (path: string) => (path === '/run/cache' ? 'of-the-cache\n' : null);
    const given = {
      DATABASE_PASSWORD_ORDERS_DB: 'of-the-orders',
      DATABASE_PASSWORD_CACHE_FILE: '/run/cache',
    };
    const found = databasePasswords('all', given, shop, read);
    expect(found.passwords).toEqual({ 'orders-db': 'of-the-orders', cache: 'of-the-cache' });
    expect([...found.problems, ...found.doubts]).toEqual([]);
    expect(Object.keys(given).map(isDatabasePassword)).toEqual([true, false]);
  });

  it('is doubted where it is missing, and refused where nobody touches a database', () => {
    expect(databasePasswords('runner', {}, shop, none).doubts.map(({ path }) => path)).toEqual([
      'DATABASE_PASSWORD_ORDERS_DB',
      'DATABASE_PASSWORD_CACHE',
    ]);
    const brain = databasePasswords('brain', { DATABASE_PASSWORD_CACHE: 'x' }, shop, none);
    expect(brain).toMatchObject({ passwords: {}, doubts: [] });
    expect(brain.problems.map(({ message }) => message)).toEqual([
      'unset it: a brain touches no database; only a runner may have it',
    ]);
  });
});

describe('the name of a database', () => {
  it('may stand at several services that use the same one', () => {
    expect(
      databaseFlaws(settings({ shop: { postgresql: [orders] }, desk: { postgresql: [orders] } })),
    ).toEqual([]);
  });

  it('is of one set of labels where an exporter tells of it, as that of a queue is', () => {
    const mails = { name: 'mails', labels: { queue: 'mails', vhost: '/' } };
    const flaws = databaseFlaws(
      settings({
        shop: { postgresql: [orders], queues: [mails] },
        desk: {
          mysql: [{ name: 'orders-db', labels: { instance: 'db-9:9104' } }],
          queues: [
            { ...mails, labels: { vhost: '/', queue: 'mails' } },
            { ...mails, labels: { queue: 'other' } },
          ],
        },
      }),
    );
    expect(flaws.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['services.desk.mysql.0.name', expect.stringContaining('is the name of a database already')],
      ['services.desk.queues.1.name', expect.stringContaining('is the name of a queue already')],
    ]);
    expect(() => settings({ shop: { queues: [{ name: 'all', labels: {} }] } })).toThrow('needs a label');
    const named = { name: 'up', labels: { __name__: 'up' } };
    expect(() => settings({ shop: { queues: [named] } })).toThrow('is no name of a label');
    const staging = { environment: 'staging', queues: [{ ...mails, labels: { queue: 'other' } }] };
    expect(databaseFlaws(settings({ shop: { queues: [mails] }, tried: staging }))).toEqual([]);
  });

  it('is of one address, and its password of one name', () => {
    const elsewhere = { ...orders, address: 'db-2.example.com:5432' };
    const alike = { ...orders, name: 'orders_db' };
    const flaws = databaseFlaws(settings({ shop: { postgresql: [orders, elsewhere, alike] } }));
    expect(flaws.map(({ path, message }) => [path.join('.'), message])).toEqual([
      [
        'services.shop.postgresql.1.name',
        expect.stringContaining('is the name of the database at db-1.example.com:5432 already'),
      ],
      [
        'services.shop.postgresql.2.name',
        expect.stringContaining('has the same password variable as orders-db'),
      ],
    ]);
  });

  it.each(['db-1.example.com', 'postgres://db-1:5432', 'medic:secret@db-1:5432', 'db-1:0', ''])(
    'has an address of a host and a port, with nothing secret in it: not %s',
    (address) => expect(() => settings({ shop: { postgresql: [{ ...orders, address }] } })).toThrow(),
  );
});
