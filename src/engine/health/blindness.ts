import type { HealthWarnings } from './health-warnings.ts';

/** What Medic sees and acts with, whose absence people hear of in the channel. */
type SeenPart = 'prometheus' | 'alertmanager' | 'model' | 'runner';

/** A part, or one of several of its kind by its name. */
export type Seen = SeenPart | `${SeenPart} ${string}`;

/** That a part cannot be asked, in words for people. */
export interface Absence {
  /** What it is, such as `Prometheus eu at prometheus-eu:9090`. */
  readonly what: string;
  /** What Medic cannot do meanwhile, in sentences. */
  readonly means: string;
  /** What people can do, in a sentence. */
  readonly todo: string;
}

/**
 * How one knows how a part is: it is looked at again and again; it was asked because somebody needed it, and answered well or badly
 * (`asked`) or not at all (`unreached`); or, as it had failed, it was looked whether it is there at all (`probed`).
 */
export type How = 'looked' | 'asked' | 'unreached' | 'probed';

/** What is known of the parts, kept where every replica finds it: each absence is owed to people once, and so is its end. */
export interface Sights {
  /** @param absence null where it answered */
  sight(about: Seen, absence: Absence | null, how: How): Promise<void>;
  /** Whether it failed when it was asked, and has not answered since, so that it is worth a look. */
  isDoubtful(about: Seen): Promise<boolean>;
  /**
   * The memory itself was away since a moment (epoch milliseconds), and people were told so under this name. Of several replicas that say
   * so, one is heard.
   *
   * @param back whether the moment at which it came back was seen, or it is known to have been back by then
   */
  memoryBack(id: string, since: number, back: { readonly at: number; readonly seen: boolean }): Promise<void>;
}

/** Says how a part is. While the memory is away that is a trouble of its own, and nothing is said. */
export type See = (about: Seen, absence: Absence | null, how?: How) => Promise<void>;

/** What is away is a trouble on the Home tab at once, and is told in the channel when it lasts. */
export function seeing(troubles: Pick<HealthWarnings, 'tell'>, sights: Pick<Sights, 'sight'>): See {
  return async (about, absence, how = 'looked') => {
    const words = absence === null ? null : `${absence.what} gives no usable answer. ${absence.means}`;
    const told = [troubles.tell(about, words), sights.sight(about, absence, how)];
    await Promise.allSettled(told);
  };
}

/** The same look, which says whether the part could be asked. */
export function watched<Result>(
  see: See,
  about: Seen,
  absence: Absence,
  look: () => Promise<Result>,
): () => Promise<Result> {
  return async () => {
    try {
      const result = await look();
      await see(about, null);
      return result;
    } catch (error) {
      await see(about, absence);
      throw error;
    }
  };
}

interface Server {
  readonly name: string;
  readonly url: string;
}

/** The first of its kind that the environment names is called after the kind; the others have names of their own. */
export function seenServer(kind: 'prometheus' | 'alertmanager', { name }: Server): Seen {
  return name === kind ? kind : `${kind} ${name}`;
}

/** How people know a server: what it is, its name where it has one, and its address without credentials. */
function known(kind: string, { name, url }: Server): string {
  const own = name === kind.toLowerCase() ? '' : ` ${name}`;
  return `${kind}${own} at ${new URL(url).host}`;
}

const CHECK = 'Check that it runs and that Medic reaches it.';

export function prometheusAway(server: Server): Absence {
  return {
    what: known('Prometheus', server),
    means:
      'Medic reads no metrics there and cannot see whether its alerts still fire, so it starts no fix by itself that needs either.',
    todo: `If it is down, its alerts do not come at all. ${CHECK}`,
  };
}

/** @param reads what Medic reads there besides whether alerts still fire */
export function alertmanagerAway(
  server: Server,
  reads: { readonly silences: boolean; readonly alerts: boolean },
): Absence {
  const silences = 'Medic goes by the silences that it read last and hears of no new ones.';
  const alerts = 'Medic cannot ask it whether an alert still fires.';
  return {
    what: known('Alertmanager', server),
    means: [...(reads.silences ? [silences] : []), ...(reads.alerts ? [alerts] : [])].join(' '),
    todo: `If it is down, the alerts it sends do not reach Medic. ${CHECK}`,
  };
}

/** @param url of its API */
export function modelAway({ name, url }: Server): Absence {
  return {
    what: `The model ${name} at ${new URL(url).host}`,
    means: 'Until it does, Medic recognises only known faults, and answers questions with what it has read.',
    todo: 'Check that its server runs, that Medic reaches it, and its limits.',
  };
}

export const NO_RUNNER = 'No runner is heard of: nothing is looked at, and nothing is run.';

export const RUNNER_AWAY: Absence = {
  what: 'A runner',
  means: 'Until one is, Medic looks at nothing and starts no fix: plans wait.',
  todo: 'Check that a runner runs and reaches Redis.',
};
