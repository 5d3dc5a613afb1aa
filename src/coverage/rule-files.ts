import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Mistake } from '../lib/schema/mistake.ts';
import { promDuration } from './duration.ts';
import { joined, NO_RULES, type Recording, type Rule, type RuleSet } from './rule.ts';

/** How deep groups of rules are looked for: in a list of custom resources, in the values of a chart. */
const DEEPEST = 8;
/** A file with more broken documents says no more by the next. */
const MOST_MISTAKES = 5;

interface Source {
  readonly file: string;
  /** The line of an offset, from 1. */
  lineOf(node: Node | null | undefined): number | null;
}

/**
 * The rules of a text of YAML or JSON: groups as Prometheus reads them, wherever they stand in it. So custom resources, lists of them,
 * config maps with files in them, what mixins render to, and values of charts are all understood, in any number of documents.
 */
export function rulesIn(text: string, file: string): RuleSet {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const source: Source = {
    file,
    lineOf: (node) => (node?.range ? lines.linePos(node.range[0]).line : null),
  };
  const all = 'empty' in documents ? [] : documents;
  const broken = all.flatMap(({ errors }): readonly Mistake[] => {
    const [first] = errors;
    if (first === undefined) return [];
    const { line, col } = lines.linePos(first.pos[0]);
    return [{ ...wrong(source, null, whyBroken(text, first.message)), line, column: col }];
  });
  const sets = all.map(({ errors, contents }) =>
    errors.length > 0 ? NO_RULES : within(contents, source, 0),
  );
  return joined([{ ...NO_RULES, mistakes: broken.slice(0, MOST_MISTAKES) }, ...sets]);
}

function whyBroken(text: string, message: string): string {
  const isTemplate = /\{\{-?\s*(?:if|range|include|template|define|end|with|\.Values|\.Release)\b/.test(text);
  if (isTemplate) return 'this is a template and no YAML yet: render it first, as with `helm template`';
  return `the YAML is broken: ${(message.split('\n')[0] ?? '').replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`;
}

function within(node: unknown, source: Source, depth: number): RuleSet {
  if (depth > DEEPEST) return NO_RULES;
  if (isSeq(node)) return joined(node.items.map((item) => within(item, source, depth + 1)));
  if (!isMap(node)) return NO_RULES;
  const groups = node.get('groups', true);
  const isGroups = isSeq(groups) && groups.items.some((item) => isMap(item) && item.has('rules'));
  return joined(
    node.items.map(({ key, value }) => {
      if (isGroups && isScalar(key) && key.value === 'groups')
        return joined(groups.items.map((item) => inGroup(item, source)));
      // A config map holds whole files.
      if (isScalar(value) && typeof value.value === 'string' && /^[ \t]*groups:/m.test(value.value))
        return moved(rulesIn(value.value, source.file), source.lineOf(value));
      return within(value, source, depth + 1);
    }),
  );
}

/** Rules of a text within a file: their lines are those of the text, so only where it begins is told. */
function moved({ rules, recordings, mistakes }: RuleSet, line: number | null): RuleSet {
  const at = { line, column: null };
  return {
    rules: rules.map((rule) => ({ ...rule, place: { ...rule.place, ...at } })),
    recordings,
    mistakes: mistakes.map((mistake) => ({ ...mistake, ...at })),
  };
}

function inGroup(group: unknown, source: Source): RuleSet {
  const rules = isMap(group) ? group.get('rules', true) : null;
  return isSeq(rules) ? joined(rules.items.map((item) => ofRule(item, source))) : NO_RULES;
}

function ofRule(node: unknown, source: Source): RuleSet {
  if (!isMap(node)) return NO_RULES;
  const text = (key: string): string | null => {
    const value = node.get(key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const mistake = (key: string, message: string): RuleSet => ({
    ...NO_RULES,
    mistakes: [wrong(source, node.get(key, true) ?? node, message)],
  });
  const [alert, record, expression] = [text('alert'), text('record'), text('expr')];
  const name = alert ?? record;
  if (name === null)
    return mistake('alert', 'a rule has to say what it is: write alert: or record: with a name');
  if (expression === null || expression.trim() === '')
    return mistake('expr', `${name} has no expression: write expr:`);
  const labels = labelsOf(node.get('labels', true));
  if (alert === null) {
    const recording: Recording = { name, expression, labels };
    return { ...NO_RULES, recordings: [recording] };
  }
  const written = text('for');
  const lasting = written === null ? 0 : promDuration(written);
  if (lasting === null)
    return mistake(
      'for',
      `${name}: ${JSON.stringify(written)} is no duration: write one such as 5m or 1h30m`,
    );
  const place = { kind: 'file', file: source.file, line: source.lineOf(node.get('expr', true)) } as const;
  const rule: Rule = { name, expression, lasting, labels, place };
  return { ...NO_RULES, rules: [rule] };
}

function labelsOf(node: unknown): Readonly<Record<string, string>> {
  if (!isMap(node)) return {};
  const pairs = node.items.flatMap(({ key, value }) =>
    isScalar(key) && isScalar(value) ? [[String(key.value), String(value.value ?? '')] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function wrong({ file, lineOf }: Source, node: unknown, message: string): Mistake {
  const line = node === null ? null : lineOf(node as Node);
  return { kind: 'wrong', file, line, column: null, path: '', message };
}
