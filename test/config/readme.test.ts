import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Environment, Secrets } from '../../src/config/environment.ts';
import { Settings } from '../../src/config/settings.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { Manifest } from '../../src/playbooks/manifest.ts';

const root = resolve(import.meta.dirname, '..', '..');
const blocks = (file: string) =>
  [...readFileSync(resolve(root, file), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, yaml = '']) => yaml,
  );

describe('the documentation is true', () => {
  it('the medic.yml of the README is accepted as it stands', () => {
    const [settings] = blocks('README.md');
    expect(Settings.safeParse(parse(settings ?? '')).error).toBeUndefined();
  });

  it('the README names every variable that is read, and no other', () => {
    const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
    const table = readme.slice(
      readme.indexOf('**2. The environment.**'),
      readme.indexOf('**3. `medic.yml`**'),
    );
    const named = [...table.matchAll(/`([A-Z][A-Z_]+?)(?:_FILE)?`/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys({ ...Environment.shape, ...Secrets.shape })));
  });

  it('the manifest of the playbooks README is accepted as it stands', () => {
    const [manifest] = blocks('playbooks/README.md');
    expect(Manifest.safeParse(parse(manifest ?? '')).error).toBeUndefined();
  });

  it('every playbook that ships loads', () => {
    expect([...loadCatalog(resolve(root, 'playbooks')).keys()]).toEqual([
      'clean_disk',
      'raise_memory_limit',
      'recycle_service',
      'release_database_connections',
      'relieve_cpu',
      'reload_configuration',
      'renew_certificate',
      'restart_pod',
      'restart_service',
      'rollback_release',
      'rollback_rollout',
      'scale_service',
      'uncordon_node',
    ]);
  });
});
