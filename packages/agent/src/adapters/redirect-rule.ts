/**
 * Where a server may send us. Never from https to http: a proven leak, and what a hostile access point tries first. http
 * at all only when the operator has configured an http source.
 */
import { UpdateError } from '@pikit/protocol';
import { isUtf8 } from 'node:buffer';
import { shownUrl } from './http-failure.ts';

export const MAX_REDIRECTS = 5;

function refused(url: string, reason: string): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError('source-invalid', `${shown}: ${reason}`, {
    details: { url: shown, reason },
  });
}

/** Throws `source-invalid` unless this is a plain web address of an allowed scheme. */
export function checkAddress(url: string, allowHttp: boolean): void {
  if (!URL.canParse(url)) throw refused(url, 'not a web address');
  const { protocol, hostname } = new URL(url);
  const allowed = protocol === 'https:' || (protocol === 'http:' && allowHttp);
  if (!allowed) throw refused(url, `${protocol} is not allowed`);
  // got understands http://unix:/path as a socket of this machine.
  if (hostname === 'unix') throw refused(url, 'not a host');
}

/** The next address, without credentials that the server may have put into it. */
export function followRedirect(
  from: string,
  location: string | undefined,
  allowHttp: boolean,
): string {
  const address = location === undefined ? undefined : asWritten(location);
  if (address === undefined || !URL.canParse(address, from)) {
    throw refused(from, 'redirects to nowhere');
  }
  const next = new URL(address, from);
  next.username = '';
  next.password = '';
  next.hash = '';
  checkAddress(next.href, allowHttp);
  if (new URL(from).protocol === 'https:' && next.protocol !== 'https:') {
    throw refused(from, 'redirects from https to http');
  }
  return next.href;
}

/** Node hands out a letter for each byte of a header, and some servers write addresses as they are, in UTF-8. */
function asWritten(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}

export function tooManyRedirects(url: string): UpdateError {
  return refused(url, `redirects more than ${MAX_REDIRECTS} times`);
}
