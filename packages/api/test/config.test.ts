/** The configuration: the shipped file, the defaults, and for each mistake a sentence with the key, what it expects and the line. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { loadConfig, parseConfig } from '../src/config.ts';

const SHIPPED = join(repositoryRoot(), 'deploy/config/api.toml');

describe('loadConfig', () => {
  it('accepts the shipped file, which shows every default', async () => {
    expect(await loadConfig(SHIPPED)).toEqual(parseConfig('', 'empty'));
    const text = await readFile(SHIPPED, 'utf8');
    const keys = [...text.matchAll(/^(\w+) = /gm)].map(([, key]) => key);
    expect(keys).toHaveLength(16);
  });

  it('turns units into what the code counts in', () => {
    const config = parseConfig('[session]\nidle_minutes = 2\nabsolute_days = 3', 'x');
    expect(config.session).toEqual({ idleMs: 120_000, absoluteMs: 259_200_000 });
  });

  it('fills in what a section leaves out', () => {
    expect(parseConfig('[listen]\nport = 0', 'x').listen).toEqual({ host: '127.0.0.1', port: 0 });
  });

  it.each([
    ['is not there', 'ENOENT', () => undefined],
    ['is a directory', 'EISDIR', (path: string) => mkdir(path)],
    ['is a pipe', 'is not a regular file', (path: string) => execFileSync('mkfifo', [path])],
    [
      'has any size',
      'has more than 65536 bytes',
      (path: string) => writeFile(path, '#'.repeat(70_000)),
    ],
  ])('says of a file that it %s', async (_what, reason, make) => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'api.toml');
      await make(file);
      const error = await expectCode(loadConfig(file), 'config-invalid');
      expect(error.message).toBe(`${file} cannot be read: ${reason}`);
      expect(error.details).toEqual({ file, key: 'file', reason });
    });
  });
});

const FILE = '/etc/pikit/api.toml';

async function refusalOf(text: string): Promise<readonly unknown[]> {
  const { details, message } = await expectCode(() => parseConfig(text, FILE), 'config-invalid');
  const { file, key, reason } = details;
  expect(file).toBe(FILE);
  const named = String(key).replace(/\.(\d+)$/, (_, index) => ` ${String(Number(index) + 1)}`);
  expect(message).toBe(`${FILE}: ${named}: ${String(reason)}`);
  return [key, reason];
}

/** Every key of the shipped file, with the one kind of value that it takes. */
const KEYS = readFileSync(SHIPPED, 'utf8')
  .split(/^\[/m)
  .flatMap((part, index) => {
    const section = index === 0 ? '' : (/^\w+/.exec(part)?.[0] ?? '');
    return [...part.matchAll(/^(\w+) = (.)/gm)].map(([, name = '', first = '']) => ({
      key: section === '' ? name : `${section}.${name}`,
      text: (value: string) => (section === '' ? '' : `[${section}]\n`) + `${name} = ${value}\n`,
      takes: first === '"' ? 'a text' : first === '[' ? 'a list' : 'a number',
    }));
  });

const VALUES = [
  { value: '"two words"', kind: 'a text', found: /^(?:a|another) text$/ },
  { value: '""', kind: 'an empty text', found: /^empty$/ },
  { value: '-1', kind: 'a number', found: /^-1$/ },
  { value: '1.5', kind: 'a number', found: /^1\.5$/ },
  { value: 'inf', kind: 'a number', found: /^Infinity$/ },
  { value: 'nan', kind: 'a number', found: /^NaN$/ },
  { value: '9007199254740991', kind: 'any number', found: /^9007199254740991$/ },
  { value: 'true', kind: 'a truth', found: /^true$/ },
  { value: '2026-11-27', kind: 'a date', found: /^a date$/ },
  { value: '{ a = 1 }', kind: 'a table', found: /^a table$/ },
  { value: '["a"]', kind: 'a list', found: /^a list$/ },
];

/** What is right for that key, as far as its kind goes. */
const suits = ({ key, takes }: (typeof KEYS)[number], { kind, value }: (typeof VALUES)[number]) =>
  (takes === 'a list' && kind === 'a list') ||
  (key === 'listen.host' && kind === 'a text') ||
  (key === 'import.max_bytes' && value === '9007199254740991');

describe('parseConfig', () => {
  it('knows the keys of the shipped file', () => {
    expect(KEYS).toHaveLength(16);
  });

  it.each(KEYS)('says for $key what it expects, and what stands there', async (one) => {
    for (const each of VALUES.filter((each) => !suits(one, each))) {
      const [key, reason] = await refusalOf(one.text(each.value));
      expect(key).toBe(one.key);
      const sentence = /^must be (an? |one |the ).+, and is (.+) \(line [12]\)$/;
      expect(reason).toMatch(sentence);
      expect(sentence.exec(String(reason))?.[2]).toMatch(each.found);
      expect(reason).not.toMatch(/Invalid|Expected|received|two words/);
    }
  });

  it.each([
    ['agent_sock = "/x"', 'agent_sock', 'unknown key (line 1)'],
    ['password = "hunter2"', 'password', 'unknown key (line 1)'],
    ['[listen]\nprot = 1', 'listen.prot', 'unknown key (line 2)'],
    ['[sesion]\nidle_minutes = 1', 'sesion', 'unknown key (line 1)'],
    ['listen = 80', 'listen', 'must be a table, and is 80 (line 1)'],
    ['[[listen]]\nport = 80', 'listen', 'must be a table, and is a list (line 1)'],
    ['session = 2026-11-27', 'session', 'must be a table, and is a date (line 1)'],
    ['import = []', 'import', 'must be a table, and is a list (line 1)'],
    [
      '\n[listen]\nport = 70000',
      'listen.port',
      'must be a whole number from 0 to 65535, and is 70000 (line 3)',
    ],
    [
      '[listen]\nport = "80"',
      'listen.port',
      'must be a whole number from 0 to 65535, and is a text (line 2)',
    ],
    [
      'state_file = "relative"',
      'state_file',
      'must be an absolute path, and is another text (line 1)',
    ],
    [
      'state_file = "/a\\u0000"',
      'state_file',
      'must be an absolute path, and is another text (line 1)',
    ],
    ['allowed_hosts = "a"', 'allowed_hosts', 'must be a list, in [ ], and is a text (line 1)'],
    [
      'allowed_hosts = [\n"a",\n"http://a"]',
      'allowed_hosts.1',
      'must be a host name without port, and is another text (line 1)',
    ],
    [
      'allowed_hosts = ["a:80"]',
      'allowed_hosts.0',
      'must be a host name without port, and is another text (line 1)',
    ],
    [
      'proxy_sign_in.users = [""]',
      'proxy_sign_in.users.0',
      'must be a name, and is empty (line 1)',
    ],
    [
      '[proxy_sign_in]\naddresses = ["10.0.0.0/8"]',
      'proxy_sign_in.addresses.0',
      'must be one IP address, and is another text (line 2)',
    ],
    [
      '[proxy_sign_in]\nheader = "Remote-User:"',
      'proxy_sign_in.header',
      'must be the name of a header alone, and is another text (line 2)',
    ],
  ])('names what is wrong in %j', async (text, key, reason) => {
    expect(await refusalOf(text)).toEqual([key, reason]);
  });

  it('counts the entries of a list from one', async () => {
    const text = 'allowed_hosts = ["a", 5]';
    const { message } = await expectCode(() => parseConfig(text, FILE), 'config-invalid');
    expect(message).toContain(': allowed_hosts 2: must be a host name without port, and is 5');
  });

  it.each([
    ['a = 1\nb = = 2', 'line 2: '],
    ['[listen]\nport = 1\nport = 2', 'line 3: '],
    ['password = "hunter2', 'line 1: '],
  ])('says in which line the TOML of %j breaks', async (text, line) => {
    const [key, reason] = await refusalOf(text);
    expect(key).toBe('TOML');
    expect(reason).toMatch(new RegExp(`^${line}[a-z].+$`));
    expect(reason).not.toContain('hunter2');
  });
});
