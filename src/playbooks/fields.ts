/** One parameter of a playbook as a person may fill it in. */
export interface Field {
  readonly name: string;
  readonly description: string;
  /** `choice`: one of `options`; `number`: between `min` and `max`; `text`: must match `pattern`, and `options` are what is known. */
  readonly kind: 'choice' | 'number' | 'text';
  readonly options: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
  readonly pattern: string;
  /** The present value, and where it comes from; null where there is none. */
  readonly current: { readonly value: string; readonly origin: string } | null;
}
