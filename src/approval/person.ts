/** A person who acts, as their chat system vouches for them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Ids of the user groups they belong to. */
  readonly groups: readonly string[];
  /** The channel they act in, where Slack vouches that they belong to this workspace; null elsewhere. */
  readonly channel?: string | null;
  /** Their workspace, as Slack names it; absent where nobody asked, as for a stranger. */
  readonly team?: string;
  /** They act from another workspace than Medic's, or nobody knows from which: then nothing gives them a role, not even their id. */
  readonly stranger?: true;
}

/** Proof of a decision: who, when, and to exactly what it was given. */
export interface Receipt {
  readonly user: string;
  /** The workspace of the user, without which the id says nothing; absent in receipts of an older Medic. */
  readonly team?: string;
  readonly at: number;
  readonly planDigest: string;
  readonly policyDigest: string;
  /** Hash of the dry run's diff that was on the table, or null where there was none. */
  readonly diffHash: string | null;
  /** Digest of the evidence that the plan rested on; absent in receipts of an older Medic. */
  readonly evidenceDigest?: string;
}
