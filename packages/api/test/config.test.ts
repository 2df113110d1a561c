/** The configuration: the shipped file, the defaults, and a sentence that names the key for each mistake. */
import { readFile, writeFile } from 'node:fs/promises';
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

  it('says which file is not there', async () => {
    const error = await expectCode(loadConfig('/nonexistent/api.toml'), 'config-invalid');
    expect(error.message).toContain('/nonexistent/api.toml');
  });

  it('refuses a file of any size', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'api.toml');
      await writeFile(path, '#'.repeat(70_000));
      await expectCode(loadConfig(path), 'config-invalid');
    });
  });
});

describe('parseConfig', () => {
  it.each([
    ['agent_sock = "/x"', 'agent_sock'],
    ['[listen]\nprot = 1', 'listen.prot'],
    ['[listen]\nport = 70000', 'listen.port'],
    ['[listen]\nport = "80"', 'listen.port'],
    ['state_file = "relative"', 'state_file'],
    ['allowed_hosts = ["http://a"]', 'allowed_hosts.0'],
    ['[session]\nidle_minutes = 0', 'session.idle_minutes'],
    ['[session]\nabsolute_days = 1.5', 'session.absolute_days'],
    ['[import]\nfile = "import.tar"', 'import.file'],
    ['[import]\nmax_bytes = 0', 'import.max_bytes'],
    ['[proxy_sign_in]\naddresses = ["10.0.0.0/8"]', 'proxy_sign_in.addresses.0'],
    ['[proxy_sign_in]\nheader = "Remote-User:"', 'proxy_sign_in.header'],
    ['[proxy_sign_in]\nusers = [""]', 'proxy_sign_in.users.0'],
  ])('names the key that is wrong in %j', async (text, key) => {
    const error = await expectCode(() => parseConfig(text, 'api.toml'), 'config-invalid');
    expect(error.details).toMatchObject({ key });
    expect(error.message).toContain(`"${key}"`);
  });

  it('names the line where TOML ends', async () => {
    const error = await expectCode(() => parseConfig('a = 1\nb = = 2', 'x'), 'config-invalid');
    expect(error.message).toContain('line 2');
  });
});
