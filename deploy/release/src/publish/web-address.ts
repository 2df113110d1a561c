/** Where a request may go: https anywhere, http only to this machine, because it would show the token to the network. */
import { failure } from './http-failure.ts';

export const MAX_REDIRECTS = 5;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Throws `source-invalid`. */
export function checkAddress(url: string): void {
  if (!URL.canParse(url)) throw failure('source-invalid', url, 'not a web address');
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return;
  throw failure('source-invalid', url, 'must begin with https://');
}

/** The next address, without credentials that the server may have put into it. Throws `source-invalid`. */
export function followRedirect(from: string, location: string | undefined): string {
  if (location === undefined || !URL.canParse(location, from)) {
    throw failure('source-invalid', from, 'redirects to nowhere');
  }
  const next = new URL(location, from);
  next.username = '';
  next.password = '';
  next.hash = '';
  checkAddress(next.href);
  if (new URL(from).protocol === 'https:' && next.protocol !== 'https:') {
    throw failure('source-invalid', from, 'redirects from https to http');
  }
  return next.href;
}
