/** What is remembered of an alert that an incident does not hold in full. Times are epoch milliseconds. */
export interface CrowdAlert {
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly fires: number;
}

/** How many alerts an incident has beyond those that it holds in full, how many of them fire, and how many there are of each name. */
export interface Crowd {
  readonly total: number;
  readonly firing: number;
  readonly names: Readonly<Record<string, number>>;
}
