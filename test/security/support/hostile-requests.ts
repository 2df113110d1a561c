/**
 * What an attacker may send to the api's port, as bytes: nearly HTTP, HTTP with two meanings, and HTTP whose content is wrong. The
 * same chance gives the same bytes. Nothing of it may have an effect where it is understood after all: bodies are wrong, or short.
 */

import {
  BODIES,
  CHUNKS,
  CODINGS,
  FORGED,
  HOSTS,
  LENGTHS,
  METHODS,
  NAMES,
  NO_METHODS,
  ODD_PARTS,
  PATHS,
  VALUES,
  VERSIONS,
  WRITES,
} from './hostile-words.ts';

type Random = () => number;
type Shape = (random: Random) => string;

const pick = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];
const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));
const bytes = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCodePoint(Math.floor(random() * 256))).join('');

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
