/** From a file to a release that lies ready: who must vouch for it, what is refused, what is left, and what a check does to it. */
import type { UpdateError } from '@pikit/protocol';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import type { ReleaseRecipe } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { tarRelease } from '../../../../test/support/release-file.ts';
import { IMPORT_FILE } from '../../src/core/layout.ts';
import { beginImport } from '../../src/updater/begin-import.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const maintainer = createMinisignKey();

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/etc/pikit/keys/maintainer.pub', maintainer.publicFile);
});
afterEach(() => bench.close());

const signed = (version: string, recipe: Partial<ReleaseRecipe> = {}): ReleaseRecipe =>
  aRelease(version, { signer: maintainer, form: 'seekable', ...recipe });

/** Built, put into one file, and gone from the source. */
async function upload(recipe: ReleaseRecipe): Promise<void> {
  const { dir } = await bench.publish(recipe);
  await mkdir(dirname(bench.host(IMPORT_FILE)), { recursive: true });
  await tarRelease(dir, bench.host(IMPORT_FILE));
  await rm(dir, { recursive: true });
}

async function take() {
  await bench.updater.importFile('dashboard');
  return bench.updater.settled();
}

const status = () => bench.board.snapshot();
const staged = () => bench.disk.list('/var/lib/pikit/staging');

describe('a release from a file', () => {
  it('lies ready, is offered, and is installed by the ordinary order without the file', async () => {
    await upload(signed('1.1.0'));
    expect(await take()).toMatchObject({ outcome: 'staged', imported: true, to: '1.1.0' });
    await rm(bench.host(IMPORT_FILE));
    const { offered, ready, current } = await status();
    expect({ current, offered }).toMatchObject({
      current: null,
      offered: { version: '1.1.0', signedBy: { key: maintainer.id } },
    });
    expect(ready?.manifestSha256).toBe(offered?.manifestSha256);
    if (offered === null) throw new Error('nothing is offered');
    await bench.updater.apply(offered, 'dashboard');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await status()).toMatchObject({ current: '1.1.0', offered: null, ready: null });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
  });

  it('is held against what was seen on the channel that the owner has chosen', async () => {
    await bench.updater.setAuto({ channel: 'beta' });
    await bench.publish(signed('1.3.0'));
    await bench.updater.check();
    await upload(signed('1.2.0-beta.1'));
    await expectCode(take(), 'downgrade-refused');
    expect(await bench.store.loadTrust()).toMatchObject({ seen: { beta: { version: '1.3.0' } } });
  });

  it('outlives checks of a source that does not have it, as long as that has nothing newer', async () => {
    await bench.publish(signed('1.0.0'));
    await upload(signed('1.1.0'));
    await take();
    // Signed things that were seen count: a source with less is told so, and what was uploaded stays.
    await expectCode(bench.updater.check(), 'source-outdated');
    expect((await status()).ready?.version).toBe('1.1.0');
    await bench.publish(signed('1.2.0'));
    await bench.updater.check();
    expect(await status()).toMatchObject({
      offered: { version: '1.2.0' },
      ready: { version: '1.1.0' },
    });
  });

  it('stays what somebody brought when it is ordered once more, only to lie there', async () => {
    await upload(signed('1.1.0'));
    await take();
    const { offered } = await status();
    if (offered === null) throw new Error('nothing is offered');
    await bench.updater.apply({ ...offered, stageOnly: true }, 'dashboard');
    await bench.updater.settled();
    await bench.publish(signed('1.2.0'));
    await bench.updater.check();
    expect((await status()).ready?.version).toBe('1.1.0');
  });

  it('makes way for the next one, and goes when its owner cancels it', async () => {
    await upload(signed('1.1.0'));
    await take();
    await upload(signed('1.2.0'));
    const result = await take();
    expect((await status()).offered?.version).toBe('1.2.0');
    expect(await staged()).toEqual(['1.2.0', 'kept.json']);
    if (result === undefined) throw new Error('it did not end');
    await bench.updater.cancel(result.id);
    expect(await status()).toMatchObject({ offered: null, ready: null });
    expect(await staged()).toEqual([]);
  });

  it('is gone on with by the next life while the file is there, and ends cleanly when it is not', async () => {
    for (const isThere of [true, false]) {
      await upload(signed(isThere ? '1.1.0' : '1.2.0', { form: 'full' }));
      const tools = { ...bench.tools, store: bench.store };
      const { record } = await beginImport(tools, 'dashboard', quiet());
      await bench.store.saveJournal({ ...record, phase: 'staging' });
      if (!isThere) await rm(bench.host(IMPORT_FILE));
      const next = bench.restart();
      await next.updater.recover();
      const outcome = isThere ? 'staged' : 'failed';
      expect(await next.updater.settled()).toMatchObject({ outcome, imported: true });
      expect(await staged()).toEqual(isThere ? ['1.1.0', 'kept.json'] : []);
    }
  });
});

async function expectRefused(code: Parameters<typeof expectCode>[1]): Promise<UpdateError> {
  const error = await expectCode(bench.updater.importFile('dashboard'), code);
  expect(await staged()).toEqual([]);
  expect(await bench.store.loadJournal()).toBeUndefined();
  expect(await status()).toMatchObject({ ready: null, transaction: null });
  return error;
}

describe('beginImport', () => {
  it('believes nobody on a device without a key, and says what to do', async () => {
    await rm(bench.host('/etc/pikit/keys/maintainer.pub'));
    await upload(signed('1.1.0'));
    const { message } = await expectRefused('signature-invalid');
    expect(message).toContain("put the maintainer's .pub file into /etc/pikit/keys");
  });

  it('refuses what nobody signed, and what somebody else did', async () => {
    await upload(aRelease('1.1.0'));
    await expectRefused('signature-missing');
    await upload(signed('1.1.0', { signer: createMinisignKey() }));
    await expectRefused('signature-invalid');
  });

  it('refuses what is older than what runs, and what runs', async () => {
    await bench.publish(signed('1.1.0'));
    await bench.apply('1.1.0');
    await upload(signed('1.0.0'));
    await expectRefused('downgrade-refused');
    await upload(signed('1.1.0'));
    await expectRefused('already-installed');
  });

  it('refuses what there is no room for', async () => {
    await upload(signed('1.1.0'));
    const space: typeof bench.disk.space = async (path) => ({
      ...(await bench.disk.space(path)),
      freeBytes: 0,
    });
    const tools = { ...bench.tools, store: bench.store, disk: { ...bench.disk, space } };
    await expectCode(beginImport(tools, 'dashboard', quiet()), 'no-space');
    expect(await staged()).toEqual([]);
  });

  it('refuses while something runs', async () => {
    await upload(signed('1.1.0'));
    const held = await bench.lock.acquire('the other');
    await expectRefused('busy');
    await held.release();
  });

  it('leaves nothing of a bundle that is not the one of the manifest, and holds nothing against the release', async () => {
    const good = await bench.publish(signed('1.1.0', { form: 'full' }));
    const bytes = await readFile(good.bundle);
    await writeFile(good.bundle, bytes.fill(0, bytes.length - 8));
    await mkdir(dirname(bench.host(IMPORT_FILE)), { recursive: true });
    await tarRelease(good.dir, bench.host(IMPORT_FILE));
    expect(await take()).toMatchObject({
      outcome: 'failed',
      imported: true,
      error: { code: 'hash-mismatch' },
    });
    expect(await staged()).toEqual([]);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
    await bench.updater.check();
    expect(await status()).toMatchObject({ offered: { version: '1.1.0' }, held_back: null });
  });

  it('refuses what is no release file', async () => {
    await mkdir(dirname(bench.host(IMPORT_FILE)), { recursive: true });
    await writeFile(bench.host(IMPORT_FILE), 'a photo');
    await expectRefused('bundle-invalid');
  });
});
