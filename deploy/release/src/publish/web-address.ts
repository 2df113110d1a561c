/** Where a request may go: https anywhere, http with a token only to this machine, because the network would see it. */
import { isUtf8 } from 'node:buffer';
import { failure } from './http-failure.ts';

export const MAX_REDIRECTS = 5;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Throws `source-invalid`. */
export function checkAddress(url: string, hasToken: boolean): void {
  if (!URL.canParse(url)) throw failure('source-invalid', url, 'not a web address');
  const { protocol, hostname, username, password } = new URL(url);
  // Node would send them to whoever the address names.
  if (username + password !== '') throw failure('source-invalid', url, 'names a user');
  const isOpen = protocol === 'http:' && (!hasToken || LOOPBACK.test(hostname));
  if (protocol === 'https:' || isOpen) return;
  throw failure('source-invalid', url, 'must begin with https://');
}

/**
 * The next address, without credentials that the server may have put into it; whoever goes there checks it. Throws
 * `source-invalid`.
 */
export function followRedirect(from: string, location: string | undefined): string {
  const address = location === undefined ? undefined : asWritten(location);
  if (address === undefined || !URL.canParse(address, from)) {
    throw failure('source-invalid', from, 'redirects to nowhere');
  }
  const next = new URL(address, from);
  next.username = '';
  next.password = '';
  next.hash = '';
  if (new URL(from).protocol === 'https:' && next.protocol !== 'https:') {
    throw failure('source-invalid', from, 'redirects from https to http');
  }
  return next.href;
}

/** Node hands out a letter for each byte of a header, and some servers write addresses as they are, in UTF-8. */
function asWritten(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
