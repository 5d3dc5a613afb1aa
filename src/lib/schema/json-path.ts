/** Names and places on the way into a JSON value. */
export type JsonPath = readonly (string | number)[];

const STEP = /(?:^|\.)([^.[\]"]+)|(?:^|\.)"((?:[^"\\]|\\.)*)"|\[(\d{1,6})\]/gy;

/** Reads `event.tags[0]."a.b"`, and with `$` for the body itself before it; null where it is none. */
export function jsonPath(text: string): JsonPath | null {
  const path = text.replace(/^\$(?:\.(?!\.)|(?=\[))/, '');
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    const [, name, quoted, place] = match;
    steps.push(place === undefined ? (name ?? (quoted ?? '').replace(/\\(.)/gs, '$1')) : Number(place));
    end = STEP.lastIndex;
  }
  return end === path.length && steps.length > 0 && !path.startsWith('.') ? steps : null;
}

/** What is wrong with a path, for whoever wrote it; null where nothing is. */
export function pathProblem(text: string): string | null {
  return jsonPath(text) === null
    ? 'write names with dots between them, and places in lists, such as event.tags[0].value'
    : null;
}

/** What stands there, of the value's own; undefined where nothing does. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof step === 'number') return Array.isArray(inner) ? inner[step] : undefined;
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, step)
      ? (inner as Record<string, unknown>)[step]
      : undefined;
  }, value);
}
