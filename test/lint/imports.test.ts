import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readImports, violations } from './imports.ts';
import { ALLOWANCES, IMPURE, PACKAGE_HOMES, PURE, SHARED_ADAPTERS } from './rules.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

describe('the source', () => {
  const files = globSync('**/*.{ts,js}', { cwd: src });

  it('imports only in the direction that an incident takes', () => {
    expect(files).toContain('incident/step.ts');
    expect(files.flatMap((file) => violations(file, readFileSync(src + file, 'utf8')))).toEqual([]);
  });

  it('has every folder and file that a rule speaks of', () => {
    const named = [
      ...Object.entries(ALLOWANCES).flatMap(([unit, { values, types }]) => [unit, ...values, ...types]),
      ...PURE,
      ...IMPURE,
      ...SHARED_ADAPTERS.map((folder) => `adapters/${folder}`),
      ...Object.values(PACKAGE_HOMES).flat(),
    ];
    expect(named.filter((name) => !existsSync(src + name))).toEqual([]);
  });
});

describe('the reader of imports', () => {
  const read = (source: string) =>
    readImports(source).map(({ line, from, typeOnly }) => `${line} ${typeOnly ? 'type' : 'value'} ${from}`);

  it('tells types from values, whatever the form', () => {
    const source = [
      "import type { A } from './a.ts';",
      "import { type B, type C } from './b.ts';",
      "import { type D, d } from './d.ts';",
      "import e, * as f from './e.ts';",
      "import './g.ts';",
      'import {',
      '  type H,',
      '  h,',
      "} from './h.ts';",
      "export * from './i.ts';",
      "export type { J } from './j.ts';",
      "export { k } from './k.ts';",
      "const l = await import('./l.ts');",
      'const m = await import(name);',
      "import type from './n.ts';",
    ].join('\n');
    expect(read(source)).toEqual([
      '1 type ./a.ts',
      '2 type ./b.ts',
      '3 value ./d.ts',
      '4 value ./e.ts',
      '5 value ./g.ts',
      '6 value ./h.ts',
      '10 value ./i.ts',
      '11 type ./j.ts',
      '12 value ./k.ts',
      '13 value ./l.ts',
      '14 value <computed>',
      '15 value ./n.ts',
    ]);
  });

  it('reads neither comments nor what only looks like an import', () => {
    const source = [
      "// import { a } from './a.ts';",
      '/*',
      "import { b } from './b.ts';",
      '*/',
      "const text = 'import { c } from ./c.ts';",
      "export const from = Array.from('d');",
      "import { e } from './e.ts'; // from './f.ts'",
    ].join('\n');
    expect(read(source)).toEqual(['7 value ./e.ts']);
  });
});

describe('the rules', () => {
  const type = (from: string) => `import type { A } from '${from}';`;
  const value = (from: string) => `import { a } from '${from}';`;

  it.each([
    ['policy/decide.ts', type('../diagnosis/diagnosis.ts')],
    ['policy/decide.ts', value('./tier.ts')],
    ['diagnosis/patterns.ts', type('../playbooks/manifest.ts')],
    ['approval/authorise.ts', type('../config/settings.ts')],
    ['incident/plan/planning.ts', value('../../policy/decide.ts')],
    ['incident/plan/planning.ts', value('node:crypto')],
    ['incident/evidence/investigate.ts', value('../../evidence/evidence.ts')],
    ['engine/engine.ts', value('../incident/step.ts')],
    ['engine/engine.ts', value('node:timers/promises')],
    ['adapters/stores/redis/store.ts', type('../../../engine/store/store.ts')],
    ['adapters/stores/redis/store.ts', value('ioredis')],
    ['adapters/sinks/slack/connection/app.ts', value('@slack/bolt')],
    ['adapters/runners/ansible/runner.ts', value('../process/run-guarded.ts')],
    ['adapters/collectors/probe/ask.ts', value('../../http-body.ts')],
    ['adapters/runners/runners.ts', value('./ansible/runner.ts')],
    ['app/app.ts', value('../adapters/stores/redis/store.ts')],
    ['config/settings.ts', value('../playbooks/manifest.ts')],
    ['playbooks/catalog.ts', value('node:fs')],
    ['alerts/alertmanager.ts', value('zod')],
    ['incident/alerts/open.ts', 'const day = new Date(now).toISOString();'],
  ])('let %s have: %s', (file, source) => {
    expect(violations(file, source)).toEqual([]);
  });

  it.each([
    ['policy/decide.ts', value('../diagnosis/diagnosis.ts'), 'policy may import only types from diagnosis/'],
    ['policy/decide.ts', type('../approval/person.ts'), 'policy may not import approval/person.ts'],
    ['policy/decide.ts', type('../incident/incident.ts'), 'policy may not import incident/incident.ts'],
    [
      'evidence/collect.ts',
      value('../adapters/collectors/partial.ts'),
      'evidence may not import adapters/collectors/partial.ts',
    ],
    ['incident/step.ts', type('../engine/store/store.ts'), 'incident may not import engine/store/store.ts'],
    ['incident/step.ts', value('../evidence/collect.ts'), 'pure and may not import evidence/collect.ts'],
    [
      'incident/plan/planning.ts',
      value('../../playbooks/catalog.ts'),
      'pure and may not import playbooks/catalog.ts',
    ],
    [
      'engine/engine.ts',
      type('../adapters/stores/redis/keys.ts'),
      'engine may not import adapters/stores/redis/keys.ts',
    ],
    ['engine/engine.ts', value('../observability/logger.ts'), 'engine may import only types from'],
    ['engine/engine.ts', value('../app/app.ts'), 'engine may not import app/app.ts'],
    ['config/load.ts', type('../policy/decide.ts'), 'config may not import policy/decide.ts'],
    [
      'main.ts',
      value('./adapters/stores/redis/store.ts'),
      'main.ts may not import adapters/stores/redis/store.ts',
    ],
    [
      'adapters/http/server.ts',
      value('../../policy/decide.ts'),
      'adapters may import only types from policy/',
    ],
    [
      'adapters/http/server.ts',
      value('../../engine/engine.ts'),
      'adapters may import only types from engine/',
    ],
    [
      'adapters/http/server.ts',
      type('../stores/redis/keys.ts'),
      'adapter http may not import another adapter',
    ],
    [
      'adapters/sinks/slack/connection/app.ts',
      value('../../../../../test/kit/slack/server.ts'),
      'nothing under src/ imports from outside it',
    ],
    ['adapters/http/server.ts', type('@slack/bolt'), 'only adapters/sinks/slack may import @slack/bolt'],
    [
      'engine/engine.ts',
      value('openai/helpers/zod'),
      'only adapters/models/openai may import openai/helpers/zod',
    ],
    ['recovery/follow.ts', value('node:fs'), 'recovery is pure and may not import node:fs'],
    ['recovery/follow.ts', value('pino'), 'recovery is pure and may not import pino'],
    ['incident/step.ts', 'const load = (name: string) => import(name);', 'may not import <computed>'],
    ['incident/step.ts', 'const now = Date.now();', 'incident is pure and may not use Date.now('],
    ['policy/tier.ts', 'if (Math.random() < 0.5) return;', 'policy is pure and may not use Math.random('],
    ['alerts/alert.ts', 'const { HOME } = process.env;', 'alerts is pure and may not use process.'],
    ['helpers/text.ts', type('../alerts/alert.ts'), 'helpers has no rule yet'],
  ])('refuse %s: %s', (file, source, rule) => {
    const found = violations(file, `// A line before.\n${source}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`src/${file}:2 `);
    expect(found[0]).toContain(rule);
  });
});
