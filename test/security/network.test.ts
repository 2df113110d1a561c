/**
 * Endless data from a hostile release server, for the real agent: each check and each update ends, with its code, with the
 * memory that it had, and with nothing left about.
 */
import { createServer, request as forward, type Server } from 'node:http';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRelease } from '../support/bundle-builder.ts';
import { listenOn } from '../support/listen-on.ts';
import { startReleaseServer, type ReleaseServer } from '../support/release-server.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { startAgentProcess, type AgentProcess } from './support/agent-process.ts';
import { BUNDLE_ATTACKS, CHECK_ATTACKS, type NetworkAttack } from './support/network-attacks.ts';
import { call, connectGuest } from './support/raw-peer.ts';
import { countAttacks } from './tally.ts';

/** Of the highest to idle, with lists of up to 16 MiB. Measured: 2.2. */
const MAX_RSS_RATIO = 3;
const LIMITS = 'stall_timeout_ms = 1000\nbundle_max_bytes = 4000000';

const OfferedSchema = v.object({
  offered: v.object({ version: v.string(), manifestSha256: v.string() }),
});
const ResultSchema = v.object({
  transaction: v.nullable(v.unknown()),
  last_result: v.object({
    outcome: v.string(),
    error: v.nullable(v.object({ code: v.string() })),
  }),
});

let dir: TempDir;
let inner: ReleaseServer;
let front: Server;
let agent: AgentProcess;
let attack: NetworkAttack | undefined;
let asked = 0;
let idleBytes: number;
let wrong = CHECK_ATTACKS.length + BUNDLE_ATTACKS.length;

beforeAll(async () => {
  dir = await makeTempDir();
  inner = await startReleaseServer();
  const files = { 'pikit-web/index.html': 'new', 'pikit-api.py': 'x' };
  inner.publish(await buildRelease({ version: '1.1.0', files }, join(dir.path, 'releases')));
  front = createServer((request, response) => {
    asked += 1;
    if (attack?.on.test((request.url ?? '').replace(/\?more.*/, '')) === true) {
      attack.answer(request, response);
      return;
    }
    const passed = forward(`${inner.url}${request.url ?? ''}`, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.end();
  });
  // because whoever has had enough hangs up
  front.on('connection', (socket) => socket.on('error', () => undefined));
  const url = `http://127.0.0.1:${await listenOn(front, 0)}`;
  agent = await startAgentProcess({
    recipe: {
      source: { kind: 'gitea', url, repository: inner.repository },
      installed: {
        version: '1.0.0',
        files: { 'pikit-web/index.html': 'old', 'pikit-api.py': 'y' },
      },
      moreConfig: LIMITS,
    },
  });
  await ask('update.check');
  idleBytes = (await agent.memory()).now;
});
afterAll(async () => {
  const { highest } = await agent.memory();
  process.stderr.write(`idle ${idleBytes >> 20} MiB, highest ${highest >> 20} MiB\n`);
  countAttacks({ kind: 'network', attacks: CHECK_ATTACKS.length + BUNDLE_ATTACKS.length, wrong });
  await agent.close();
  front.closeAllConnections();
  front.close();
  await inner.close();
  await dir.remove();
});

/** With the patience of somebody who waits for a check. */
async function ask(method: string, params: object = {}) {
  const peer = await connectGuest(agent.device.agentSocket);
  try {
    peer.socket.write(call(1, method, params));
    await waitFor('an answer', () => peer.replies.length > 0);
    return peer.replies[0];
  } finally {
    peer.leave();
  }
}

/** Logs and records of our own, and the places that a first update makes for what it stages and fetches. */
const OURS = /^(var\/lib\/pikit-update|fake-systemd)\/|^var\/(lib\/pikit|tmp|tmp\/pikit-update)$/;

/** Names of all else that lies on the device. */
async function tree(): Promise<readonly string[]> {
  const names = await readdir(agent.device.root, { recursive: true });
  return names.filter((name) => !OURS.test(name)).toSorted();
}

describe('a check of a hostile server', () => {
  it.each(CHECK_ATTACKS)('ends with $due: $name', async (each) => {
    const before = await tree();
    // Else nobody asks for what the same list named before.
    await rm(join(agent.device.root, 'var/lib/pikit-update/answers'), {
      recursive: true,
      force: true,
    });
    attack = each;
    const reply = await ask('update.check');
    attack = undefined;
    expect(reply?.error?.data.code).toBe(each.due);
    expect(await tree()).toEqual(before);
    wrong -= 1;
  });

  it('ends after a thousand releases, though each page names a next one', async () => {
    asked = 0;
    attack = {
      name: 'endless pages',
      on: /\/api\//,
      answer: ({ url = '' }, response) => {
        response.writeHead(200, { link: `<${url}>; rel="next"` });
        response.end('[{"tag_name":"none","draft":false,"prerelease":false}]');
      },
      due: 'no-such-release',
    };
    const reply = await ask('update.check');
    attack = undefined;
    expect(reply?.error).toBeUndefined();
    expect(asked).toBe(20);
  });
});

describe('an update from a hostile server', () => {
  it.each(BUNDLE_ATTACKS)('ends with $due and leaves nothing: $name', async (each) => {
    const offer = v.parse(OfferedSchema, (await ask('update.check'))?.result);
    const before = await tree();
    attack = each;
    expect((await ask('update.apply', offer.offered))?.error).toBeUndefined();
    const ended = await waitFor('the end', async () => {
      const status = v.parse(ResultSchema, (await ask('update.status'))?.result);
      return status.transaction === null && status;
    });
    attack = undefined;
    expect(ended.last_result).toMatchObject({ outcome: 'failed', error: { code: each.due } });
    expect(await tree()).toEqual(before);
    wrong -= 1;
  });

  it('costs the agent little memory', async () => {
    expect((await agent.memory()).highest / idleBytes).toBeLessThan(MAX_RSS_RATIO);
  });
});
