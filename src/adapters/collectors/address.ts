/** Host and port of an address such as `db-1:5432` or `[::1]:5432`. */
export function partsOf(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  };
}

/** The code of an error of Node.js or of a server, such as ECONNREFUSED or 53300; an error for several addresses has those of each. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** What an attempt to connect came to, where that says something of the other side; null where nobody knows, as after a time-out. */
export function refusalOf(code: string): 'refused' | 'closed' | null {
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : null;
}
