/**
 * What an attacker may send to the api's port, as bytes: nearly HTTP, HTTP with two meanings, and HTTP whose content is wrong. The
 * same chance gives the same bytes. Nothing of it may have an effect where it is understood after all: bodies are wrong, or short.
 */

type Random = () => number;
type Shape = (random: Random) => string;

/** What no line of a log may begin with, and what somebody who wants it would write. */
export const FORGED = 'forged-line';

const pick = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];
const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));
const bytes = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCodePoint(Math.floor(random() * 256))).join('');

const PATHS = [
  '/',
  '/api/update/status',
  '/api/session',
  '/api/update/history?limit=',
  '/api/nowhere',
  '/metrics',
  '/updates/',
  '/api/update/log?transaction=',
  '/api/health',
  '/api/openapi.json',
] as const;
const ODD_PARTS = [
  '%',
  '%00',
  '%zz',
  '%2e%2e%2f',
  '..',
  '//',
  '\\',
  '%c0%ae',
  '%ff',
  '?'.repeat(50),
  '#x',
  ';',
  '%u0041',
  '[',
  '{}',
  `%0d%0a${FORGED}`,
  `%0A${FORGED}`,
  '%e2%80%a8',
  '%1b[31m',
  'a'.repeat(8000),
  '-1',
  'NaN',
  '1e999',
  '%F0%9F%92%A9',
] as const;
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'TRACE',
  'PROPFIND',
] as const;
const NO_METHODS = [
  'get',
  'G\0ET',
  '',
  'POST/',
  'A'.repeat(300),
  'GE T',
  '\u00c9',
  'PRI',
  'CONNECT',
  'QUERY',
] as const;
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/9.9',
  'http/1.1',
  'HTTP',
  'HTTP/1.1 x',
  '',
] as const;
const HOSTS = [
  'localhost',
  'localhost:99999',
  'a@b',
  '[::1',
  '[::1]:x',
  '..',
  'evil.example',
  '%00',
  '\u00e9',
  'a b',
  '',
  '127.0.0.1:1/x',
  'localhost, evil.example',
  'localhost\tx',
  '0x7f.1',
  '-',
  'a'.repeat(5000),
] as const;
const VALUES = [
  'x\0y',
  'x\ry',
  'x\ny',
  `x\r ${FORGED}`,
  `x\n${FORGED}`,
  `\u0085${FORGED}`,
  '\x7f',
  '\x1b[31m',
  '\u00ff'.repeat(20),
  ' \t ',
  'a'.repeat(7000),
  '"',
  ',,,,',
  '=;=;=;',
  '__proto__',
  'Bearer x',
  '-1',
  '99999999999999999999',
] as const;
const NAMES = [
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Request-Id',
  'Cookie',
  'Authorization',
  'Origin',
  'Accept',
  'Accept-Encoding',
  'If-None-Match',
  'Last-Event-ID',
  'Content-Type',
  'Remote-User',
  'Sec-Fetch-Site',
  'Expect',
  'Upgrade',
  'Connection',
  'Range',
  'TE',
  'Trailer',
  'X Y',
  'X:Y',
  '',
  '\u00e9',
  'X\0',
  '__proto__',
  'constructor',
] as const;
const LENGTHS = [
  '5',
  '-5',
  '5, 5',
  '5, 6',
  '0x5',
  '5e0',
  '+5',
  '5.0',
  '99999999999999999999',
  '',
  '\u0665',
] as const;
const CODINGS = [
  'chunked',
  'xchunked',
  'chunked, identity',
  'identity',
  'gzip, chunked',
  ' chunked',
  'chunked\t',
  'CHUNKED',
  'chunked, chunked',
] as const;
const CHUNKS = [
  '5\r\nhello\r\n0\r\n\r\n',
  'g\r\n',
  'ffffffffffffffff\r\nx',
  '-1\r\n',
  '5;x=y\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5\r\nhelloX\r\n0\r\n\r\n',
  '0\r\nHost: evil.example\r\n\r\n',
  `5;${'e'.repeat(20_000)}\r\n`,
  '0x5\r\nhello\r\n',
] as const;
const BODIES = [
  '{',
  '[]',
  'null',
  '""',
  '1e999',
  '{"password":1}',
  '{"password":["x"]}',
  '{"password":null}',
  '{"__proto__":{"x":1}}',
  '{"password":"x","password":{}}',
  '{"code":"x","password":"\\u0000"}',
  '\u00ef\u00bb\u00bf{}',
  '{"a":\u00ff}',
  '[1,]',
  '['.repeat(8000),
  '{"a":'.repeat(3000),
  `"${'x'.repeat(15_000)}"`,
  'x'.repeat(17_000),
  '{"password":"\\ud800"}',
] as const;
const WRITES = [
  '/api/session',
  '/api/session/setup',
  '/api/session/password',
  '/api/session/tokens',
  '/api/update/apply',
  '/api/update/auto',
] as const;

const HOST = 'Host: localhost\r\n';
const path = (random: Random): string => `${pick(random, PATHS)}${pick(random, ODD_PARTS)}`;
const header = (random: Random): string => `${pick(random, NAMES)}: ${pick(random, VALUES)}\r\n`;
const line = (random: Random): string => `${pick(random, METHODS)} ${path(random)} HTTP/1.1\r\n`;

const SHAPES: Readonly<Record<string, Shape>> = {
  noise: (random) => bytes(random, 1 + upTo(random, 400)),
  method: (random) => `${pick(random, NO_METHODS)} ${path(random)} HTTP/1.1\r\n${HOST}\r\n`,
  version: (random) => `GET / ${pick(random, VERSIONS)}\r\n${HOST}\r\n`,
  path: (random) => `${line(random)}${HOST}\r\n`,
  'form of the target': (random) =>
    `GET ${pick(random, ['*', 'http://evil.example/', 'localhost:80', 'http://', 'a b c', '\u00e9', '/\0', '', '?'])} HTTP/1.1\r\n${HOST}\r\n`,
  host: (random) => `GET / HTTP/1.1\r\nHost: ${pick(random, HOSTS)}\r\n\r\n`,
  'two hosts': (random) => `GET / HTTP/1.1\r\n${HOST}Host: ${pick(random, HOSTS)}\r\n\r\n`,
  'no host': (random) => `${line(random)}\r\n`,
  headers: (random) =>
    `${line(random)}${HOST}${Array.from({ length: 1 + upTo(random, 5) }, () => header(random)).join('')}\r\n`,
  'many headers': (random) =>
    `GET / HTTP/1.1\r\n${HOST}${'a: b\r\n'.repeat(upTo(random, 3000))}\r\n`,
  'a long header': (random) =>
    `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(upTo(random, 40_000))}\r\n\r\n`,
  'a folded header': (random) =>
    `GET / HTTP/1.1\r\n${HOST}X: a\r\n ${pick(random, VALUES)}\r\n\r\n`,
  'line ends': (random) =>
    `GET / HTTP/1.1${pick(random, ['\n', '\r', '\r\r\n', '\n\r'])}Host: localhost${pick(random, ['\n\n', '\r\r', '\r\n\n'])}`,
  length: (random) => post(random, `Content-Length: ${pick(random, LENGTHS)}\r\n`, 'hello'),
  'two lengths': (random) =>
    post(random, `Content-Length: 5\r\nContent-Length: ${pick(random, LENGTHS)}\r\n`, 'hello'),
  coding: (random) =>
    post(random, `Transfer-Encoding: ${pick(random, CODINGS)}\r\n`, pick(random, CHUNKS)),
  'length and coding': (random) =>
    post(
      random,
      `Content-Length: 5\r\nTransfer-Encoding: ${pick(random, CODINGS)}\r\n`,
      pick(random, CHUNKS),
    ),
  body: (random) => posted(random, pick(random, BODIES), 'application/json'),
  'content type': (random) =>
    posted(
      random,
      pick(random, BODIES),
      pick(random, [
        'text/plain',
        'application/jsonx',
        'multipart/form-data',
        'application/json; charset=utf-16',
        '',
      ]),
    ),
  'less than it says': (random) =>
    post(
      random,
      `Content-Type: application/json\r\nContent-Length: ${String(10 + upTo(random, 10_000))}\r\n`,
      '{"a"',
    ),
  'sent ahead': (random) =>
    `${`GET /api/health HTTP/1.1\r\n${HOST}\r\n`.repeat(1 + upTo(random, 20))}${pick(random, [line(random), bytes(random, 50), `${FORGED}\r\n\r\n`])}`,
  'cut off': (random) => {
    const whole = `${line(random)}${HOST}${header(random)}\r\n`;
    return whole.slice(0, upTo(random, whole.length));
  },
  upgrade: (random) =>
    `GET ${path(random)} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: ${pick(random, ['websocket', 'h2c', 'TLS/1.0', '\u00ff'])}\r\nSec-WebSocket-Key: x\r\n\r\n`,
  'another protocol': (random) =>
    pick(random, [
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'EHLO x\r\n',
      'SSH-2.0-x\r\n',
      '{"jsonrpc":"2.0"}\n',
      '\0'.repeat(100),
    ]),
};

/** As a page of this device would send it, so that it gets past the rule of origins. */
function post(random: Random, headers: string, body: string): string {
  const origin = 'Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n';
  return `POST ${pick(random, WRITES)} HTTP/1.1\r\n${HOST}${origin}${headers}\r\n${body}`;
}

const posted = (random: Random, body: string, type: string): string =>
  post(random, `Content-Type: ${type}\r\nContent-Length: ${String(body.length)}\r\n`, body);

/** With `cookie` somebody who is signed in sends it, where that makes a difference. */
export function hostileRequest(random: Random, cookie: string) {
  const [shape, make] = pick(
    random,
    Object.entries(SHAPES) as [[string, Shape], ...[string, Shape][]],
  );
  const text = make(random);
  const signedIn = random() < 0.5 ? text : text.replace(HOST, `${HOST}Cookie: ${cookie}\r\n`);
  return { shape, bytes: Buffer.from(signedIn, 'latin1') };
}
