import type { KubeConfig } from '@kubernetes/client-node';
import { whyUnreadable } from '../../lib/schema/mistake.ts';

export interface ClusterOptions {
  /** The path of a kubeconfig; null for the service account of the pod that Medic runs in. */
  readonly kubeconfig: string | null;
  /** A context of it; null for its current one. */
  readonly context: string | null;
}

export type Client = typeof import('@kubernetes/client-node');

/**
 * How the cluster is reached.
 *
 * @throws where the file cannot be read, has no such context, or wants a program to be run: that would run beside Medic's secrets
 */
export function configOf(
  { KubeConfig: Config }: Client,
  { kubeconfig, context }: ClusterOptions,
): KubeConfig {
  const config = new Config();
  if (kubeconfig === null) config.loadFromCluster();
  else load(config, kubeconfig);
  if (context !== null) {
    if (config.getContextObject(context) === null)
      throw new Error(`there is no context ${context} in ${kubeconfig ?? 'the cluster'}`);
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null) throw new Error('the kubeconfig names no cluster');
  const user = config.getCurrentUser();
  // The token of a pod's own account lies in a file, which the client reads by itself.
  const reads = user?.authProvider?.name === 'tokenFile';
  if (user?.exec || (user?.authProvider && !reads))
    throw new Error(
      `the user ${user.name} gets its token from a program: give Medic the token of a service account`,
    );
  return config;
}

/** A parser of YAML quotes the line that it stumbles over, which may hold a token: what it says goes no further. */
function load(config: KubeConfig, kubeconfig: string): void {
  try {
    config.loadFromFile(kubeconfig);
  } catch (error) {
    if (error instanceof Error && error.name === 'YAMLException')
      throw new Error(`the YAML of ${kubeconfig} cannot be read`);
    throw new Error(`${kubeconfig} ${whyUnreadable(error)}`);
  }
}

/** Why a kubeconfig cannot be used; null where it can, or where there is none to read. */
export async function whyUnusable(options: ClusterOptions): Promise<string | null> {
  // What a pod is given is there only once it runs.
  if (options.kubeconfig === null) return null;
  try {
    configOf(await import('@kubernetes/client-node'), options);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
