/** What a hostile release server may answer without end, and the code that a check must end with. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@pikit/protocol';

export interface NetworkAttack {
  readonly name: string;
  /** Which requests it answers; the others go to an honest server. */
  readonly on: RegExp;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly due: ErrorCode;
}

const LIST = /\/api\//;
const MANIFEST = /manifest\.json$/;
const BUNDLE = /\.tar\.gz$/;
const PIECE = Buffer.alloc(64 * 1024, ' ');

/** As fast as it is taken, until the other side has had enough. */
function pour(write: (piece: Buffer) => boolean, response: ServerResponse, piece = PIECE): void {
  const more = (): void => {
    while (!response.destroyed && response.socket?.destroyed === false && write(piece)) continue;
  };
  response.socket?.on('drain', more);
  response.on('drain', more);
  more();
}

function endless(
  response: ServerResponse,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  response.writeHead(200, headers);
  response.write('[');
  pour((piece) => response.write(piece), response);
}

/** Past the server's own parser: bytes that are only half HTTP. */
function raw(response: ServerResponse, begin: string, piece: string): void {
  response.socket?.write(begin);
  pour(
    (bytes) => response.socket?.write(bytes) === true,
    response,
    Buffer.from(piece.repeat(1_000)),
  );
}

/** Never silent for as long as the agent bears. */
function drip(response: ServerResponse, begin: string, piece: string): void {
  response.socket?.write(begin);
  const timer = setInterval(() => response.socket?.write(piece), 100);
  response.on('close', () => clearInterval(timer));
}

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const redirect = (response: ServerResponse, to: string): void =>
  void response.writeHead(302, { location: to }).end();

export const CHECK_ATTACKS: readonly NetworkAttack[] = [
  {
    name: 'an endless list',
    on: LIST,
    answer: (_, response) => endless(response),
    due: 'too-large',
  },
  {
    name: 'an endless list that promises to be long',
    on: LIST,
    answer: (_, response) => endless(response, { 'content-length': 1e15 }),
    due: 'too-large',
  },
  {
    name: 'an endless manifest',
    on: MANIFEST,
    answer: (_, response) => endless(response),
    due: 'too-large',
  },
  {
    name: 'endless headers',
    on: LIST,
    answer: (_, response) => raw(response, 'HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n'),
    due: 'source-invalid',
  },
  {
    name: 'a header that never ends',
    on: LIST,
    answer: (_, response) => raw(response, 'HTTP/1.1 200 OK\r\nx-long: ', 'and on '),
    due: 'source-invalid',
  },
  {
    name: 'headers that drip',
    on: LIST,
    answer: (_, response) => drip(response, 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'),
    due: 'offline',
  },
  {
    name: 'asking to continue without end',
    on: LIST,
    answer: (_, response) => drip(response, '', 'HTTP/1.1 100 Continue\r\n\r\n'),
    due: 'offline',
  },
  {
    name: 'an extension of a chunk that never ends',
    on: LIST,
    answer: (_, response) => raw(response, `${CHUNKED}1;`, 'extension'),
    due: 'download-failed',
  },
  {
    name: 'endless trailers',
    on: LIST,
    answer: (_, response) => raw(response, `${CHUNKED}1\r\n[\r\n0\r\n`, 'x-more: and more\r\n'),
    due: 'download-failed',
  },
  {
    name: 'endless redirects',
    on: LIST,
    answer: ({ url = '' }, response) => redirect(response, `${url}&more`),
    due: 'source-invalid',
  },
  {
    name: 'a redirect to an address of a megabyte',
    on: LIST,
    answer: (_, response) => raw(response, 'HTTP/1.1 302 Found\r\nlocation: /', 'x'.repeat(1_000)),
    due: 'source-invalid',
  },
];

/** After the manifest was reviewed; the update ends with this code. */
export const BUNDLE_ATTACKS: readonly NetworkAttack[] = [
  {
    name: 'an endless bundle',
    on: BUNDLE,
    answer: (_, response) => endless(response),
    due: 'too-large',
  },
  {
    name: 'a bundle that promises to be endless',
    on: BUNDLE,
    answer: (_, response) => endless(response, { 'content-length': 1e15 }),
    due: 'too-large',
  },
  {
    name: 'a bundle behind endless redirects',
    on: BUNDLE,
    answer: ({ url = '' }, response) => redirect(response, `${url}?more`.replace('??', '?')),
    due: 'source-invalid',
  },
];
