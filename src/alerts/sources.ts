import { readWebhook } from './alertmanager.ts';
import type { Read, Reading } from './gather.ts';
import { genericReader, type Mapping } from './generic.ts';

/** A kind of system that tells of alerts by webhook. */
export interface AlertSource {
  /** What its alerts say they come from, and what it is counted under. */
  readonly name: string;
  /** Where it posts, and whether what it brings there may wait. */
  readonly paths: readonly { readonly path: string; readonly mayWait: boolean }[];
  /** What it is refused with when nothing in its body can be heard. */
  readonly wanted: string;
  read(body: unknown, reading: Reading): Read;
}

const ALERTMANAGER: AlertSource = {
  name: 'alertmanager',
  paths: [
    { path: '/alert', mayWait: false },
    { path: '/api/v1/alert/immediate', mayWait: false },
    { path: '/api/v1/alert/batch', mayWait: true },
  ],
  wanted: 'this is not an Alertmanager webhook with an alert that can be read',
  read: (body, reading) => readWebhook(body, reading),
};

/** What its webhook contact point sends is shaped like Alertmanager's. */
const GRAFANA: AlertSource = {
  name: 'grafana',
  paths: [{ path: '/alert/grafana', mayWait: false }],
  wanted: 'this is not a webhook of Grafana with an alert that can be read',
  read: (body, reading) => readWebhook(body, reading, 'grafana'),
};

/** Every source there is: those that Medic knows, and those that `medic.yml` describes. */
export function alertSources(described: readonly Mapping[]): readonly AlertSource[] {
  return [
    ALERTMANAGER,
    GRAFANA,
    ...described.map((mapping) => ({
      name: mapping.name,
      paths: [{ path: `/alert/${mapping.name}`, mayWait: false }],
      wanted: `nothing in this is an alert as \`sources\` in medic.yml describes those of ${mapping.name}`,
      read: genericReader(mapping),
    })),
  ];
}
