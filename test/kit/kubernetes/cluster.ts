import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { freePort, type Running, startProcess } from '../stack/process.ts';

const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** The folder of a control plane's programs, as envtest looks for it. */
export function controlPlane(): string {
  const folder = process.env.KUBEBUILDER_ASSETS ?? '';
  const missing = PROGRAMS.filter((program) => !existsSync(join(folder, program)));
  if (folder === '' || missing.length > 0)
    throw new Error(`KUBEBUILDER_ASSETS names no folder with ${missing.join(', ')}`);
  return folder;
}

export interface Cluster {
  /** The address of its API. */
  readonly server: string;
  /** The path of a kubeconfig for a user of this name; `admin` may do everything, and others what they are given. */
  kubeconfigOf(user: string): Promise<string>;
  stop(): Promise<void>;
}

/** A real API server with its controllers and its scheduler, and no node. */
export async function startCluster(programs: string, users: readonly string[]): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'medic-kube-'));
  const at = (name: string) => join(folder, name);
  const running: Running[] = [];
  const start = async (
    program: (typeof PROGRAMS)[number],
    args: readonly string[],
    ready?: () => Promise<boolean>,
  ) => {
    running.push(
      await startProcess({
        name: program,
        argv: [join(programs, program), ...args],
        logFile: at(`${program}.log`),
        readyWithinMs: 60_000,
        ...(ready === undefined ? {} : { ready }),
      }),
    );
  };
  const [store, peers, api] = [await freePort(), await freePort(), await freePort()];
  const server = `https://127.0.0.1:${api}`;
  const kubeconfigOf = async (user: string) => {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'test', server, skipTLSVerify: true }],
      users: [{ name: user, token: `${user}-token` }],
      contexts: [{ name: 'test', cluster: 'test', user }],
      currentContext: 'test',
    });
    await writeFile(at(`${user}.kubeconfig`), config.exportConfig());
    return at(`${user}.kubeconfig`);
  };
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(at('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(at('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const groups = (user: string) => (user === 'admin' ? ',"system:masters"' : '');
  const tokens = ['admin', ...users].map((user) => `${user}-token,${user},${user}${groups(user)}`);
  await writeFile(at('tokens.csv'), `${tokens.join('\n')}\n`);
  const stop = async () => {
    for (const one of running.toReversed()) await one.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${store}`;
    const peer = `http://127.0.0.1:${peers}`;
    await start('etcd', [
      ...['--data-dir', at('etcd'), '--listen-client-urls', url, '--advertise-client-urls', url],
      ...[
        '--listen-peer-urls',
        peer,
        '--initial-advertise-peer-urls',
        peer,
        '--initial-cluster',
        `default=${peer}`,
      ],
    ]);
    await start(
      'kube-apiserver',
      [
        ...[
          `--etcd-servers=${url}`,
          '--bind-address=127.0.0.1',
          `--secure-port=${api}`,
          `--cert-dir=${at('certs')}`,
        ],
        ...[
          '--advertise-address=127.0.0.1',
          '--endpoint-reconciler-type=none',
          '--service-cluster-ip-range=10.99.0.0/24',
        ],
        ...[
          `--service-account-key-file=${at('sa.pub')}`,
          `--service-account-signing-key-file=${at('sa.key')}`,
        ],
        ...[
          '--service-account-issuer=https://kubernetes.default.svc',
          `--token-auth-file=${at('tokens.csv')}`,
        ],
        ...['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount'],
        '--kubelet-preferred-address-types=InternalIP',
      ],
      async () => answersAs(await kubeconfigOf('admin')),
    );
    const admin = await kubeconfigOf('admin');
    const shared = [`--kubeconfig=${admin}`, '--bind-address=127.0.0.1', '--port=0', '--leader-elect=false'];
    const ports = [await freePort(), await freePort()];
    await start('kube-controller-manager', [
      ...shared,
      `--secure-port=${ports[0]}`,
      `--service-account-private-key-file=${at('sa.key')}`,
      `--root-ca-file=${at('certs/apiserver.crt')}`,
    ]);
    await start('kube-scheduler', [...shared, `--secure-port=${ports[1]}`]);
    return { server, kubeconfigOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answersAs(kubeconfig: string): Promise<boolean> {
  const { CoreV1Api } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
  return items.some(({ metadata }) => metadata?.name === 'default');
}
