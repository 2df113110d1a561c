/** Attacks with what one line says: wrong shapes, wrong ids, names that mean something to JavaScript, what was not offered. */
import { methods } from '@pikit/protocol';
import { asGuest, isRefusal, NUMBERS, refusedLine, type Attack, type Due } from './attack.ts';
import { call, connectRaw } from './raw-peer.ts';

const NO_REQUEST: Due = { id: null, number: NUMBERS.invalidRequest };
const NO_JSON: Due = { id: null, number: NUMBERS.parseError };
const NO_METHOD: Due = { id: 7, number: NUMBERS.methodNotFound };
const BAD_PARAMS: Due = { id: 7, number: NUMBERS.invalidParams };

const STATUS = call(7, 'update.status').trim();
const withId = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"update.status"}`;
const withMethod = (method: string): string => `{"jsonrpc":"2.0","id":7,"method":${method}}`;
const withParams = (params: string, method = 'update.status'): string =>
  `{"jsonrpc":"2.0","id":7,"method":"${method}","params":${params}}`;
const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const SHAPES: Readonly<Record<string, string>> = {
  null: 'null',
  'a number': '42',
  'a string': '"update.status"',
  'an empty array': '[]',
  'a batch of null': '[null]',
  'a batch of one good call': `[${STATUS}]`,
  'a batch of 30,000': `[${'1,'.repeat(30_000)}1]`,
  'an empty object': '{}',
  'a notification': '{"jsonrpc":"2.0","method":"update.status"}',
  'a call without a version': '{"id":7,"method":"update.status"}',
  'a call of another version': '{"jsonrpc":"1.0","id":7,"method":"update.status"}',
  'an answer that nobody asked for': '{"jsonrpc":"2.0","id":7,"result":{}}',
  'nesting of 30,000 arrays': nested('[', ']', 30_000),
  'nesting of 10,000 objects': nested('{"a":', '}', 10_000),
  'a request below __proto__': `{"__proto__":${STATUS}}`,
};

const IDS: Readonly<Record<string, string>> = {
  null: 'null',
  'a boolean': 'true',
  'an object': '{"toString":1}',
  'an array': '[1]',
  'a fraction': '1.5',
  infinity: '1e400',
  'a number that a double cannot hold': '9007199254740993',
  'a string of 60,000 letters': `"${'i'.repeat(60_000)}"`,
};

const NOT_JSON: Readonly<Record<string, string>> = {
  'half an object': '{',
  'words of HTTP': 'GET / HTTP/1.1',
  'a script': 'process.exit(1)',
  'a byte of zero': '\0',
  'a call twice in a line': STATUS + STATUS,
  'nesting that never closes': '['.repeat(60_000),
};

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

const PARAMS: Readonly<Record<string, string>> = {
  'an empty array': '[]',
  'a string': '"x"',
  'a number': '7',
  'a member too many': '{"path":"/etc/shadow"}',
  'a member with a name of 60,000 letters': `{"${'n'.repeat(60_000)}":1}`,
  'nesting of 30,000 arrays': nested('[', ']', 30_000),
  'a member with nesting of 10,000': `{"a":${nested('{"a":', '}', 10_000)}}`,
  '6,000 members': `{${Array.from({ length: 6_000 }, (_, n) => `"${n}":0`).join()}}`,
};

const adminMethods = Object.entries(methods)
  .filter(([, { surface }]) => surface === 'admin')
  .map(([name]) => name);

const each = (
  what: string,
  lines: Readonly<Record<string, string>>,
  toLine: (text: string) => string,
  due: Due,
): readonly Attack[] =>
  Object.entries(lines).map(([name, text]) => refusedLine(`${what}: ${name}`, toLine(text), due));

/** For the dashboard's socket: the other one offers the admin methods. */
export const LINE_ATTACKS: readonly Attack[] = [
  ...each('no request', SHAPES, (text) => text, NO_REQUEST),
  ...each('an id that is', IDS, withId, NO_REQUEST),
  ...each('no JSON', NOT_JSON, (text) => text, NO_JSON),
  ...each('parameters', PARAMS, withParams, BAD_PARAMS),
  refusedLine('a method that is a number', withMethod('7'), NO_REQUEST),
  refusedLine('a method that is an array', withMethod('["update.status"]'), NO_REQUEST),
  refusedLine('a method with no name', withMethod('""'), NO_METHOD),
  refusedLine('a method of the library', withMethod('"rpc.discover"'), NO_METHOD),
  refusedLine(
    'a method with a name of 60,000 letters',
    withMethod(`"${'m'.repeat(60_000)}"`),
    NO_METHOD,
  ),
  ...INHERITED.flatMap((name) => [
    refusedLine(`${name} as a method`, withMethod(`"${name}"`), NO_METHOD),
    refusedLine(`${name} as a parameter`, withParams(`{"${name}":{"a":1}}`), BAD_PARAMS),
    refusedLine(
      `${name} as a parameter of a greeting`,
      withParams(`{"protocol":1,"client":"x","${name}":{"a":1}}`, 'agent.hello'),
      BAD_PARAMS,
    ),
  ]),
  ...adminMethods.map((method) =>
    refusedLine(`the admin method ${method}`, withParams('{}', method), {
      id: 7,
      number: NUMBERS.ours,
      code: 'forbidden',
    }),
  ),
  {
    name: 'calls before the greeting',
    run: async (path) => {
      const peer = await connectRaw(path);
      peer.socket.write(`${STATUS}\n${call(8, 'update.rollback')}${call(9, 'constructor')}`);
      const replies = await peer.answers(3);
      peer.leave();
      return replies.every((reply, index) =>
        isRefusal(reply, { id: 7 + index, number: NUMBERS.invalidRequest }),
      );
    },
  },
  {
    name: 'a greeting of another protocol, and a call all the same',
    run: async (path) => {
      const peer = await connectRaw(path);
      peer.socket.write(call(1, 'agent.hello', { protocol: 99, client: 'x' }));
      peer.socket.write(call(2, 'update.status'));
      const [hello, status] = await peer.answers(2);
      peer.leave();
      const foreign = { id: 1, number: NUMBERS.ours, code: 'incompatible-protocol' };
      const unheard = { id: 2, number: NUMBERS.invalidRequest };
      return isRefusal(hello, foreign) && isRefusal(status, unheard);
    },
  },
  {
    name: 'a second greeting',
    run: (path) =>
      asGuest(path, async (peer) => {
        peer.socket.write(call(1, 'agent.hello', { protocol: 1, client: 'x' }).repeat(500));
        const replies = await peer.answers(500);
        return replies.every(({ result }) => result !== undefined);
      }),
  },
];
