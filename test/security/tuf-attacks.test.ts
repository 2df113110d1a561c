/**
 * The attacks that The Update Framework lists (its specification, section 1.5.2), one test each, against the real agent and
 * api over a real release server that the attacker owns. What the device runs must never change, and it must say why.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aPage, openScene, type Scene } from '../integration/scene.ts';
import { buildRelease, type BuiltRelease, type ReleaseRecipe } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTufTally } from './tuf-tally.ts';

const [maintainer, attacker, successor] = [
  createMinisignKey(),
  createMinisignKey(),
  createMinisignKey(),
];
const day = (text: string) => ({ signedAt: new Date(`${text}T00:00:00Z`) });

let scene: Scene;
let studio: TempDir;
beforeEach(async () => {
  studio = await makeTempDir();
  scene = await openScene({
    product: 'pi-kit',
    keys: { maintainer: maintainer.publicFile },
    moreConfig: 'stall_timeout_ms = 1000',
  });
});
afterEach(async () => {
  await scene.close();
  await studio.remove();
});

const tally = createTufTally();
afterAll(() => tally.close());

/** What the maintainer publishes: signed, and with all that a manifest can say. */
const signed = (version: string, patch: Partial<ReleaseRecipe> = {}): ReleaseRecipe => ({
  ...aPage(version),
  form: 'full',
  signer: maintainer,
  ...patch,
  manifest: { product: 'pi-kit', ...patch.manifest },
});

const made = (recipe: ReleaseRecipe): Promise<BuiltRelease> => buildRelease(recipe, studio.path);

/** The code with which a check, and an update to just this release, are refused. */
const checked = async (): Promise<unknown> =>
  codeOf((await scene.client.post('/api/update/check')).body);

async function applied({ version, manifestSha256 }: BuiltRelease): Promise<unknown> {
  const answer = await scene.client.post('/api/update/apply', { version, manifestSha256 });
  return codeOf(answer.body);
}

function codeOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return 'code' in body ? body.code : 'accepted';
}

async function install({ version, manifestSha256 }: BuiltRelease) {
  return scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
}

const runs = async (): Promise<string | undefined> => scene.see('var/www/pikit-web/index.html');

describe('the attacks on software updates', () => {
  it('none: what the maintainer has signed is installed, and says by whom', async () => {
    const good = await scene.publish(signed('1.1.0'));
    expect(await checked()).toBe('accepted');
    const { offered, trust } = await scene.client.status();
    expect(trust).toBe('signed');
    expect(offered?.signedBy).toEqual({ key: maintainer.id, name: 'maintainer' });
    expect(await install(good)).toMatchObject({ outcome: 'committed' });
    expect(await runs()).toBe('page 1.1.0');
  });

  tally.attack('arbitrary software: without a signature, or with the attacker’s own', async () => {
    const unsigned = await scene.publish({ ...aPage('1.1.0'), manifest: { product: 'pi-kit' } });
    expect(await checked()).toBe('signature-missing');
    expect(await applied(unsigned)).toBe('signature-missing');
    const forged = await scene.publish(signed('1.1.0', { signer: attacker }));
    expect(await checked()).toBe('signature-invalid');
    expect(await applied(forged)).toBe('signature-invalid');
    expect(await runs()).toBe('old page');
  });

  tally.attack('rollback: an older signed release, to a device that has seen a newer', async () => {
    const old = await made(signed('1.1.0'));
    await scene.publish(signed('1.2.0'));
    expect(await checked()).toBe('accepted');
    scene.server.withdraw('1.2.0');
    scene.server.publish(old);
    expect(await checked()).toBe('source-outdated');
    expect(await applied(old)).toBe('downgrade-refused');
    expect(await runs()).toBe('old page');
  });

  tally.attack('rollback: an older signed release, after the owner has rolled back', async () => {
    await install(await scene.publish(signed('1.2.0')));
    await scene.client.carryOut('/api/update/rollback');
    expect(await applied(await scene.publish(signed('1.1.0')))).toBe('downgrade-refused');
    expect(await runs()).toBe('old page');
  });

  tally.attack('indefinite freeze: the newest that is shown is past its date', async () => {
    const manifest = { expires: '2026-01-01T00:00:00Z' };
    const stale = await scene.publish(signed('1.1.0', { signing: day('2025-12-01'), manifest }));
    // The clock of the device was never set, so nobody can tell: it is taken, and said.
    expect(await checked()).toBe('accepted');
    const { offered } = await scene.client.status();
    expect(offered?.expires).toEqual({ at: '2026-01-01T00:00:00Z', judged: false });
    await writeFile(join(scene.stack.device.systemd, 'synchronised'), '');
    expect(await checked()).toBe('release-expired');
    expect(await applied(stale)).toBe('release-expired');
    expect((await scene.client.status()).check_error?.code).toBe('release-expired');
    expect(await runs()).toBe('old page');
  });

  tally.attack(
    'indefinite freeze: a signature that was seen proves the date, without a clock',
    async () => {
      const expires = '2026-02-01T00:00:00Z';
      const recipe = signed('1.1.0', { signing: day('2026-01-01'), manifest: { expires } });
      await scene.publish(recipe);
      expect(await checked()).toBe('accepted');
      await scene.publish({ ...recipe, signing: day('2026-03-01') });
      expect(await checked()).toBe('release-expired');
      expect(await runs()).toBe('old page');
    },
  );

  tally.attack('endless data: a manifest, a signature and a bundle that are too long', async () => {
    const { assets, ...release } = await made(signed('1.1.0'));
    const long = Buffer.alloc(9 * 1024 * 1024, ' ');
    for (const name of ['manifest.json', 'manifest.json.minisig']) {
      const content = assets.map((asset) =>
        asset.name === name ? { name, content: long } : asset,
      );
      scene.server.publish({ ...release, assets: content });
      expect(await checked()).toBe('too-large');
    }
    // Lists without end: network.test.ts.
    const bundle = { name: 'pikit-1.1.0.tar.gz', content: long };
    scene.server.publish({ ...release, assets: [bundle, ...assets.slice(1)] });
    expect(await install({ ...release, assets })).toMatchObject({
      outcome: 'failed',
      error: { code: 'too-large' },
    });
    expect(await runs()).toBe('old page');
  });

  tally.attack('slow retrieval: a server that falls silent, or that drips', async () => {
    const { version, manifestSha256 } = await scene.publish(signed('1.1.0'));
    const wanted = { version, manifestSha256 };
    const silence = scene.server.fault({ path: /manifest\.json/, stall: true });
    expect(await checked()).toBe('offline');
    silence();
    // That is given up after minutes (download.test.ts does not wait so long); a person may have enough of it earlier.
    scene.server.fault({ path: /tar\.gz/, slowBytesPerSecond: 5 });
    const ended = scene.client.carryOut('/api/update/apply', wanted);
    const running = await waitFor('the download', async () => {
      const { transaction, progress } = await scene.client.status();
      return (progress?.bytesDone ?? 0) > 0 ? transaction?.id : undefined;
    });
    await scene.client.post('/api/update/cancel', { transaction: running });
    expect(await ended).toMatchObject({ outcome: 'cancelled' });
    expect(await runs()).toBe('old page');
  });

  tally.attack(
    'mix-and-match: the manifest of one release with the bundle of another',
    async () => {
      // So that the other bundle is refused for what it is, and not for being larger.
      const more = { ...aPage('1.2.0').files, 'web/more.txt': randomBytes(1000) };
      const [one, two] = [
        await made(signed('1.1.0')),
        await made(signed('1.2.0', { files: more })),
      ];
      const bundle = { name: 'pikit-1.2.0.tar.gz', content: one.bundle };
      scene.server.publish({ ...two, assets: [bundle, ...two.assets.slice(1)] });
      expect(await install(two)).toMatchObject({
        outcome: 'failed',
        error: { code: 'hash-mismatch' },
      });
      expect(await runs()).toBe('old page');
    },
  );

  tally.attack('mix-and-match: an old release under the name of a new one', async () => {
    const one = await made(signed('1.1.0'));
    const bundle = { name: 'pikit-9.0.0.tar.gz', content: one.bundle };
    const disguised = { ...one, version: '9.0.0', assets: [bundle, ...one.assets.slice(1)] };
    scene.server.publish(disguised);
    expect(await checked()).toBe('manifest-invalid');
    expect(await applied(disguised)).toBe('manifest-invalid');
    expect(await runs()).toBe('old page');
  });

  tally.attack('wrong product, architecture and starting version, each signed', async () => {
    for (const manifest of [
      { product: 'another' },
      { requires: { arch: ['mips'] } },
      { requires: { from: '>=2.0.0' } },
    ]) {
      expect(await applied(await scene.publish(signed('1.1.0', { manifest })))).toBe(
        'incompatible',
      );
    }
    const nameless = { ...aPage('1.1.0'), signer: maintainer };
    expect(await applied(await scene.publish(nameless))).toBe('incompatible');
    expect(await runs()).toBe('old page');
  });

  tally.attack('fast-forward: a stolen key shows a version beyond all others', async () => {
    const keys = { add: [successor.publicLine] };
    await scene.publish(signed('1.1.0', { manifest: { keys } }));
    expect(await checked()).toBe('accepted');
    await scene.publish(signed('999.0.0'));
    expect(await checked()).toBe('accepted');
    scene.server.withdraw('999.0.0');
    // The maintainer retires the stolen key: what it has shown counts no more.
    const rescue = signed('1.2.0', {
      signer: successor,
      manifest: { keys: { retire: [maintainer.id] } },
    });
    const good = await scene.publish(rescue);
    expect(await checked()).toBe('accepted');
    expect(await install(good)).toMatchObject({ outcome: 'committed' });
    const stolen = await scene.publish(signed('999.0.0'));
    expect(await applied(stolen)).toBe('signature-invalid');
    expect(await runs()).toBe('page 1.2.0');
  });

  tally.attack(
    'key compromise: over three generations of keys the old ones are worth nothing',
    async () => {
      const third = createMinisignKey();
      const generations = [
        signed('1.1.0', {
          manifest: { keys: { add: [successor.publicLine], retire: [maintainer.id] } },
        }),
        signed('1.2.0', {
          signer: successor,
          manifest: { keys: { add: [third.publicLine], retire: [successor.id] } },
        }),
        signed('1.3.0', { signer: third }),
      ];
      for (const recipe of generations) {
        const release = await scene.publish(recipe);
        expect(await checked()).toBe('accepted');
        expect(await install(release)).toMatchObject({ outcome: 'committed' });
        await scene.stack.killAgent();
        await scene.stack.startAgent();
      }
      for (const signer of [maintainer, successor]) {
        expect(await applied(await scene.publish(signed('1.4.0', { signer })))).toBe(
          'signature-invalid',
        );
      }
      expect(await runs()).toBe('page 1.3.0');
    },
  );

  tally.attack('replay of another version’s signature', async () => {
    const [one, two] = [await made(signed('1.1.0')), await made(signed('1.2.0'))];
    await copyFile(`${one.manifest}.minisig`, `${two.manifest}.minisig`);
    scene.server.publish(two);
    expect(await checked()).toBe('signature-invalid');
    expect(await applied(two)).toBe('signature-invalid');
    // The earlier signature of this very version, after it was signed anew.
    const early = await made(signed('1.3.0', { signing: day('2026-01-01') }));
    const kept = await readFile(`${early.manifest}.minisig`);
    const late = await made({ ...signed('1.3.0', { signing: day('2026-02-01') }) });
    scene.server.publish(late);
    expect(await checked()).toBe('accepted');
    await writeFile(`${late.manifest}.minisig`, kept);
    // With a list that has changed: under the same one nobody asks again.
    scene.server.publish(late);
    expect(await checked()).toBe('signature-invalid');
    expect(await runs()).toBe('old page');
  });

  tally.attack('the manifest is swapped between review and apply, both signed', async () => {
    const reviewed = await scene.publish(signed('1.1.0'));
    expect(await checked()).toBe('accepted');
    await scene.publish(signed('1.1.0', { files: { 'pikit-web/index.html': 'another page' } }));
    expect(await applied(reviewed)).toBe('manifest-changed');
    expect(await runs()).toBe('old page');
  });
});
