/** The layout of `publish --dir` over http. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startStaticServer, type StaticServer } from '../../../../test/support/static-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createHttp } from '../../src/publish/http.ts';
import { publishToDirectory } from '../../src/publish/to-directory.ts';
import { listOnWeb } from '../../src/published/on-web.ts';
import { aRelease, filesOf } from '../publish/scene.ts';

const stranger = { token: undefined, authorization: undefined, origins: [], stallMs: 60_000 };

let dir: TempDir;
let server: StaticServer;
beforeEach(async () => {
  dir = await makeTempDir();
  server = await startStaticServer(dir.path);
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

/** Only what must not answer is given a short time. */
const list = (stallMs = stranger.stallMs) =>
  listOnWeb(`${server.url}/www//`, createHttp({ ...stranger, stallMs }));
const publish = async (version: string) => {
  const built = await aRelease(dir.path, version);
  await publishToDirectory(await filesOf(built), join(dir.path, 'www'));
  return built;
};

describe('listOnWeb', () => {
  it('reads what was published into a directory', async () => {
    const { manifestSha256 } = await publish('1.4.0+build');
    await publish('1.5.0-rc.1');
    const [beta, stable] = await list();
    expect(beta).toMatchObject({ version: '1.5.0-rc.1', channel: 'beta' });
    expect(stable).toMatchObject({ version: '1.4.0+build', channel: 'stable', manifestSha256 });
    let text = '';
    for await (const piece of stable?.read('manifest.json', 10_000) ?? []) {
      text += Buffer.from(piece).toString();
    }
    expect(JSON.parse(text)).toMatchObject({ version: '1.4.0+build' });
    expect(server.requests).toContain('GET /www/1.4.0%2Bbuild/manifest.json');
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html>'],
    ['another format', '{"format":2,"releases":[]}'],
    ['a version that is a path', '{"format":1,"releases":[{"version":"../1"}]}'],
  ])('refuses an index that is %s', async (_what, text) => {
    await publish('1.4.0');
    await writeFile(join(dir.path, 'www/releases.json'), text);
    await expectCode(list(), 'source-invalid');
  });

  it('says what is not there, too large, or silent', async () => {
    expect((await expectCode(list(), 'source-refused')).details['status']).toBe(404);
    await publish('1.4.0');
    server.fault({ path: /releases\.json/, times: 1, endless: true });
    await expectCode(list(), 'too-large');
    server.fault({ path: /releases\.json/, times: 1, stall: true });
    await expectCode(list(300), 'offline');
    server.fault({ path: /releases\.json/, times: 1, stall: 5 });
    await expectCode(list(1000), 'download-failed');
  });
});
