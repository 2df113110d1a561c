/** The operator's file: whatever is wrong is named so that it can be found. What ships is tried in `test/contract`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { parseConfig } from '../src/config.ts';
import { MINIMAL, settingText, SOURCE, TARGET } from './support/config-text.ts';
import { targetText as target } from './support/config-text.ts';

const FILE = '/etc/pikit/updater.toml';
const SHIPPED = readFileSync(join(repositoryRoot(), 'deploy/config/updater.toml'), 'utf8');

async function refusalOf(text: string): Promise<readonly unknown[]> {
  const { details } = await expectCode(() => parseConfig(text, FILE), 'config-invalid');
  expect(details['file']).toBe(FILE);
  return [details['key'], details['reason']];
}

/** A stick, and a web server where there is none. */
const several = (url: string): string =>
  `[[source]]\nkind = "dir"\npath = "/media/usb/"\n[[source]]\nkind = "static"\nurl = "${url}"\n${TARGET}`;

const keyOf = async (text: string): Promise<unknown> => (await refusalOf(text))[0];

describe('parseConfig', () => {
  it('needs a source and a target, and knows the rest', () => {
    expect(parseConfig(MINIMAL, FILE)).toEqual({
      sources: [{ kind: 'gitea', url: 'https://git.example', repository: 'a/b' }],
      network: {},
      stallTimeoutMs: 30_000,
      policy: {
        channel: 'stable',
        product: undefined,
        timer: 'pikit-update.timer',
        targets: [{ from: 'web', to: '/var/www/web', kind: 'directory', copy: false }],
        services: [],
        commands: { isAllowed: false, timeoutMs: 60_000, user: 'root', write: [] },
        probes: [],
        limits: {
          manifestBytes: 4_194_304,
          bundleBytes: 536_870_912,
          fileBytes: 1024 * 1024 * 1024,
          unpackedBytes: 2_147_483_648,
          probeTimeoutMs: 120_000,
          probeIntervalMs: 1000,
          guardTimeoutMs: 180_000,
          keep: 1,
          history: 200,
        },
      },
    });
  });

  it.each(['https://git.example', 'http://pi.local:3000/git', 'https://git.example/@scope'])(
    'takes the address %s, with a slash at its end and without',
    (url) => {
      for (const written of [`"${url}"`, `"${url}/"`])
        expect(parseConfig(settingText('source.url', written), FILE).sources).toMatchObject([
          { url },
        ]);
    },
  );

  it('takes the place of a token, and not the token', () => {
    const text = `${SOURCE}token_file = "/etc/pikit/token"\n${TARGET}`;
    expect(parseConfig(text, FILE).sources).toMatchObject([{ token_file: '/etc/pikit/token' }]);
  });

  it('reads how to get to servers, and repeats no password of a proxy', async () => {
    const network = { proxy: 'http://user:p@proxy:3128', no_proxy: ['*.lan'], ca_file: '/etc/ca' };
    const { proxy, no_proxy, ca_file } = network;
    const table = `proxy = "${proxy}"\nno_proxy = ["${no_proxy[0]}"]\nca_file = "${ca_file}"\n`;
    expect(parseConfig(`${SOURCE}[network]\n${table}${TARGET}`, FILE).network).toEqual(network);
    const wrong = `${SOURCE}[network]\nproxy = "socks5://user:secret@p"\n${TARGET}`;
    const [key, reason] = await refusalOf(wrong);
    expect(key).toBe('network.proxy');
    expect(reason).toContain('http address');
    expect(reason).not.toContain('secret');
  });

  it('takes several sources in their order, and names the one that is wrong', async () => {
    expect(parseConfig(several('https://cdn.example/pikit/'), FILE).sources).toEqual([
      { kind: 'dir', path: '/media/usb' },
      { kind: 'static', url: 'https://cdn.example/pikit' },
    ]);
    expect(await keyOf(several('cdn.example'))).toBe('source.1.url');
  });

  it('asks of a probe only what is written', () => {
    const { probes } = parseConfig(`${MINIMAL}[[probe]]\nurl = "http://a/"\n`, FILE).policy;
    expect(probes).toEqual([{ url: 'http://a/', assets: false, versionField: undefined }]);
  });

  it('adds .service to a unit, and does not mind slashes in `after`', () => {
    const text = `${MINIMAL}[[service]]\nunit = "web"\nafter = ["web"]\n[[service]]\nunit = "a.socket"\n`;
    expect(parseConfig(text, FILE).policy.services).toEqual([
      { unit: 'web.service', action: 'restart', after: ['web'] },
      { unit: 'a.socket', action: 'restart' },
    ]);
  });
});

describe('parseConfig, unknown keys', () => {
  it.each([
    ['chanel', `chanel = "beta"\n${MINIMAL}`],
    ['limit', `${MINIMAL}[limit]\nkeep = 2\n`],
    ['targets', MINIMAL.replace('[[target]]', '[[targets]]')],
    ['source.token', MINIMAL.replace('[source]\n', '[source]\ntoken = "x"\n')],
    ['source.path', MINIMAL.replace('[source]\n', '[source]\npath = "/x"\n')],
    ['source.repo', MINIMAL.replace('repository', 'repo')],
    ['target.0.mode', `${MINIMAL}mode = "0644"\n`],
    ['target.0.form', MINIMAL.replace('from', 'form')],
    ['target.1.keep', `${MINIMAL}${target('/a', 'file')}keep = true\n`],
    ['service.0.units', `${MINIMAL}[[service]]\nunit = "a"\nunits = "b"\n`],
    ['service.0.name', `${MINIMAL}[[service]]\nname = "a"\n`],
    ['probe.0.versionField', `${MINIMAL}[[probe]]\nurl = "http://a/"\nversionField = "v"\n`],
    ['limits.probe_timeout', `${MINIMAL}[limits]\nprobe_timeout = 1\n`],
    ['limits.allow_unsigned', `${MINIMAL}[limits]\nallow_unsigned = true\n`],
  ])('names %s', async (key, text) => {
    expect(await refusalOf(text)).toEqual([key, 'unknown key']);
  });
});

describe('parseConfig, bad values', () => {
  it.each([
    ['source', TARGET],
    ['source.url', MINIMAL.replace(/url.*\n/, '')],
    ['target', SOURCE],
    ['target', `target = []\n${SOURCE}`],
    ['source', ''],
    ['target.0.to', MINIMAL.replace(/to = .*\n/, '')],
    ['limits', `limits = []\n${MINIMAL}`],
  ])('says that %s is missing, empty or no table', async (key, text) => {
    expect(await keyOf(text)).toBe(key);
  });

  it.each([
    ['channel', '"nightly"'],
    ['channel', '1'],
    ['product', '["a"]'],
    ['product', `"${'x'.repeat(101)}"`],
    ['timer', '"a b"'],
    ['source.kind', '"gitlab"'],
    ['source.url', '"git.example"'],
    ['source.url', '"ftp://git.example"'],
    ['source.url', '"file:///etc"'],
    ['source.url', '"https://user:secret@git.example"'],
    ['source.url', '"https://git.example/?a=b"'],
    ['source.repository', '"pi-kit"'],
    ['source.repository', '"a/b/c"'],
    ['target.0.from', '""'],
    ['target.0.from', '"/"'],
    ['target.0.from', '"/web"'],
    ['target.0.from', '"../web"'],
    ['target.0.from', '"web/./a"'],
    ['target.0.to', '"/"'],
    ['target.0.to', '"var/www"'],
    ['target.0.to', '"~/web"'],
    ['target.0.to', '"/var/../etc"'],
    ['target.0.to', '"/var//www"'],
    ['target.0.kind', '"symlink"'],
  ])('refuses %s = %s', async (key, value) => {
    expect(await keyOf(settingText(key, value))).toBe(key);
  });

  it.each([
    ['service.0.unit', '[[service]]\nunit = "nginx; reboot"'],
    ['service.0.unit', '[[service]]\naction = "reload"'],
    ['service.0.unit', '[[service]]\nunit = ""'],
    ['service.0.unit', '[[service]]\nunit = "a/b"'],
    ['service.0.action', '[[service]]\nunit = "a"\naction = "stop"'],
    ['service.0.after', '[[service]]\nunit = "a"\nafter = "web/"'],
    ['service.0.after.0', '[[service]]\nunit = "a"\nafter = ["/web"]'],
    ['probe.0.url', '[[probe]]\nassets = true'],
    ['probe.0.url', '[[probe]]\nurl = "127.0.0.1"'],
    ['probe.0.url', '[[probe]]\nurl = "http://a:b@127.0.0.1/"'],
    ['probe.0.assets', '[[probe]]\nurl = "http://a/"\nassets = "yes"'],
    ['probe.0.version_field', '[[probe]]\nurl = "http://a/"\nversion_field = "a.b"'],
  ])('refuses %s in %j', async (key, lines) => {
    expect(await keyOf(`${MINIMAL}${lines}\n`)).toBe(key);
  });

  it.each([
    ['"token"', 'https://git.example', 'absolute path'],
    ['"/etc/pikit/../token"', 'https://git.example', 'absolute path'],
    ['"/etc/pikit/token"', 'http://git.example', 'https only'],
  ])('refuses token_file = %s with %s', async (path, url, reason) => {
    const source = SOURCE.replace('https://git.example', url);
    const [key, why] = await refusalOf(`${source}token_file = ${path}\n${TARGET}`);
    expect(key).toBe('source.token_file');
    expect(why).toContain(reason);
  });

  const LIMITS = SHIPPED.split('[limits]\n')[1]?.match(/(?<=^# )\w+(?= = \d+$)/gm) ?? [];

  it.each(
    LIMITS.flatMap((name) =>
      ['0', '-1', '1.5', '"1"', 'inf', 'nan'].map((value) => ({ name, value })),
    ),
  )('refuses the limit $name = $value', async ({ name, value }) => {
    expect(await keyOf(`${MINIMAL}[limits]\n${name} = ${value}\n`)).toBe(`limits.${name}`);
  });

  it.each([
    ['manifest_max_bytes', 4 * 1024 * 1024],
    ['history', 1000],
    ['probe_timeout_ms', 86_400_000],
    ['probe_interval_ms', 86_400_000],
    ['guard_timeout_ms', 86_400_000],
    ['stall_timeout_ms', 86_400_000],
  ])('takes the limit %s up to %d and not beyond', async (name, most) => {
    const text = (value: number) => `${MINIMAL}[limits]\n${name} = ${String(value)}\n`;
    expect(() => parseConfig(text(most), FILE)).not.toThrow();
    expect(await keyOf(text(most + 1))).toBe(`limits.${name}`);
  });

  it.each([
    ['a line that is not finished', `${MINIMAL}channel = \n`, 'line 9: '],
    ['a key twice', `channel = "beta"\nchannel = "beta"\n${MINIMAL}`, 'line 2: '],
    ['a page of HTML', '<!doctype html>', 'line 1: '],
  ])('says in which line the TOML breaks: %s', async (_what, text, line) => {
    const [key, reason] = await refusalOf(text);
    expect(key).toBe('TOML');
    expect(String(reason).startsWith(line)).toBe(true);
  });
});

describe('parseConfig, copies', () => {
  it.each([
    ['file', '', { copy: false }],
    ['file', 'copy = true\n', { copy: true }],
    ['merge', 'copy = true\n', { copy: true }],
    ['file', 'config = true\n', { copy: true, config: true }],
    ['merge', 'config = true\ncopy = true\n', { copy: true, config: true }],
  ] as const)('reads a %s with %j', (kind, keys, expected) => {
    const text = SOURCE + target('/a', kind) + keys;
    expect(parseConfig(text, FILE).policy.targets).toEqual([
      { from: 'x', to: '/a', kind, ...expected },
    ]);
  });

  it.each([
    ['target.0', 'copy works for file and merge only', `${MINIMAL}copy = true\n`],
    ['target.0.config', 'works for file and merge only', `${MINIMAL}config = true\n`],
    [
      'target.0.config',
      'copy cannot be false',
      `${SOURCE}${target('/a', 'file')}config = true\ncopy = false\n`,
    ],
  ])('refuses at %s what says: %s', async (key, reason, text) => {
    expect(await refusalOf(text)).toEqual([key, expect.stringContaining(reason)]);
  });
});

const commands = (lines: string): string => `${MINIMAL}[commands]\n${lines}\n`;

describe('parseConfig, commands', () => {
  it('reads what they may do', () => {
    const lines = 'allow = true\ntimeout_ms = 3600000\nuser = "pikit"\nwrite = ["/srv/data/"]';
    expect(parseConfig(commands(lines), FILE).policy.commands).toEqual({
      isAllowed: true,
      timeoutMs: 3_600_000,
      user: 'pikit',
      write: ['/srv/data'],
    });
  });

  it.each([
    ['commands.allow', '"yes"'],
    ['commands.timeout_ms', '0'],
    ['commands.timeout_ms', '3600001'],
    ...['""', '"-x"', '"a b"', '"%u"', '"0"', '"Root"'].map((value) => ['commands.user', value]),
    ['commands.write', '"/srv"'],
    ...['srv', '/', '/a/../b', '/a b', '/a:b', '/%h', '/a\\nb', '/etc', '/var/lib/pikit'].map(
      (path) => ['commands.write.0', `["${path}"]`],
    ),
    ['commands.shell', 'true'],
  ])('refuses %s = %s', async (key = '', value = '') => {
    expect(await keyOf(commands(`${key.split('.')[1] ?? ''} = ${value}`))).toBe(key);
  });
});

describe('parseConfig, what one line cannot say', () => {
  it.each([
    ['/var/lib/pikit', 'is a place of the updater'],
    ['/var/www', 'lies in the way of target 1'],
  ])('refuses a target at %s, which %s', async (to, reason) => {
    const text = MINIMAL + target(to, 'directory');
    const refused = await expectCode(() => parseConfig(text, FILE), 'config-invalid');
    expect(refused.details).toMatchObject({ key: 'target.1.to', reason });
    expect(refused.message).toBe(`${FILE}: target 2, to: ${reason} (line 11)`);
  });

  it('refuses to wait for the change of a target that there is not', async () => {
    const first = '[[service]]\nunit = "b"\n';
    const text = `${MINIMAL}${first}[[service]]\nunit = "a"\nafter = ["web/", "api.py"]\n`;
    expect(await refusalOf(text)).toEqual(['service.1.after', 'no target comes from api.py']);
  });
});
