/**
 * Sign-in by a reverse proxy that has signed the person in itself and says so in a header (`Remote-User`). It counts only in
 * a request that comes straight from a configured address, and for a configured name: anybody can write a header.
 */

export interface ProxySignIn {
  /** In small letters. */
  readonly header: string;
  /** IP addresses, exact. Empty: the header counts from nobody. */
  readonly addresses: readonly string[];
  readonly users: readonly string[];
}

/** The name of who is signed in, undefined where the header is not to be believed. `peer` is the other end of the socket. */
export function userFromProxy(
  { header, addresses, users }: ProxySignIn,
  peer: string | undefined,
  readHeader: (name: string) => string | undefined,
): string | undefined {
  if (peer === undefined || !addresses.includes(peer)) return undefined;
  const user = readHeader(header);
  return user !== undefined && users.includes(user) ? user : undefined;
}
