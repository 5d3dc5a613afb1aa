import type { GroundedValue } from './plan.ts';

/** Replaces each `{{name}}`. A manifest that names an unknown parameter does not load, so none is left. */
export function render(template: string, values: Readonly<Record<string, GroundedValue>>): string {
  return template.replace(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (_, name: string) => values[name]?.value ?? '');
}
