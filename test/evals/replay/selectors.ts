/** Whether an object is one that a list call asks for. */
export type Picks = (object: object) => boolean;

/** `app=cart,tier in (a,b),!legacy` over the labels, as the API server reads it. Throws on what it would refuse. */
export function labelSelector(text: string): Picks {
  const terms = splitTerms(text).map(labelTerm);
  return (object) => {
    const labels = at(object, ['metadata', 'labels']);
    const own = typeof labels === 'object' && labels !== null ? (labels as Record<string, string>) : {};
    return terms.every((holds) => holds(own));
  };
}

/** `status.phase!=Running,involvedObject.name=cart-1`: the server knows the fields of each kind; this knows any. */
export function fieldSelector(text: string): Picks {
  const terms = splitTerms(text).map((term) => {
    const [, field = '', operator = '', value = ''] = /^([\w.]+)(==|!=|=)(.*)$/.exec(term) ?? [];
    if (field === '') throw new Error(`unable to parse field selector "${term}"`);
    const path = field.split('.');
    return (object: object) => (String(at(object, path) ?? '') === value) === (operator !== '!=');
  });
  return (object) => terms.every((holds) => holds(object));
}

function labelTerm(term: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^([^\s!=,]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const isIn = (labels: Readonly<Record<string, string>>) =>
      Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const equal = /^([^\s!=,]+)\s*(==|!=|=)\s*(.*)$/.exec(term);
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal;
    const is = (labels: Readonly<Record<string, string>>) =>
      Object.hasOwn(labels, key) && labels[key] === value;
    return operator === '!=' ? (labels) => !is(labels) : is;
  }
  if (/^![^\s!=,]+$/.test(term)) return (labels) => !Object.hasOwn(labels, term.slice(1));
  if (/^[^\s!=,()]+$/.test(term)) return (labels) => Object.hasOwn(labels, term);
  throw new Error(`unable to parse requirement: ${term}`);
}

/** By commas that stand in no brackets. */
function splitTerms(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function at(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    object,
  );
}
