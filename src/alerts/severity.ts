import type { Severity } from './alert.ts';

/**
 * The words of the field, by what is done about each: `critical` may not wait, `warning` is looked at soon, `info` is for the record.
 * `P2` and `error` are the second step of their scales (P1 > P2, crit > err), which call nobody out of bed, and so warnings: an incident
 * opens for a warning as well. Whose scale ends with `error` says so in `severities`.
 */
const WORDS: Readonly<Record<Severity, string>> = {
  critical:
    'critical crit fatal emergency emerg panic disaster blocker severe major high urgent page alert p0 p1 sev0 sev1 s0 s1 prio0 prio1 severity0 severity1 priority0 priority1',
  warning: 'warning warn error err average medium moderate p2 sev2 s2 prio2 severity2 priority2 ticket',
  info: 'info information informational minor low notice ok okay none normal clear cleared debug trace verbose unimportant p3 p4 p5 sev3 sev4 sev5 s3 s4 s5 prio3 prio4 prio5 severity3 severity4 severity5 priority3 priority4 priority5',
};

const KNOWN: ReadonlyMap<string, Severity> = new Map(
  Object.entries(WORDS).flatMap(([severity, words]) =>
    words.split(' ').map((word) => [word, severity as Severity] as const),
  ),
);

/** Figures alone are priorities, of which 1 is the highest, where the label is about priority; a `level` may count from below. */
const FIGURES: ReadonlyMap<string, Severity> = new Map([
  ['0', 'critical'],
  ['1', 'critical'],
  ['2', 'warning'],
  ['3', 'info'],
  ['4', 'info'],
  ['5', 'info'],
]);

/** The labels that tell, the most telling first. */
const LABELS = ['severity', 'priority', 'level'] as const;
const LONGEST_WORD = 60;

/** What further words mean, in `medic.yml`. */
export type Severities = Readonly<Record<string, Severity>>;

/** How loud an alert is, and the word that nobody knows where that decided: it is read as a warning. */
export interface ReadSeverity {
  readonly severity: Severity;
  readonly unknown: string | null;
}

/** A reader of severities, by the words of the field and those of `medic.yml`, which go first. */
export function severityReader(
  own: Severities = {},
): (labels: Readonly<Record<string, string>>) => ReadSeverity {
  const further = new Map(Object.entries(own).map(([word, severity]) => [plain(word), severity]));
  return (labels) => {
    const said = LABELS.flatMap((label) => {
      const word = Object.hasOwn(labels, label) ? plain(labels[label] ?? '') : '';
      return word === '' ? [] : [{ label, word }];
    });
    for (const { label, word } of said) {
      const severity =
        further.get(word) ?? KNOWN.get(word) ?? (label === 'level' ? undefined : FIGURES.get(word));
      if (severity !== undefined) return { severity, unknown: null };
    }
    return { severity: 'warning', unknown: said[0]?.word ?? null };
  };
}

/** `SEV-1`, `sev 1` and `Sev1` are one word. */
function plain(word: string): string {
  return word
    .slice(0, LONGEST_WORD)
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .toWellFormed();
}
