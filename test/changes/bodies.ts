/** Bodies as GitHub and Argo CD document them, with what tells of a change and some of the rest. */
export const AT = '2026-11-03T11:59:45Z';
export const NOW = Date.parse('2026-11-03T12:00:00Z');
const SHA = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

const repository = {
  id: 1296269,
  name: 'orders',
  full_name: 'shop/orders',
  private: true,
  owner: { login: 'shop', id: 1 },
  html_url: 'https://github.example.com/shop/orders',
  default_branch: 'main',
  created_at: '2011-01-26T19:01:12Z',
  pushed_at: '2026-11-03T11:50:00Z',
};
const sender = { login: 'ben', id: 2, type: 'User' };

const deployment = {
  url: 'https://api.github.example.com/repos/shop/orders/deployments/42',
  id: 42,
  sha: SHA,
  ref: 'v2.1.0',
  task: 'deploy',
  payload: {},
  original_environment: 'production',
  environment: 'production',
  description: null,
  creator: { login: 'ben', id: 2, type: 'User' },
  created_at: '2026-11-03T11:59:00Z',
  updated_at: '2026-11-03T11:59:00Z',
  production_environment: true,
};

export const deploymentBody = (more: object = {}) => ({
  action: 'created',
  deployment: { ...deployment, ...more },
  workflow: null,
  workflow_run: null,
  repository,
  sender,
});

export const statusBody = (status: object = {}, more: object = {}, rest: object = {}) => ({
  action: 'created',
  deployment_status: {
    id: 7,
    state: 'success',
    creator: { login: 'ben', id: 2, type: 'User' },
    description: '',
    environment: 'production',
    target_url: '',
    log_url: 'https://github.example.com/shop/orders/actions/runs/9',
    created_at: AT,
    updated_at: AT,
    ...status,
  },
  deployment: { ...deployment, ...more },
  repository,
  sender,
  ...rest,
});

export const releaseBody = (more: object = {}, action = 'published') => ({
  action,
  release: {
    id: 11,
    tag_name: 'v2.1.0',
    target_commitish: 'main',
    name: 'Faster checkout',
    draft: false,
    prerelease: false,
    html_url: 'https://github.example.com/shop/orders/releases/tag/v2.1.0',
    created_at: '2026-11-03T10:00:00Z',
    published_at: AT,
    author: { login: 'ann', id: 3, type: 'User' },
    ...more,
  },
  repository,
  sender,
});

export const pushBody = (more: object = {}) => ({
  ref: 'refs/heads/main',
  before: '0'.repeat(39) + 1,
  after: SHA,
  created: false,
  deleted: false,
  forced: false,
  compare: 'https://github.example.com/shop/orders/compare/000...6dc',
  pusher: { name: 'ann', email: 'ann@example.com' },
  head_commit: { id: SHA, message: 'Lower the pool\n\nto ten', timestamp: '2026-11-01T09:00:00Z' },
  repository: { ...repository, created_at: 1296068472, pushed_at: Date.parse(AT) / 1000 },
  sender,
  ...more,
});

export const runBody = (more: object = {}, action = 'completed') => ({
  action,
  workflow_run: {
    id: 9,
    name: 'Deploy',
    path: '.github/workflows/deploy.yml',
    head_branch: 'main',
    head_sha: SHA,
    event: 'push',
    status: 'completed',
    conclusion: 'success',
    run_attempt: 1,
    run_started_at: '2026-11-03T11:58:00Z',
    created_at: '2026-11-03T11:58:00Z',
    updated_at: AT,
    html_url: 'https://github.example.com/shop/orders/actions/runs/9',
    actor: { login: 'ann', id: 3, type: 'User' },
    triggering_actor: { login: 'ben', id: 2, type: 'User' },
    ...more,
  },
  repository,
  sender,
});

export const NEW = 'b'.repeat(40);
export const OLD = 'a'.repeat(40);

/** What `toJson .app` writes of an Application. */
export const application = (state: object = {}, more: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'orders-prod', namespace: 'argocd', uid: 'd1' },
  spec: { project: 'default', source: { repoURL: 'https://github.example.com/shop/config', path: 'orders' } },
  status: {
    sync: { status: 'Synced', revision: NEW },
    health: { status: 'Progressing' },
    history: [
      { id: 0, revision: OLD, deployedAt: '2026-11-01T10:00:00Z' },
      { id: 1, revision: NEW, deployedAt: AT },
    ],
    operationState: {
      operation: { initiatedBy: { username: 'ben' }, sync: { revision: NEW } },
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: '2026-11-03T11:59:00Z',
      finishedAt: AT,
      syncResult: { revision: NEW, resources: [] },
      ...state,
    },
    summary: { images: ['registry.example.com/orders:v2.1.0'] },
    ...more,
  },
});
