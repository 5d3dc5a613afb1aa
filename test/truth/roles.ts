import { roundly } from '../../src/adapters/sinks/slack/blocks/plain.ts';
import { words } from '../../src/adapters/sinks/slack/blocks/text.ts';
import type { Alert } from '../../src/alerts/alert.ts';
import { type Record, told } from './numbers.ts';

/** What a name, a word of severity or a figure stands beside says what it is of: only that will do, and no other of the record. */
interface Role {
  readonly says: RegExp;
  readonly isSo: (record: Record, caught: readonly string[]) => boolean;
}

const subjects = ({ incident, beside }: Record) => [
  beside.service?.name ?? incident.subject.name,
  incident.subject.name,
];
const isSubject = (record: Record, shown = '') => subjects(record).some((name) => isShown(name, shown));
const alertsOf = ({ incident, events }: Record): readonly Alert[] => [
  ...Object.values(incident.alerts).map(({ alert }) => alert),
  ...events.flatMap((event) => (event.type === 'alerts' ? event.alerts : [])),
];
const plansOf = (record: Record) =>
  told(record, 'planned').map(({ plan, verdict }) => ({ ...plan, tier: verdict.tier }));

/** Whether a name is shown so: in one line, without what would mark it, and cut where it is long. */
function isShown(name: string, shown: string): boolean {
  const plain = (text: string) => text.replaceAll(/[*`']/g, '').trim();
  const [whole, said] = [plain(words(name, 2000)), plain(shown)];
  return said.endsWith('…') ? whole.startsWith(said.slice(0, -1)) : whole === said;
}

/** What an alert says breaks. */
/** Of an alert that is over it is said that it said so. */
const quotedIn = (what: string) => /^the alert said “(.*)”$/.exec(what)?.[1] ?? what;

function isBroken(record: Record, shown: string): boolean {
  const { incident } = record;
  const said = alertsOf(record).flatMap(({ name, annotations }) => [
    `${name} on ${incident.subject.name}`,
    annotations.summary ?? '',
    annotations.description ?? '',
  ]);
  return [...said, incident.title, `An alert about ${incident.subject.name}`].some((one) => {
    const whole = roundly(one).replace(/\.$/, '');
    return (
      isShown(whole, shown.replace(/\.$/, '')) ||
      (whole !== '' && shown.startsWith(`${words(whole, 2000)}. `))
    );
  });
}

const SEVERE = '(Critical|Warning|Info)';
const isSeverity = ({ incident }: Record, said = '') => incident.severity === said.toLowerCase();

const ROLES: readonly Role[] = [
  {
    says: /^:\w+: \*([^*\n]+)\*(?: \([^)\n]*\))? \((critical|warning|info)\) since/gm,
    isSo: (record, [name = '', severity]) =>
      told(record, 'opened').some(({ alerts }) =>
        alerts.some((one) => isShown(one.name, name) && one.severity === severity),
      ),
  },
  {
    says: /^Opened by an alert: (.+)$/g,
    isSo: (record, [names = '']) =>
      told(record, 'opened').some(({ alerts }) => {
        const all = alerts.slice(0, 5).map(({ name }) => words(name, 80));
        return all.join(', ') === names;
      }),
  },
  {
    says: /\ba person (?:is|was) needed for (.+?)\*? \((critical|warning|info)\)/gi,
    isSo: (record, [name, severity]) => isSubject(record, name) && isSeverity(record, severity),
  },
  {
    says: new RegExp(`^:\\w+: \\*${SEVERE}:\\* (.*)$`, 'gm'),
    isSo: (record, [severity, what = '']) => isSeverity(record, severity) && isBroken(record, quotedIn(what)),
  },
  {
    says: new RegExp(`(?<=^[^\\n]+\\. )${SEVERE}: (.*)$`, 'g'),
    isSo: (record, [severity, what = '']) => isSeverity(record, severity) && isBroken(record, what),
  },
  {
    says: /\*Plan:\* (.+) on .*\(`([^`]+)`\)/g,
    isSo: (record, [title = '', playbook]) =>
      plansOf(record).some((plan) => isShown(plan.title, title) && plan.playbook === playbook),
  },
  {
    says: /^(?:.*: )?Plan: (.+?) \(tier (low|medium|high)\)/g,
    isSo: (record, [title = '', tier]) =>
      plansOf(record).some((plan) => isShown(plan.title, title) && plan.tier.effective === tier),
  },
  {
    says: /\*Fix:\* (.+?)(?: on \*|$)/gm,
    isSo: (record, [title = '']) => plansOf(record).some((plan) => isShown(plan.title, title)),
  },
  {
    says: /\*(?:Resolved|Recovered by itself|Well again|Alerts resolved|Answered)\* in [^:]+: \*([^*]+)\*/g,
    isSo: (record, [name]) => isSubject(record, name),
  },
  {
    says: /^(.+?): (?:resolved|well again|alerts resolved|answered) in /g,
    isSo: (record, [name]) => isSubject(record, name),
  },
  {
    says: /library of faults \(`([^`]+)`\)/g,
    isSo: (record, [fault = '']) =>
      told(record, 'diagnosed').some(({ diagnosis: { by } }) => by.kind === 'fault' && by.fault === fault),
  },
  {
    says: /known pattern “([^”]+)” of `([^`]+)`/g,
    isSo: (record, [pattern, playbook]) => {
      const known = JSON.stringify(told(record, 'diagnosed').map(({ diagnosis }) => diagnosis));
      return [pattern, playbook].every((name) => known.includes(JSON.stringify(name)));
    },
  },
];

/** What is said of something that it is not. */
export function misplaced(text: string, record: Record): readonly string[] {
  const wrong = ROLES.flatMap(({ says, isSo }) =>
    [...text.matchAll(says)]
      .filter(([, ...caught]) => !isSo(record, caught))
      .map(([whole]) => `“${whole}” is not so`),
  );
  return [...wrong, ...unlabelled(text, record), ...unsure(text, record), ...elsewhere(text, record)];
}

/** A row of labels with their values: `service shop · job shop`. */
function unlabelled(text: string, record: Record): readonly string[] {
  const alerts = alertsOf(record);
  const shown = new Set(
    alerts.flatMap(({ labels }) =>
      Object.entries(labels).map(([name, value]) => `${words(name, 40)} ${words(value, 60)}`),
    ),
  );
  const rows = text
    .split('\n')
    .filter((line) => line.includes(' · ') && !/[:`*<]\s|^[:*_<]|after /.test(line));
  return rows
    .flatMap((row) => row.split(' · '))
    .filter(
      (pair) =>
        alerts.some(({ labels }) => Object.hasOwn(labels, pair.split(' ')[0] ?? '')) && !shown.has(pair),
    )
    .map((pair) => `“${pair}” is no label of its alerts`);
}

/** How sure Medic is, beside what it is sure of. */
function unsure(text: string, record: Record): readonly string[] {
  const all = [...told(record, 'diagnosed'), ...told(record, 'second-opinion')].flatMap(
    ({ diagnosis }) => diagnosis.hypotheses,
  );
  return [...text.matchAll(/(\d+) % sure/g)].flatMap(([whole, percent]) => {
    const those = all.filter(({ confidence, selfConfidence }) =>
      [confidence, selfConfidence ?? confidence].some((one) => Math.round(one * 100) === Number(percent)),
    );
    const isSo = those.some(({ cause }) =>
      text.includes(
        words(roundly(cause), 2000)
          .replace(/[.!?]$/, '')
          .slice(0, 60),
      ),
    );
    return isSo ? [] : [`“${whole}” of something else`];
  });
}

/** What a plan does, and where. */
function elsewhere(text: string, record: Record): readonly string[] {
  const titles = new Map<string, string[]>();
  const add = (title: string, places: readonly string[]) =>
    titles.set(title, [
      ...(titles.get(title) ?? []),
      ...places.flatMap((one) => [one, one.split('/').at(-1) ?? one]),
    ]);
  for (const { title, targets } of plansOf(record)) add(words(title, 150), targets);
  return [...titles].flatMap(([title, places]) =>
    text
      .split(`${title} on `)
      .slice(1)
      .map(
        (rest) =>
          (
            /^\*?([^*?:\n;“”()]+?)\*?(?:[?:\n;“”()*]|\. |\.?$| and | waits | stops )/.exec(rest)?.[1] ?? ''
          ).split(', ')[0] ?? '',
      )
      .filter((place) => place !== '' && !places.some((one) => isShown(one, place)))
      .map((place) => `“${title}” is not done on ${place}`),
  );
}
