/** The owner's settings file through the real agent: the edit survives an update, and the operator is told what to do. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aPage, openScene, runProgram, type Scene } from './scene.ts';

const AT = '/etc/pikit-web/settings.conf';
const TARGET = `[[target]]
from = "etc/"
to = "/etc/pikit-web"
kind = "merge"
config = true
`;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene({ moreConfig: TARGET });
});
afterEach(() => scene.close());

async function update(version: string, settings: string): Promise<void> {
  const files = { ...aPage(version).files, 'etc/settings.conf': settings };
  const { manifestSha256 } = await scene.publish({ version, files });
  const wanted = { version, manifestSha256 };
  const result = await scene.client.carryOut('/api/update/apply', wanted);
  expect(result).toMatchObject({ outcome: 'committed' });
}

async function statusInWords(): Promise<string> {
  const args = ['--root', scene.root, 'update.status'];
  return (await runProgram('agent/dist/pikit-rpc.mjs', args)).stdout;
}

describe('a settings file that the owner has edited', () => {
  it('is kept by an update, with the new one beside it until the owner has dealt with it', async () => {
    await update('1.1.0', 'colour = blue\n');
    expect(await scene.see(AT)).toBe('colour = blue\n');
    await writeFile(join(scene.root, AT), 'colour = green\n');

    await update('1.2.0', 'colour = blue\nsize = 2\n');
    expect(await scene.see(AT)).toBe('colour = green\n');
    expect(await scene.see(`${AT}.pikit-new`)).toBe('colour = blue\nsize = 2\n');
    expect((await scene.client.status()).edited).toEqual([AT]);
    expect(await statusInWords()).toContain(`edited      ${AT}: merge`);

    await rm(join(scene.root, `${AT}.pikit-new`));
    expect(await statusInWords()).not.toContain('edited');
    await update('1.3.0', 'colour = blue\nsize = 2\n');
    expect((await scene.client.status()).edited).toEqual([]);
    expect(await scene.see(AT)).toBe('colour = green\n');
    expect(await scene.see(`${AT}.pikit-new`)).toBeUndefined();
  });
});
