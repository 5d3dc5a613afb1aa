import type { FactValue, ObjectId } from '../../../../evidence/facts/fact.ts';
import { type FactName, VOCABULARY } from '../../../../evidence/facts/vocabulary.ts';
import type { Instrument } from '../../../../evidence/facts/word.ts';

/** How much a line tells: of what is ill, of what may matter, of what is as it should be. */
export type Weight = 'ill' | 'plain' | 'well';

/** A line of text and the facts that stand in it, all of one instrument and one object. */
export interface Statement {
  readonly instrument: Instrument;
  readonly of: ObjectId;
  readonly within: readonly ObjectId[];
  /** What it is shown with: the workload of a pod. */
  readonly group: ObjectId;
  readonly weight: Weight;
  readonly text: string;
  readonly facts: readonly (readonly [FactName, FactValue])[];
  /** When it became so; null where nobody says. */
  readonly at: number | null;
  readonly usual?: true;
}

type Given = Partial<Record<KubernetesFact, FactValue | null | undefined>>;
type KubernetesFact = Extract<FactName, `k8s.${string}`>;

/** What makes the statements of one object. */
export type Say = (
  text: string,
  facts: Given,
  about?: { readonly weight?: Weight; readonly at?: number | null; readonly usual?: boolean },
) => readonly Statement[];

/**
 * Facts that are null were not read and are left out, and a line without any is none. The facts of a line may be by several authors,
 * who each get the line.
 */
export function sayOf(of: ObjectId, within: readonly ObjectId[], group: ObjectId = of): Say {
  return (text, given, { weight = 'plain', at = null, usual = false } = {}) => {
    const facts = Object.entries(given).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name as FactName, capped(value)] as const],
    );
    const authors = new Set(facts.map(([name]) => VOCABULARY[name].instrument));
    return [...authors].map((instrument) => ({
      instrument,
      of,
      within,
      group,
      weight,
      text: oneLine(text),
      facts: facts.filter(([name]) => VOCABULARY[name].instrument === instrument),
      at,
      ...(usual ? { usual: true as const } : {}),
    }));
  };
}

const MOST_OF_A_VALUE = 200;
const MOST_OF_A_LINE = 300;

function capped(value: FactValue): FactValue {
  return typeof value === 'string' ? value.slice(0, MOST_OF_A_VALUE) : value;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= MOST_OF_A_LINE ? flat : `${flat.slice(0, MOST_OF_A_LINE - 1).toWellFormed()}…`;
}
