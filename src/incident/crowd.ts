/** What is remembered of an alert that an incident does not hold in full. Times are epoch milliseconds. */
export interface CrowdAlert {
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly fires: number;
}
