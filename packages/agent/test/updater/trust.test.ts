/** Whom a device believes, over real files and a real source: keys, signatures, and keys that releases bring. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey, type MinisignKey } from '../../../../test/support/minisign-key.ts';
import { TRUST_FILE } from '../../src/core/layout.ts';
import { NOTHING_TOLD } from '../../src/core/trust-root.ts';
import { fetchVouched, mustBeSigned, readTrustRoot } from '../../src/updater/trust.ts';
import { aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const [first, second, third] = [createMinisignKey(), createMinisignKey(), createMinisignKey()];

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench({ product: 'pi-kit' });
});
afterEach(() => bench.close());

const tools = () => ({ ...bench.tools, store: bench.store });
const trust = (key: MinisignKey, name = 'maintainer') =>
  bench.put(`/etc/pikit/keys/${name}.pub`, key.publicFile);

async function publish(version: string, signer?: MinisignKey, manifest: object = {}) {
  await bench.publish(
    aRelease(version, {
      manifest: { product: 'pi-kit', ...manifest },
      ...(signer === undefined ? {} : { signer }),
    }),
  );
}

const vouched = async (version: string) =>
  fetchVouched(tools(), aVersion(version), await bench.tools.source.list(quiet()), quiet());

describe('readTrustRoot', () => {
  it('reads every .pub and nothing else', async () => {
    await trust(first);
    await bench.put('/etc/pikit/keys/README', 'nothing');
    expect((await readTrustRoot(tools())).keys.map(({ name }) => name)).toEqual(['maintainer']);
  });

  it.each([
    ['a key that was cut', 'untrusted comment: x\nRWQ\n'],
    ['an empty file', ''],
  ])('refuses %s', async (_what, text) => {
    await trust(first);
    await bench.put('/etc/pikit/keys/other.pub', text);
    await expectCode(readTrustRoot(tools()), 'config-invalid');
    expect(await mustBeSigned(tools())).toBe(true);
  });

  it('says of a link in the place of a key that it is not followed', async () => {
    await bench.put('/srv/maintainer.pub', first.publicFile);
    await bench.disk.createSymlink('/etc/pikit/keys/linked.pub', '../../../srv/maintainer.pub');
    const error = await expectCode(readTrustRoot(tools()), 'config-invalid');
    expect(error.message).toBe('/etc/pikit/keys/linked.pub must be a file itself, not a link');
  });

  it('refuses a record that was damaged, and does not begin anew by itself', async () => {
    await trust(first);
    await bench.store.saveTrust({ ...NOTHING_TOLD, retired: [{ key: first.id, by: null }] });
    await bench.put(TRUST_FILE, '{"format":1}');
    for (let times = 0; times < 2; times += 1) {
      await expectCode(readTrustRoot(tools()), 'state-damaged');
    }
    expect(await mustBeSigned(tools())).toBe(true);
    await rm(bench.host(TRUST_FILE));
    expect((await readTrustRoot(tools())).keys).toHaveLength(1);
  });
});

describe('mustBeSigned', () => {
  it('is so from the first key on', async () => {
    expect(await mustBeSigned(tools())).toBe(false);
    await trust(first);
    expect(await mustBeSigned(tools())).toBe(true);
  });
});

describe('fetchVouched', () => {
  it('believes anything where nobody is trusted, and asks for no signature', async () => {
    await publish('1.1.0', second);
    expect((await vouched('1.1.0')).signer).toBeNull();
  });

  it('names who has signed', async () => {
    await trust(first);
    await publish('1.1.0', first);
    expect((await vouched('1.1.0')).signer).toMatchObject({ id: first.id, name: 'maintainer' });
  });

  it('refuses what is not signed, or by somebody else', async () => {
    await trust(first);
    await publish('1.1.0');
    await publish('1.2.0', second);
    await expectCode(vouched('1.1.0'), 'signature-missing');
    await expectCode(vouched('1.2.0'), 'signature-invalid');
  });

  it('follows keys over three generations, also when it has missed the releases between', async () => {
    await trust(first);
    await publish('1.1.0', first, { keys: { add: [second.publicLine], retire: [first.id] } });
    await publish('1.2.0', second, { keys: { add: [third.publicLine], retire: [second.id] } });
    await publish('1.3.0', third);
    expect((await vouched('1.3.0')).signer?.id).toBe(third.id);
    const { retired } = await bench.store.loadTrust();
    expect(retired.map(({ key }) => key)).toEqual([first.id, second.id]);
    // The release by which a key retired itself is still good, and what else it signs is not.
    expect((await vouched('1.1.0')).signer?.id).toBe(first.id);
    await publish('1.4.0', first);
    await expectCode(vouched('1.4.0'), 'signature-invalid');
  });

  it('keeps what it was told over a restart', async () => {
    await trust(first);
    await publish('1.1.0', first, { keys: { add: [second.publicLine], retire: [first.id] } });
    await vouched('1.1.0');
    await publish('1.2.0', second);
    const { updater } = bench.restart();
    expect((await updater.check()).offered).toMatchObject({
      version: '1.2.0',
      signedBy: { key: second.id, name: null },
    });
  });

  it('takes no key from a release that it does not believe, whatever else lies about', async () => {
    await trust(first);
    await publish('1.1.0', third, { keys: { add: [third.publicLine] } });
    await publish('1.2.0', undefined, { keys: { add: [third.publicLine] } });
    await publish('1.3.0', first, { product: 'another', keys: { add: [third.publicLine] } });
    await publish('1.4.0', third);
    await expectCode(vouched('1.4.0'), 'signature-invalid');
    expect(await bench.store.loadTrust()).toEqual(NOTHING_TOLD);
  });

  it('fetches no manifest whose signature shows that it is not to be believed', async () => {
    await trust(first);
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) await publish(version, third);
    const asked: string[] = [];
    const source = {
      ...bench.tools.source,
      manifest: async () => {
        asked.push('manifest');
        throw new Error('asked for');
      },
    };
    const all = await source.list(quiet());
    const fetched = fetchVouched({ ...tools(), source }, aVersion('1.3.0'), all, quiet());
    await expectCode(fetched, 'signature-invalid');
    expect(asked).toEqual([]);
  });

  it('hears nothing about keys where nobody is trusted', async () => {
    await publish('1.1.0', first, { keys: { add: [third.publicLine] } });
    await vouched('1.1.0');
    expect(await bench.store.loadTrust()).toEqual(NOTHING_TOLD);
  });
});
