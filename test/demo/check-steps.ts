/** The steps of `npm start -- --check`, in order. Each throws with the reason when what it promises does not hold. */
import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from '../support/api-client.ts';
import type { SampleVersion } from './sample-dashboard.ts';
import type { Demo } from './start-demo.ts';

export interface CheckContext {
  readonly demo: Demo;
  readonly client: ApiClient;
}

export interface CheckStep {
  readonly name: string;
  readonly run: (context: CheckContext) => Promise<void>;
}

export const CHECK_STEPS: readonly CheckStep[] = [
  {
    name: 'the dashboard that was there before shows version 1.0.0',
    run: (context) => assertRuns('1.0.0', context),
  },
  {
    name: 'without a sign-in the api tells nothing',
    async run({ client }) {
      assert.equal((await client.get('/api/update/status')).status, 401);
      assert.equal((await client.signIn('not the password')).status, 401);
    },
  },
  {
    name: 'the password signs in',
    async run({ client, demo }) {
      assert.equal((await client.signIn(demo.password)).status, 200);
      assert.equal((await client.status()).current, '1.0.0');
    },
  },
  {
    name: 'a check finds 1.1.0, with words for the owner',
    async run({ client }) {
      assert.equal((await client.post('/api/update/check')).status, 200);
      const { offered } = await client.status();
      assert.equal(offered?.version, '1.1.0');
      assert.match(offered.notes ?? '', /New card: Backups/);
      assert.equal((await fetch(offered.changelog)).status, 200);
    },
  },
  {
    name: 'it is signed, and was checked with the key that the device holds',
    async run({ client, demo }) {
      const { trust, offered } = await client.status();
      assert.equal(trust, 'signed');
      assert.deepEqual(offered?.signedBy, { key: demo.maintainer.keyId, name: 'demo' });
    },
  },
  {
    name: 'without its signature it is refused',
    async run({ client, demo: { releaseServer } }) {
      const release = releaseServer.releases().find(({ version }) => version === '1.1.0');
      assert.ok(release, '1.1.0 is not on the release server');
      const assets = release.assets.filter(({ name }) => !name.endsWith('.minisig'));
      releaseServer.publish({ ...release, assets });
      const { status, body } = await client.post('/api/update/check');
      releaseServer.publish(release);
      assert.ok(status >= 400, `answered ${status}`);
      assert.match(JSON.stringify(body), /signature-missing/);
      assert.equal((await client.post('/api/update/check')).status, 200);
    },
  },
  {
    name: 'a release that nobody reviewed is refused',
    async run({ client, demo }) {
      const answer = await client.post('/api/update/apply', {
        version: '1.1.0',
        manifestSha256: '0'.repeat(64),
      });
      assert.ok(answer.status >= 400, `answered ${answer.status}`);
      assert.match(JSON.stringify(answer.body), /manifest-changed/);
      assert.equal(await versionOnPage(demo.url), '1.0.0');
    },
  },
  {
    name: '1.1.0 installs, the page shows it, and /etc/pikit/version says so',
    async run(context) {
      const result = await apply('1.1.0', context);
      assert.equal(result.outcome, 'committed', JSON.stringify(result));
      await assertRuns('1.1.0', context);
    },
  },
  {
    name: 'the services of the dashboard were restarted, and a backup is there',
    async run({ client, demo }) {
      const calls = await demo.stack.systemctlCalls();
      assert.ok(
        calls.some((call) => /restart .*dietpi-dashboard-frontend\.service/.test(call)),
        calls.join('\n'),
      );
      const { backup_path: backup, previous } = await client.status();
      assert.equal(previous, '1.0.0');
      assert.ok(backup !== null && existsSync(join(demo.stack.device.root, backup)), `${backup}`);
    },
  },
  {
    name: 'a broken 1.2.0 is noticed and rolls itself back to 1.1.0',
    async run(context) {
      await context.demo.publishBadRelease();
      await context.client.post('/api/update/check');
      const result = await apply('1.2.0', context);
      assert.equal(result.outcome, 'rolled-back', JSON.stringify(result));
      assert.equal(result.error?.code, 'probe-failed');
      await assertRuns('1.1.0', context);
    },
  },
  {
    name: 'a roll-back by hand brings 1.0.0 back',
    async run(context) {
      const result = await context.client.carryOut('/api/update/rollback');
      assert.equal(result.error, null, JSON.stringify(result));
      await assertRuns('1.0.0', context);
    },
  },
];

async function apply(version: SampleVersion, { client }: CheckContext) {
  const { offered } = await client.status();
  assert.equal(offered?.version, version, `offered is ${offered?.version}`);
  const { manifestSha256 } = offered;
  return client.carryOut('/api/update/apply', { version, manifestSha256 });
}

/** From outside: the page and every asset that it names over HTTP, and the files of all three targets on the disk. */
async function assertRuns(version: SampleVersion, { demo }: CheckContext): Promise<void> {
  const { root } = demo.stack.device;
  const page = await (await fetch(`${demo.url}/`)).text();
  assert.equal(versionIn(page), version);
  for (const [, path] of page.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    assert.equal((await fetch(demo.url + path)).status, 200, `${path} does not load`);
  }
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  assert.equal((await read('etc/pikit/version')).trim(), version);
  assert.match(await read('usr/local/bin/pikit-api.py'), new RegExp(`VERSION = "${version}"`));
  assert.match(await read('usr/local/bin/pikit-helper.sh'), new RegExp(`Pi-Kit ${version}`));
  const web = realpathSync(join(root, 'var/www/pikit-web'));
  assert.ok(web.startsWith(realpathSync(root)), `the dashboard is served from ${web}`);
}

async function versionOnPage(url: string): Promise<string | undefined> {
  return versionIn(await (await fetch(`${url}/`)).text());
}

function versionIn(page: string): string | undefined {
  return /<meta name="version" content="([^"]+)"/.exec(page)?.[1];
}
