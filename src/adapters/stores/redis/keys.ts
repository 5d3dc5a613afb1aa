/**
 * Where things are in Redis. Everything that one script touches shares the hash tag, so that it all lies in one slot of a
 * cluster. Evidence bodies are large, immutable and written before they are named, so they may lie anywhere.
 */
export function keysOf(namespace: string) {
  const at = (name: string) => `${namespace}:{medic}:${name}`;
  return {
    incident: (id: string) => at(`incident:${id}`),
    timeline: (id: string) => at(`timeline:${id}`),
    owed: at('owed'),
    open: at('open'),
    attached: at('attached'),
    unshown: at('unshown'),
    /** The same for the other sinks, by sink and incident. */
    untold: at('untold'),
    once: (token: string) => at(`once:${token}`),
    pause: at('pause'),
    /** What people have ordered, signed, for the runners. */
    control: at('control'),
    locks: at('locks'),
    cooldowns: at('cooldowns'),
    running: at('running'),
    /** Incidents with an alert that fires, by subject. */
    ill: at('ill'),
    queue: at('queue'),
    queueSeen: at('queue-seen'),
    strikes: at('strikes'),
    tripped: at('tripped'),
    openings: at('openings'),
    fences: at('fences'),
    seat: at('seat'),
    /** Also the modes that people have set: what a claim compares is one version of both. */
    silences: at('silences'),
    /** Incidents by when they closed. */
    closed: at('closed'),
    /** How far the records of incidents have come that changed since the newest checkpoint; and the checkpoints. */
    changed: at('audit-changed'),
    checkpoints: at('audit'),
    recent: (subject: string) => at(`recent:${subject}`),
    crowd: (id: string) => at(`crowd:${id}`),
    bag: (subject: string) => at(`bag:${subject}`),
    bagsDue: at('bags-due'),
    /** The word of a guardian that an orphaned attempt has ended. */
    ended: (attempt: string) => at(`ended:${attempt}`),
    life: at('life'),
    chatLife: at('chat-life'),
    attempt: (id: string) => at(`attempt:${id}`),
    result: (id: string) => at(`result:${id}`),
    lease: (id: string) => at(`lease:${id}`),
    evidence: (incident: string, round: number | string) => `${namespace}:evidence:${incident}:${round}`,
    tick: (name: string) => at(`tick:${name}`),
    turn: (name: string) => at(`turn:${name}`),
    /** What a sink besides Slack is known to show of an incident. */
    standing: (sink: string, incident: string) => at(`standing:${sink}:${incident}`),
    messages: (incident: string) => at(`messages:${incident}`),
    thread: (channel: string, ts: string) => at(`thread:${channel}:${ts}`),
    /** What was told of changes of a service, by id; and the ids by time. */
    changes: (environment: string, service: string) => at(`changes:${environment}/${service}`),
    changeTimes: (environment: string, service: string) => at(`change-times:${environment}/${service}`),
    /** Who looks at Medic, what each was shown last, and what is wrong around it. */
    visitors: at('visitors'),
    visited: (user: string) => at(`visited:${user}`),
    troubles: at('troubles'),
    /** What people are owed that is about no incident; what was lost since they were told; which watchdogs came. */
    notices: at('notices'),
    losses: at('losses'),
    watchdogs: at('watchdogs'),
    /** Which of the parts that Medic sees with is away, and since when. */
    sights: at('sights'),
    /** Whether the brains have a model to ask; and a sign of life of the runners. */
    model: at('model'),
    runners: at('runners'),
    /** That a runner lives whose commands can read its secrets. */
    sharing: at('runners-sharing'),
    /** Who talks to people: in which order they tell that the memory is away, when it is. */
    replicas: at('replicas'),
    queues: `${namespace}:{medic}:bull`,
  } as const;
}

export type Keys = ReturnType<typeof keysOf>;
