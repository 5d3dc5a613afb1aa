import { z } from 'zod';

/** The cluster whose objects are read. Without it, none is. */
export const Kubernetes = z
  .strictObject({
    /** An absolute path; without it, Medic uses the service account of the pod that it runs in. */
    kubeconfig: z.string().regex(/^\//, 'write an absolute path').nullable().default(null),
    /** A context of it; the current one where none is given. */
    context: z.string().min(1).nullable().default(null),
    /** Where it looks for services that nobody has placed. */
    namespaces: z.array(z.string().min(1)).max(4, 'name up to 4 namespaces').default([]),
    /** Where nothing is ever changed, whatever a playbook or a person asks for. */
    protected_namespaces: z
      .array(z.string().min(1))
      .default(['kube-system', 'kube-public', 'kube-node-lease']),
  })
  .nullable()
  .default(null);
