import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family, Telling } from './families.ts';

export type Cluster = 'here' | 'there';

/** What a remedy does when it runs: see `script` in playbooks.ts. */
export type Remedy = 'cure' | 'half' | 'mask' | 'nothing' | 'fail' | 'hang';

/** One service whose every witness can be made to say anything, and of which it is known how it really is. */
export interface Patient {
  readonly name: string;
  readonly folder: string;
  /** Whether it has a target of its own, which can hang. */
  readonly alone: boolean;
  hung: boolean;
  /** Whether its exporter dates its samples, as those do that pass on what others have measured: Prometheus then cannot see that they stand still. */
  dated: boolean;
  /** What its health check answers. */
  probe: 'well' | 'ill';
  /** What its exporter says, cluster by cluster; nothing before its case begins. */
  readonly series: Map<`${Cluster}/${Family}`, Said>;
  tell(family: Family, telling: Telling, cluster?: Cluster): void;
  /** What Medic's own look finds; null where it cannot be read. */
  look(word: 'yes' | 'no' | null): void;
  remedyWill(mode: Remedy, gated?: boolean): void;
  openGate(): void;
  /** The process of the remedy that began last. */
  pid(): number | null;
  /** Whether its remedy has really cured it. */
  isCured(): boolean;
  /** Says how it really is from now on. */
  really(state: 'well' | 'ill'): void;
  /** Whether it was really well at some moment between two times, epoch milliseconds. */
  wasWellWithin(from: number, to: number): boolean;
}

/** What is said, since when (epoch milliseconds), and how many requests were counted until then. */
export interface Said {
  readonly telling: Telling;
  readonly since: number;
}

export function admit(dir: string, name: string, alone: boolean): Patient {
  const folder = join(dir, name);
  mkdirSync(folder);
  const file = (what: string) => join(folder, what);
  const truth: { readonly at: number; readonly well: boolean }[] = [{ at: 0, well: true }];
  const patient: Patient = {
    name,
    folder,
    alone,
    hung: false,
    dated: false,
    probe: 'well',
    series: new Map(),
    tell: (family, telling, cluster = 'here') =>
      void patient.series.set(`${cluster}/${family}`, { telling, since: Date.now() }),
    look: (word) =>
      word === null ? rmSync(file('healthy'), { force: true }) : writeFileSync(file('healthy'), `${word}\n`),
    remedyWill(mode, gated = false) {
      writeFileSync(file('remedy'), mode);
      if (gated) rmSync(file('gate'), { force: true });
      else writeFileSync(file('gate'), '');
    },
    openGate: () => writeFileSync(file('gate'), ''),
    pid: () => (existsSync(file('pid')) ? Number(readFileSync(file('pid'), 'utf8')) : null),
    isCured: () => existsSync(file('cured')),
    really: (state) => void truth.push({ at: Date.now(), well: state === 'well' }),
    wasWellWithin(from, to) {
      const cured = existsSync(file('really')) ? statSync(file('really')).mtimeMs : Number.POSITIVE_INFINITY;
      const began = truth.findLastIndex(({ at }) => at <= from);
      return cured <= to || truth.some(({ at, well }, place) => well && at <= to && place >= began);
    },
  };
  patient.look('yes');
  patient.remedyWill('nothing');
  return patient;
}
