/** Phrases of the kubelet, of container runtimes and of controllers, each with the kind of cause behind it. The first that fits counts. */
type Phrases = readonly (readonly [RegExp, string])[];

const IMAGE: Phrases = [
  [/no such host|lookup .{1,300}(?:i\/o timeout|server misbehaving|try again)/i, 'registry unresolved'],
  [/toomanyrequests|too many requests|rate limit|\b429\b/i, 'rate limited'],
  // containerd tells a mirror for which registry it asks; a mirror says 403 of what it does not hold as well.
  [/request to \S{1,300}\/manifests\/\S{1,300}\?ns=\S{1,200}: 403/i, 'mirror refused'],
  [
    /unauthorized|\b401\b|authentication required|access denied|\bdenied\b|forbidden|\b403\b|no basic auth|insufficient_scope|authorization failed/i,
    'unauthorized',
  ],
  [
    /manifest unknown|not found|name unknown|does not exist|no such image|not present with pull policy/i,
    'image not found',
  ],
  [/invalid reference format|couldn't parse image|InvalidImageName/i, 'invalid image'],
  [
    /connection refused|i\/o timeout|timeout exceeded|no route to host|connection reset|deadline exceeded|x509|tls:/i,
    'registry unreachable',
  ],
];

const CONFIG: Phrases = [
  [/couldn't find key/i, 'key missing'],
  [/secrets? "[^"]*" not found/i, 'secret missing'],
  [/configmaps? "[^"]*" not found/i, 'config map missing'],
];

const START: Phrases = [
  [/OOM-killed|memory limit too low|out of memory/i, 'memory limit'],
  [/executable file not found|no such file or directory|not a directory/i, 'command missing'],
  [/permission denied|operation not permitted/i, 'permission denied'],
];

const SANDBOX: Phrases = [
  [/OOM-killed|memory limit too low/i, 'memory limit'],
  [
    /(?:containerd|dockershim|docker|crio|cri)[\w.-]*\.sock|connection error: desc|Cannot connect to the Docker daemon/i,
    'runtime unreachable',
  ],
  [
    /no IP addresses available|failed to (?:allocate|assign).{0,60}(?:IP|address)|IPAM.{0,80}exhausted/i,
    'no address',
  ],
  [/cni|network for sandbox|networkPlugin|plugin type=|failed to setup network/i, 'network plugin'],
];

const MOUNT: Phrases = [
  [/couldn't find key|references non-existent (?:secret|config) key/i, 'key missing'],
  [/secrets? "[^"]*" not found|secret .{1,300} not (?:found|registered)/i, 'secret missing'],
  [/configmaps? "[^"]*" not found|configmap .{1,300} not (?:found|registered)/i, 'config map missing'],
  [/persistentvolumeclaim "?[^"\s]*"? not found/i, 'claim missing'],
  [/permission denied|access denied|operation not permitted/i, 'permission denied'],
  [/no such file or directory|does not exist|not a directory|hostPath type check failed/i, 'path missing'],
  [/driver name .{1,200} not found|no volume plugin matched/i, 'driver missing'],
  [/timed out|timeout|deadline exceeded/i, 'timeout'],
];

const ATTACH: Phrases = [
  [/Multi-Attach|already (?:used|exclusively attached|attached)|in use by/i, 'held elsewhere'],
  [/not found|does not exist/i, 'volume missing'],
  [/driver/i, 'driver missing'],
];

const PROBE: Phrases = [
  [/connection refused/i, 'refused'],
  [
    /malformed HTTP|transport connection broken|server gave HTTP response to HTTPS|HTTP\/\dx? |first record does not look like a TLS|unexpected content-type|http2: |error reading server preface/i,
    'wrong protocol',
  ],
  [/failed to connect service/i, 'no connection'],
  [/statuscode: \d+/i, 'status'],
  [
    /Client\.Timeout|deadline exceeded|timed out|did not complete within|i\/o timeout|\btimeout\b/i,
    'timeout',
  ],
  [/service unhealthy|NOT_SERVING|responded with/i, 'unhealthy'],
  [/EOF|reset by peer/i, 'wrong protocol'],
];

const PROVISION: Phrases = [
  [/storageclass[^"]{0,40}"[^"]*" not found/i, 'class missing'],
  [/exceeded quota/i, 'quota'],
  [/./, 'driver'],
];

/** Why the controller of a workload could not create a pod, in words of the API server. */
const CREATE: Phrases = [
  [/service ?account .{0,300}not found/i, 'service account missing'],
  [/exceeded quota|failed quota/i, 'quota'],
  [/failed calling webhook|failed to call webhook/i, 'webhook failing'],
  [/violates PodSecurity|unable to validate against any (?:pod )?security/i, 'pod security'],
  [/admission webhook .{0,300} denied/i, 'webhook denied'],
  [/(?:minimum|maximum) .{0,80}usage per|LimitRange/i, 'limit range'],
  [/is invalid/i, 'invalid'],
  [/forbidden/i, 'forbidden'],
];

const CUT = 4000;

const reader =
  (phrases: Phrases, otherwise = 'other') =>
  (message: string): string =>
    phrases.find(([phrase]) => phrase.test(message.slice(0, CUT)))?.[1] ?? otherwise;

export const imageCause = reader(IMAGE);
export const configCause = reader(CONFIG);
export const startCause = reader(START);
export const sandboxCause = reader(SANDBOX);
export const mountCause = reader(MOUNT);
export const attachCause = reader(ATTACH);
export const probeFailure = reader(PROBE);
export const provisioningCause = reader(PROVISION);
export const createCause = reader(CREATE);
