import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChange } from '../../src/changes/read.ts';
import {
  AT,
  application,
  deploymentBody,
  NEW,
  NOW,
  OLD,
  pushBody,
  releaseBody,
  runBody,
  statusBody,
} from './bodies.ts';

const read = (body: unknown, event: string | null = null) => readChange(body, event, NOW);
const at = Date.parse(AT);

describe('a body of one’s own', () => {
  const own = { service: 'orders', version: 'v2', previous: 'v1', by: 'ben', at: AT };

  it('tells who changed what, and when', () => {
    const link = 'https://ci.example.com/run/9';
    expect(read({ ...own, link, message: 'faster checkout', id: 'run-9' })).toEqual({
      kind: 'change',
      about: { service: 'orders', environment: null },
      report: {
        id: 'api-run-9',
        kind: 'deploy',
        state: 'succeeded',
        version: 'v2',
        previous: 'v1',
        by: 'ben',
        what: 'faster checkout',
        link,
        at,
        from: 'api',
      },
    });
  });

  it('is one change however often it is sent, where it says when', () => {
    const [one, same] = [read(own), read({ ...own })];
    expect(one).toEqual(same);
    expect(read({ ...own, version: 'v3' })).not.toEqual(one);
  });

  it('happens now where it does not say when', () => {
    expect(read({ service: 'orders', version: 'v2' })).toMatchObject({ report: { at: NOW } });
  });

  it.each([
    [{ version: 'v2', servce: 'orders' }, 'service: is missing'],
    [{ service: 'orders' }, 'version: is missing: say what runs now'],
    [{ service: 'orders', kind: 'flag' }, 'message: is missing: say which flag'],
    [{ ...own, at: 'yesterday' }, 'at: write a time such as 2026-11-30T23:16:00Z'],
    [{ ...own, kind: 'deployed' }, 'kind: '],
    [{ ...own, versoin: 'v2' }, 'versoin: '],
    [{ ...own, service: ['orders'] }, 'service: '],
    [{ ...own, link: 'javascript:alert(1)' }, 'link: must be a URL that begins with http'],
    [{ ...own, at: '2026-10-01T00:00:00Z' }, '(time): 2026-10-01T00:00:00.000Z is more than 7 days ago'],
    [{ ...own, at: '2026-11-03T13:00:00Z' }, '(time): 2026-11-03T13:00:00.000Z is in the future'],
    [[own], '(body): is no object'],
    ['orders', '(body): is no object'],
    [null, '(body): is no object'],
  ])('that is wrong is answered by what is wrong in it: %j', (body, problem) => {
    const told = read(body);
    expect(told.kind).toBe('wrong');
    expect(told.kind === 'wrong' && told.problems.join('\n')).toContain(problem);
  });
});

describe('GitHub', () => {
  it('tells of a deployment that has come through, with its tag, its environment and who made it', () => {
    expect(read(statusBody(), 'deployment_status')).toMatchObject({
      about: { repository: 'shop/orders', environment: 'production' },
      report: {
        id: 'github-deployment-shop/orders-42',
        kind: 'deploy',
        state: 'succeeded',
        version: 'v2.1.0',
        by: 'ben',
        at,
        link: 'https://github.example.com/shop/orders/actions/runs/9',
      },
    });
  });

  it('names a deployment of a branch by its commit, for the branch is another one tomorrow', () => {
    expect(read(statusBody({}, { ref: 'main' }), 'deployment_status')).toMatchObject({
      report: { version: '6dcb09b5b578' },
    });
  });

  it('names who started a run, where a robot made its deployment', () => {
    const bot = { creator: { login: 'github-actions[bot]', type: 'Bot' } };
    const run = { workflow_run: { actor: { login: 'ann' }, triggering_actor: { login: 'cora' } } };
    expect(read(statusBody({}, bot, run), 'deployment_status')).toMatchObject({ report: { by: 'cora' } });
    expect(read(statusBody({}, bot), 'deployment_status')).toMatchObject({
      report: { by: 'github-actions[bot]' },
    });
  });

  it.each([
    ['waiting', 'requested'],
    ['queued', 'requested'],
    ['in_progress', 'started'],
    ['failure', 'failed'],
    ['error', 'failed'],
  ])('says of a deployment that is %s that it has %s', (state, reached) => {
    expect(read(statusBody({ state }), 'deployment_status')).toMatchObject({ report: { state: reached } });
  });

  it('has touched nothing by asking for a deployment', () => {
    expect(read(deploymentBody(), 'deployment')).toMatchObject({ report: { state: 'requested' } });
  });

  it('names the service in the payload of a deployment, be it an object or a text', () => {
    for (const payload of [{ service: 'orders' }, '{"service":"orders"}'])
      expect(read(deploymentBody({ payload }), 'deployment')).toMatchObject({ about: { service: 'orders' } });
    for (const payload of ['none', '', null, [], { service: {} }, '{"__proto__":{"service":"x"}}'])
      expect(read(deploymentBody({ payload }), 'deployment')).not.toHaveProperty('about.service');
  });

  it('tells of releases, pushes and runs as what they are', () => {
    expect(read(releaseBody(), 'release')).toMatchObject({
      about: { by: { event: 'release' } },
      report: { kind: 'release', version: 'v2.1.0', by: 'ann', what: 'Faster checkout', at },
    });
    expect(read(pushBody(), 'push')).toMatchObject({
      about: { by: { event: 'push' } },
      report: { kind: 'push', version: '6dcb09b5b578', by: 'ann', what: 'Lower the pool', at },
    });
    expect(read(runBody(), 'workflow_run')).toMatchObject({
      about: { by: { workflow: 'Deploy' } },
      report: { state: 'succeeded', by: 'ben', at },
    });
  });

  it.each([
    ['ping', { zen: 'Design for failure.', hook_id: 1 }],
    ['star', { action: 'created' }],
    ['deployment_status', statusBody({ state: 'inactive' })],
    ['release', releaseBody({}, 'created')],
    ['release', releaseBody({ prerelease: true })],
    ['push', pushBody({ ref: 'refs/heads/topic' })],
    ['push', pushBody({ deleted: true })],
    ['workflow_run', runBody({ conclusion: 'cancelled' })],
    ['workflow_run', runBody({ event: 'pull_request' })],
  ])('is heard and changes nothing by %s %#', (event, body) => {
    expect(read(body, event).kind).toBe('nothing');
  });

  it.each([
    ['deployment_status', { ...statusBody(), deployment: undefined }, 'deployment: '],
    ['deployment_status', statusBody({ created_at: 'soon' }), 'deployment_status.created_at: write a time'],
    ['deployment', deploymentBody({ id: '42' }), 'deployment.id: '],
    [
      'release',
      { ...releaseBody(), repository: { full_name: 'orders' } },
      'repository.full_name: must be owner/name',
    ],
    ['workflow_run', {}, 'workflow_run: '],
    ['push', { ref: 'refs/heads/main' }, 'after: '],
  ])('is answered by the path of what is wrong: %s %#', (event, body, problem) => {
    const told = read(body, event);
    expect(told.kind === 'wrong' && told.problems.join('\n')).toContain(problem);
  });
});

describe('Argo CD', () => {
  const report = {
    kind: 'deploy',
    state: 'succeeded',
    version: NEW.slice(0, 12),
    previous: OLD.slice(0, 12),
    by: 'ben',
    what: 'images: registry.example.com/orders:v2.1.0',
    at,
    from: 'argocd',
  };

  it.each([[application()], [{ app: application() }]])('tells of a sync as an Application has it', (body) => {
    expect(read(body)).toMatchObject({ about: { service: 'orders-prod', environment: null }, report });
  });

  it('tells of one field by field', () => {
    const { operationState } = application().status;
    const flat = { app: 'orders-prod', revision: NEW };
    expect(read({ ...flat, operationState })).toMatchObject({
      report: { state: 'succeeded', by: 'ben', at },
    });
    expect(read({ ...flat, phase: 'Failed', finishedAt: AT, by: 'ben' })).toMatchObject({
      report: { state: 'failed', by: 'ben', at },
    });
  });

  it('is one change from its beginning to its end', () => {
    const running = read(application({ phase: 'Running', finishedAt: undefined }));
    const done = read(application());
    const idOf = (told: typeof done) => told.kind === 'change' && told.report.id;
    expect(running).toMatchObject({ report: { state: 'started', at: Date.parse('2026-11-03T11:59:00Z') } });
    expect(idOf(running)).toBe(idOf(done));
  });

  it('rolls back where it returns to what ran before', () => {
    const history = [OLD, NEW, OLD].map((revision, id) => ({ id, revision }));
    const body = application({ syncResult: { revision: OLD } }, { history });
    expect(read(body)).toMatchObject({ report: { kind: 'rollback', previous: NEW.slice(0, 12) } });
  });

  it('changes nothing by a dry run, or by bringing again what ran', () => {
    const again = [OLD, NEW, NEW].map((revision, id) => ({ id, revision }));
    expect(read(application({}, { history: again })).kind).toBe('nothing');
    expect(read(application({ operation: { sync: { dryRun: true } } })).kind).toBe('nothing');
    expect(read(application({ phase: 'Terminating' })).kind).toBe('nothing');
  });

  it.each([
    [{ app: { metadata: { name: 'orders' } } }, 'app.status: '],
    [{ app: 'orders' }, 'revision: '],
    [{ app: 'orders', revision: NEW }, 'phase: is missing'],
    [{ app: 'orders', revision: NEW, phase: 'Succeeded' }, 'finishedAt: is missing'],
    [application({ startedAt: null }), 'status.operationState.startedAt: '],
  ])('is answered by the path of what is wrong %#', (body, problem) => {
    const told = read(body);
    expect(told.kind === 'wrong' && told.problems.join('\n')).toContain(problem);
  });
});

describe('whatever is sent', () => {
  it('is read or refused, and never thrown at', () => {
    const events = fc.constantFrom(
      null,
      'deployment',
      'deployment_status',
      'release',
      'push',
      'workflow_run',
      'x',
    );
    const keys = [
      'service',
      'app',
      'metadata',
      'status',
      'deployment',
      'repository',
      '__proto__',
      'constructor',
    ];
    const body = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()),
    );
    fc.assert(fc.property(body, events, (sent, event) => void readChange(sent, event, NOW)));
  });

  it('is kept in one line, whole in its characters, and within bounds', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (by, message) => {
          const told = read({
            service: 'orders',
            version: 'v2',
            by: `${by}x`,
            message: `m${message.repeat(900).slice(0, 1900)}`,
          });
          if (told.kind !== 'change') return;
          for (const text of [told.report.by, told.report.what, told.report.version])
            expect(text === null || (text.length <= 500 && !/[\n\r]/.test(text) && text.isWellFormed())).toBe(
              true,
            );
        },
      ),
    );
  });
});
