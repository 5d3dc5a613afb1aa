import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { registered } from '../../src/alerts/subject.ts';
import { Settings } from '../../src/config/settings.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import { Manifest } from '../../src/playbooks/manifest.ts';
import { affectedBy } from '../../src/services/neighbourhood.ts';
import type { Beside } from '../corpus/drawn.ts';
import { shipped } from '../kit/faults/shipped.ts';
import { given as usual } from '../kit/incident/fixtures.ts';
import type { Life } from './lives.ts';
import type { Witnessed } from './witness.ts';

const FOLDER = join(import.meta.dirname, 'streams');
const ENDING = '.jsonl.gz';
/** Where a test's own files are, on whatever machine. */
const SCRATCH = new RegExp(`${tmpdir()}/medic-\\w+-\\w{6}`, 'g');

/**
 * Keeps what a Medic of a suite has written down, without the places of the machine that it ran on.
 *
 * @param wanted whether a life is kept, by how it begins; all are, where this is absent
 */
export function keepStreams(suite: string, file: string, wanted = (_first: Witnessed) => true): void {
  const all = witnessedIn(readFileSync(file, 'utf8').replaceAll(SCRATCH, '/srv/medic'));
  const written = all.flatMap((one) => one.written ?? []);
  const lives = [...Map.groupBy(all, ({ id }) => id).values()].filter(([first]) => first && wanted(first));
  const [first, ...others] = lives.flat().map(({ written: _, ...one }) => one);
  // The catalog is written down where it was first seen, which may be in a life that is not kept.
  const playbooks = written.flatMap((one) => one.playbooks);
  const kept = [{ ...first, written: { config: written[0]?.config ?? '', playbooks } }, ...others];
  mkdirSync(FOLDER, { recursive: true });
  const text = kept.map((one) => `${JSON.stringify(one)}\n`).join('');
  writeFileSync(join(FOLDER, `${suite}${ENDING}`), gzipSync(text, { level: 9 }));
}

function witnessedIn(text: string): readonly Witnessed[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): Witnessed => JSON.parse(line));
}

/** The lives that were recorded of real Medics, suite by suite, each with the number of its last version. */
export function readStreams(): readonly (Life & { readonly last: number })[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .flatMap((file) => {
      const text = gunzipSync(readFileSync(join(FOLDER, file))).toString('utf8');
      return livesIn(file.slice(0, -ENDING.length), witnessedIn(text));
    });
}

function livesIn(suite: string, all: readonly Witnessed[]): readonly (Life & { readonly last: number })[] {
  const world = worldOf(all);
  return [...Map.groupBy(all, ({ id }) => id).values()].map((unsorted) => {
    const lines = unsorted.toSorted((one, other) => one.version - other.version);
    const steps = lines.map(({ event, given }) => ({
      event,
      given: { ...usual(), ...given, ...world },
    }));
    const name = `${suite}: ${aboutWhat(lines)} (${lines[0]?.id})`;
    return { name, steps, beside: besideIn(world.settings, steps), last: lines.at(-1)?.version ?? 0 };
  });
}

function aboutWhat([first]: readonly Witnessed[]): string {
  return first !== undefined && 'subject' in first.event ? first.event.subject.name : 'unknown';
}

/** What was written for that Medic, as it is read today. */
function worldOf(all: readonly Witnessed[]): Pick<StepContext, 'settings' | 'catalog' | 'library'> {
  const written = all.flatMap((one) => one.written ?? []);
  const playbooks = written.flatMap((one) => one.playbooks);
  const known = playbooks.map(({ hash, manifest: text }) => {
    const manifest = Manifest.parse(parse(text));
    return { manifest, folder: `/playbooks/${manifest.name}`, hash };
  });
  return {
    settings: Settings.parse(parse(written[0]?.config ?? '')),
    catalog: new Map(known.map((one) => [one.manifest.name, one])),
    library: shipped().library,
  };
}

/** What the chat of that Medic knew. */
function besideIn(settings: Settings, [first]: Life['steps']): Life['beside'] {
  const audience = {
    approvers: [...settings.roles.approvers.users, ...settings.roles.approvers.groups],
    quietHours: settings.quiet_hours,
  };
  const { lately = null, neighbours = [] } = first?.given.around ?? {};
  const earlier = [...(lately === null ? [] : [lately]), ...neighbours];
  return (incident): Beside => ({
    service: serviceOf(incident, settings),
    audience,
    host: hostOf(incident, earlier),
  });
}

function serviceOf({ subject }: Incident, settings: Settings): Beside['service'] {
  const service = registered(subject, settings);
  return service === null
    ? null
    : {
        name: subject.name,
        owners: service.owners,
        dashboards: service.dashboards,
        dependants: affectedBy(subject, settings),
      };
}

function hostOf({ id, link }: Incident, earlier: readonly Incident[]): Beside['host'] {
  const host = earlier.find((one) => one.id === link?.incident);
  if (host === undefined) return null;
  const relapsed = link?.kind === 'relapse' ? id : host.relapsed;
  return { incident: host.id, subject: host.subject.name, closed: host.milestones.closed, relapsed };
}
