import type { ModalView, PlainTextOption, RadioButtons, StaticSelect } from '@slack/types';
import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import { namedLink, silenceUrl } from '../alerts.ts';
import { clip } from '../limits.ts';
import { context, counted, oneLine } from '../text.ts';
import { type Carried, MODAL, modal, noticeView, paragraph, plain, textInput } from './parts.ts';
import { LONGEST } from './rejection.ts';

export const SILENCE = 'plan:silence';
/** Block and action ids of the boxes. */
export const FOR = 'for';
export const SCOPE = 'scope';
export const WHY = 'why';

const MINUTE = 60_000;
const DURATIONS: readonly (readonly [string, number])[] = [
  ['30 minutes', 30 * MINUTE],
  ['1 hour', 60 * MINUTE],
  ['4 hours', 240 * MINUTE],
  ['8 hours', 480 * MINUTE],
  ['1 day', 1440 * MINUTE],
];

/** Asks for how long and how much of it is silenced. The form of the alert's Alertmanager stays one link away. */
export function silenceView(incident: Incident, carries: Carried): ModalView {
  const alerts = firingAlerts(incident);
  const [first] = alerts;
  if (first === undefined) return noticeView('Silence it', 'No alert of it fires any more.');
  const url = silenceUrl(first);
  return modal({
    callback: SILENCE,
    carries,
    title: 'Silence it',
    submit: 'Silence it',
    close: 'Back',
    blocks: [
      { type: 'input', block_id: FOR, label: plain('For how long?', MODAL.option), element: durations() },
      { type: 'input', block_id: SCOPE, label: plain('What?', MODAL.option), element: scopes(incident) },
      textInput({
        id: WHY,
        label: 'Why?',
        hint: 'It stands on the card and in the list of silences.',
        optional: true,
        lines: 'one',
        max: LONGEST,
      }),
      paragraph(
        'Medic goes on recording and diagnosing, and does nothing about it. Alertmanager still sends.',
      ),
      ...context(
        url === null ? '' : `To silence it there too: ${namedLink(url, 'the form of Alertmanager')}`,
      ),
    ],
  });
}

function durations(): StaticSelect {
  const options = DURATIONS.map(([label, value]) => option(label, String(value)));
  const [, hour] = options;
  return {
    type: 'static_select',
    action_id: FOR,
    options,
    ...(hour === undefined ? {} : { initial_option: hour }),
  };
}

function scopes(incident: Incident): RadioButtons {
  const { subject } = incident;
  const alerts = firingAlerts(incident);
  const name = clip(oneLine(subject.name), 40);
  const one = alerts.length === 1 ? `Only ${clip(oneLine(alerts[0]?.name ?? ''), 60)}` : null;
  const first = option(one ?? `The ${counted(alerts.length, 'alert')} that fire now`, 'alerts');
  const all = subject.kind === 'service' ? [option(`Everything about ${name}`, 'service')] : [];
  return { type: 'radio_buttons', action_id: SCOPE, options: [first, ...all], initial_option: first };
}

function option(label: string, value: string): PlainTextOption {
  return { text: plain(label, MODAL.option), value };
}
