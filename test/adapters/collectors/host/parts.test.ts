import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reading, statePartsOf, workPartsOf } from '../../../../src/adapters/collectors/host/parts.ts';
import { SECTIONS } from '../../../../src/adapters/collectors/host/script.ts';
import { describeVitals, type Vitals } from '../../../../src/adapters/collectors/host/vitals.ts';
import { libraryOf } from '../../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import type { FactValue } from '../../../../src/evidence/facts/fact.ts';
import { type Told, tell } from '../../../../src/evidence/facts/tell.ts';
import { isFactName, VOCABULARY } from '../../../../src/evidence/facts/vocabulary.ts';
import { serviceOf } from '../../../evidence/samples.ts';
import { fact, item } from '../../../kit/faults/facts.ts';
import { shipped } from '../../../kit/faults/shipped.ts';
import { answerOf, BARE, THEN, TROUBLED, WELL } from './recorded.ts';

const service = serviceOf({
  name: 'shop',
  unit: 'shop',
  hosts: ['web-1'],
  probes: [{ name: 'shop', url: 'http://web-1:8080/healthz', timeout: 1000 }],
});
const place = { host: 'web-1', serves: ['service/shop'] } as const;
const readingOf = (sections: Partial<Vitals>) => ({
  ...{ vitals: answerOf(sections), place, now: THEN, from: THEN, took: 1000, service },
});
const partsOf = (reading: Reading) => [...statePartsOf(reading), ...workPartsOf(reading)];
const toldBy = (sections: Partial<Vitals>): readonly Told[] => [
  ...describeVitals(answerOf(sections), place).lines,
  ...partsOf(readingOf(sections)).flatMap(({ lines }) => lines),
];
const linesOf = (sections: Partial<Vitals>) => toldBy(sections).map(({ line }) => line);
/** By the object's kind and the name of the fact. */
const factsOf = (sections: Partial<Vitals>): Readonly<Record<string, FactValue>> =>
  Object.fromEntries(
    toldBy(sections).flatMap(({ facts }) => facts.map(({ of, name, value }) => [`${of} ${name}`, value])),
  );
const evidenceOf = (sections: Partial<Vitals>): readonly Evidence[] =>
  [
    { instrument: 'kernel/web-1', lines: describeVitals(answerOf(sections), place).lines },
    ...partsOf(readingOf(sections)),
  ].map(({ instrument, lines }, index) =>
    item(`E${index + 1}`, tell(lines, THEN).facts, { witness: instrument }),
  );

describe('a host that is well', () => {
  it('says each zero and each none', () => {
    expect(linesOf(WELL)).toEqual(
      expect.arrayContaining([
        'no swap',
        'the kernel killed no process for want of memory within the hour',
        'no error of a disk in the kernel’s log of the hour',
        'no deleted file of / is held open',
        'no backup, copy or scrub runs',
        'no unit has failed',
        'its clock agrees with ours; its time daemon has synchronized it',
        'no package was installed, upgraded or removed lately',
        'no configuration, unit file or schedule that may be read was written lately',
        'python3 (4711) listens on port 8080, of the service',
        'open files of the service: 12 of 1024 (1.1 %) in process 4711',
        'may be written: /, /srv/two words',
        'inodes of /: 10 % used, 900000 free',
      ]),
    );
  });

  it('states what it does between two moments', () => {
    expect(factsOf(WELL)).toMatchObject({
      'host/web-1 system.cpu.utilization': expect.closeTo(0.075, 6),
      'process/web-1/python3:4711 process.top.cpu': 0.05,
      'service/shop process.cpu.cores': 0.1,
      'host/web-1 system.disk.busy': 0.01,
      'host/web-1 system.disk.write_rate': 2000 * 512,
    });
  });
});

describe('what the reading itself computes', () => {
  const busy = 'cpu  1010 0 505 8184';
  const read = (own: string, all: string) =>
    factsOf({
      ...WELL,
      second: (WELL.second ?? '').replace(' 2 3 10 10 20 0 1 0 99', ` ${own} 20 0 1 0 99`).replace(busy, all),
    });

  it('is no part of what the host does, with all that it began', () => {
    const [own, none] = [
      read('12 13 70 40', 'cpu  1110 0 505 8084'),
      read('2 3 10 10', 'cpu  1110 0 505 8084'),
    ];
    expect(none['host/web-1 system.cpu.utilization']).toBeCloseTo(0.575, 6);
    expect(own['host/web-1 system.cpu.utilization']).toBeCloseTo(0.025, 6);
  });

  it('is never more than what was computed', () => {
    expect(read('500 500 500 500', busy)).toMatchObject({ 'host/web-1 system.cpu.utilization': 0 });
  });
});

const TELLING: readonly (readonly [keyof typeof TROUBLED, Readonly<Record<string, FactValue>>])[] = [
  [
    'outOfMemory',
    {
      'host/web-1 system.oom_kills': 1,
      'host/web-1 system.oom_kill.victim': 'python3',
      'host/web-1 system.cgroup_oom_kills': 0,
    },
  ],
  ['groupOutOfMemory', { 'host/web-1 system.oom_kills': 0, 'host/web-1 system.cgroup_oom_kills': 1 }],
  [
    'brokenDisk',
    {
      'host/web-1 system.disk.errors': 2,
      'filesystem/web-1:/ system.filesystem.read_only': true,
      'filesystem/web-1:/ system.filesystem.read_only.intended': false,
    },
  ],
  [
    'deletedOpen',
    {
      'filesystem/web-1:/ system.filesystem.deleted_open': 0.6144,
      'filesystem/web-1:/ system.filesystem.deleted_open.holder': 'process 4712',
    },
  ],
  ['noInodes', { 'filesystem/web-1:/ system.filesystem.inodes.utilization': 1 }],
  ['conntrackFull', { 'host/web-1 system.conntrack.utilization': 1, 'host/web-1 system.conntrack.drops': 1 }],
  ['noPorts', { 'host/web-1 system.tcp.time_wait': 28_000 }],
  ['foreignPort', { 'service/shop host.port.foreign': true, 'service/shop host.port.holder': 'nginx' }],
  ['descriptors', { 'service/shop process.file_descriptors.utilization': 1020 / 1024 }],
  [
    'startLimit',
    {
      'unit/web-1/shop.service systemd.unit.result': 'start-limit-hit',
      'unit/web-1/shop.service systemd.unit.exit_status': 1,
      'host/web-1 host.failed_units': 1,
    },
  ],
  ['hog', { 'host/web-1 system.cpu.load_per_core': 2.5, 'process/web-1/python3:4711 process.top.cpu': 0.96 }],
  [
    'changed',
    {
      'host/web-1 host.change.configuration': '/etc/shop/shop.yml',
      'host/web-1 host.change.cron': '/etc/cron.d/backup',
      'host/web-1 host.change.package': 'upgrade nginx:amd64 1.22-1 1.22-2',
    },
  ],
  ['batch', { 'host/web-1 host.batch.running': 'rsync' }],
];

describe('a host in trouble', () => {
  it.each(TELLING)('states it: %s', (name, facts) => {
    expect(factsOf(TROUBLED[name])).toMatchObject(facts);
  });

  it('is told as of when it became so', () => {
    const at = (name: keyof typeof TROUBLED, fact: string) =>
      toldBy(TROUBLED[name])
        .flatMap(({ facts }) => facts)
        .find((one) => one.name === fact)?.at;
    expect(at('outOfMemory', 'system.oom_kills')).toBeCloseTo(THEN - 300_000 + 323, -1);
    expect(at('groupOutOfMemory', 'system.cgroup_oom_kills')).toBeCloseTo(THEN - 100_000 + 623, -1);
    expect(at('changed', 'host.change.configuration')).toBe(THEN - 119_500);
  });
});

/** What another instrument says beside the host, and what it is then. */
const RECOGNISED: readonly (readonly [keyof typeof TROUBLED, Evidence, string])[] = [
  [
    'outOfMemory',
    item('E90', [fact('node_exporter.oom_kills', 'host/web-1', 1)]),
    'host_out_of_memory in host/web-1',
  ],
  [
    'deletedOpen',
    item('E90', [fact('alert.reads', 'filesystem/web-1:/', 'node_filesystem_avail_bytes')]),
    'deleted_files_held_open in filesystem/web-1:/',
  ],
  [
    'noInodes',
    item('E90', [fact('log.signature', 'service/shop', 'no_space', { within: ['host/web-1'] })]),
    'inodes_exhausted in host/web-1',
  ],
  [
    'brokenDisk',
    item('E90', [fact('log.signature', 'service/shop', 'read_only_filesystem', { within: ['host/web-1'] })]),
    'filesystem_read_only in host/web-1',
  ],
  [
    'conntrackFull',
    item('E90', [fact('node_exporter.conntrack.utilization', 'host/web-1', 1)]),
    'conntrack_full in host/web-1',
  ],
  [
    'noPorts',
    item('E90', [fact('log.signature', 'service/shop', 'no_local_port', { within: ['host/web-1'] })]),
    'local_ports_exhausted in host/web-1',
  ],
  [
    'foreignPort',
    item('E90', [fact('log.signature', 'service/shop', 'address_in_use', { within: ['host/web-1'] })]),
    'port_in_use in service/shop',
  ],
  [
    'descriptors',
    item('E90', [fact('log.signature', 'service/shop', 'too_many_open_files', { within: ['host/web-1'] })]),
    'descriptors_exhausted in service/shop',
  ],
  [
    'startLimit',
    item('E90', [fact('http.probe.outcome', 'service/shop', 'refused', { within: ['host/web-1'] })]),
    'unit_start_limit in service/shop',
  ],
  [
    'hog',
    item('E90', [
      fact('node_exporter.cpu.utilization', 'host/web-1', 0.97),
      fact('node_exporter.cpu.utilization.before', 'host/web-1', 0.2),
    ]),
    'cpu_hog in host/web-1',
  ],
];

describe('what a host answers, with what a second instrument says,', () => {
  const { library } = shipped();
  const named = (evidence: readonly Evidence[], among = library) =>
    recognise(among, evidence, { symptom: THEN, needs: new Map() }).map(
      ({ fault, object }) => `${fault.name} in ${object}`,
    );

  it.each(RECOGNISED)('is recognised: %s', (name, other, expected) => {
    expect(named([...evidenceOf(TROUBLED[name]), other])).toEqual([expected]);
  });

  it.each(RECOGNISED)('is no fault where the host is well: %s', (_, other) => {
    expect(named([...evidenceOf(WELL), other])).toEqual([]);
    expect(named(evidenceOf(WELL), libraryOf([]))).toEqual([]);
  });
});

describe('what may not be read', () => {
  it('says so, and is no zero', () => {
    expect(linesOf(BARE)).toEqual(
      expect.arrayContaining([
        'the kernel’s log is not readable (dmesg: read kernel buffer failed: Operation not permitted): kills, disk errors and dropped connections are not known',
        'connections could not be read: there is no ss',
        'the open files of the service may not be read without root',
        'the open files of 90 processes may not be read without root: what they hold is not counted',
      ]),
    );
    const facts = Object.keys(factsOf(BARE)).map((name) => name.split(' ').at(-1));
    for (const absent of [
      'system.oom_kills',
      'system.disk.errors',
      'system.filesystem.deleted_open',
      'host.port.holder',
      'system.tcp.time_wait',
      'process.file_descriptors.utilization',
    ])
      expect(facts).not.toContain(absent);
  });
});

describe('whatever a host answers', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...Object.values(WELL), ...Object.values(TROUBLED.outOfMemory)),
  );
  const sections = fc.record(Object.fromEntries(SECTIONS.map((name) => [name, anything])));

  it('every fact is of the vocabulary, of its type, stands in one line, and no line breaks', () => {
    fc.assert(
      fc.property(sections, (all) => {
        for (const { line, facts } of toldBy(all as Partial<Vitals>)) {
          expect(line).not.toContain('\n');
          for (const { name, value } of facts) {
            expect(isFactName(name)).toBe(true);
            const type = { text: 'string', number: 'number', flag: 'boolean' }[VOCABULARY[name].type];
            expect([name, typeof value]).toEqual([name, type]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
