/**
 * A crash in every phase, before its step and after it, generated from the phase table: the next life of the agent must
 * end the transaction, with every target showing the old release or the new one.
 */
import { PHASES, UpdateError, type Phase } from '@pikit/protocol';
import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import {
  DOWNLOADS,
  GUARD_FILES,
  JOURNAL_FILE,
  LOGS,
  STAGING,
  STATE_FILE,
} from '../../src/core/layout.ts';
import { leadsBack, MAX_INTERRUPTIONS } from '../../src/core/transaction.ts';
import { steps } from '../../src/steps/all.ts';
import type { Step } from '../../src/steps/context.ts';
import { aRelease, createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

const PATHS = [
  '/var/www/pikit-web/index.html',
  '/usr/local/bin/pikit-api.py',
  '/usr/local/bin/pikit-helper',
  '/etc/cron.d/pikit',
] as const;
const OLD = ['old page', 'old api', undefined, undefined];
const NEW = ['<h1>1.1.0</h1>', 'print("1.1.0")', '#!/bin/sh\n', '# 1.1.0\n'];

let bench: Workbench | undefined;
afterEach(async () => bench?.close());

/** The agent dies: the step never returns, and tells that it got there. */
function dyingAt(phase: Phase, moment: 'before' | 'after', died: () => void): typeof steps {
  const step: Step = async (context, signal) => {
    if (moment === 'after') await steps[phase](context, signal);
    died();
    await new Promise(() => undefined);
  };
  return { ...steps, [phase]: step };
}

async function prepared(table: Readonly<Record<Phase, Step>>): Promise<Workbench> {
  bench = await createWorkbench({}, table);
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.put('/usr/local/bin/pikit-api.py', 'old api', 0o755);
  await bench.put('/etc/pikit/version', '1.0.0');
  await bench.publish(aRelease('1.1.0'));
  return bench;
}

const shown = async ({ see }: Workbench) => Promise.all(PATHS.map((path) => see(path)));

const full: Step = async () => {
  throw new UpdateError('no-space', 'full');
};

const buggy: Step = async () => {
  throw new TypeError('a bug');
};

/** Phases whose recovery leads back; all others lead on. */
const ENDS_OLD: readonly Phase[] = ['preflight', 'rolling-back'];

describe.each(['before', 'after'] as const)('a crash %s the step', (moment) => {
  it.each(PHASES)('of %s ends in one whole release', async (phase) => {
    let dead = false;
    const agent = await prepared(dyingAt(phase, moment, () => (dead = true)));
    if (phase === 'rolling-back') agent.prober.refuses.add('1.1.0');
    await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
    await waitFor('the crash', () => dead);

    const next = agent.restart();
    await next.updater.recover();
    expect(await shown(agent)).toEqual(ENDS_OLD.includes(phase) ? OLD : NEW);
    expect(await next.store.loadJournal()).toBeUndefined();
    expect(await readdir(agent.host('/var/lib/pikit'))).not.toContain('staging');
    const [entry] = await next.store.loadHistory(10);
    expect(entry?.outcome).toBe(
      phase === 'preflight' ? 'failed' : phase === 'rolling-back' ? 'rolled-back' : 'committed',
    );
  });
});

it.each(['committed', 'rolled-back'] as const)('ends with its own targets: %s', async (outcome) => {
  let dead = false;
  const phase = outcome === 'committed' ? 'activating' : 'rolling-back';
  const agent = await prepared(dyingAt(phase, 'before', () => (dead = true)));
  if (outcome === 'rolled-back') agent.prober.refuses.add('1.1.0');
  await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
  await waitFor('the crash', () => dead);
  await agent.put('/etc/cron.d/.pikit.pikit-0a1b2c', 'half');
  const next = agent.restart({ ...agent.policy, targets: TARGETS.slice(0, 1) });
  await next.updater.recover();
  expect(await next.updater.settled()).toMatchObject({ outcome });
  expect(await shown(agent)).toEqual(outcome === 'committed' ? NEW : OLD);
  expect(await agent.disk.list('/etc/cron.d')).toEqual(outcome === 'committed' ? ['pikit'] : []);
});

describe('a switch that the guard has taken back', () => {
  it.each(PHASES.filter(leadsBack))('in %s is undone by the next agent', async (phase) => {
    let dead = false;
    const agent = await prepared(dyingAt(phase, 'before', () => (dead = true)));
    await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
    await waitFor('the crash', () => dead);
    const { id } = (await agent.store.loadJournal()) ?? {};
    await agent.put(GUARD_FILES.fired, `transaction=${String(id)}\n`);

    const next = agent.restart();
    await next.updater.recover();
    expect(await shown(agent)).toEqual(OLD);
    expect(await next.store.loadHistory(1)).toMatchObject([
      { outcome: 'rolled-back', error: { code: 'guard-fired', details: { phase } } },
    ]);
    const left = await readdir(agent.host('/var/lib/pikit-update'));
    expect(left.filter((name) => name.startsWith('guard'))).toEqual([]);
    // Not by itself once more.
    await next.updater.check();
    expect((await next.board.snapshot()).held_back).toMatchObject({ reason: 'rolled-back' });
  });

  it('while it was being undone anyway goes on being undone, for its first reason', async () => {
    let dead = false;
    const agent = await prepared(dyingAt('rolling-back', 'before', () => (dead = true)));
    agent.prober.refuses.add('1.1.0');
    await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
    await waitFor('the crash', () => dead);
    await agent.disk.rename(GUARD_FILES.armed, GUARD_FILES.fired);
    const next = agent.restart();
    await next.updater.recover();
    expect(await shown(agent)).toEqual(OLD);
    expect(await next.store.loadHistory(1)).toMatchObject([
      { outcome: 'rolled-back', error: { code: 'probe-failed' } },
    ]);
  });

  it('at the last moment of its commit is not called good', async () => {
    const table: typeof steps = {
      ...steps,
      committing: async (context, signal) => {
        await context.disk.rename(GUARD_FILES.armed, GUARD_FILES.firing);
        await steps.committing(context, signal);
      },
    };
    const agent = await prepared(table);
    expect(await agent.apply('1.1.0')).toMatchObject({
      outcome: 'rolled-back',
      error: { code: 'guard-fired', details: { phase: 'committing' } },
    });
    expect(await shown(agent)).toEqual(OLD);
    expect(await agent.see('/etc/pikit/version')).toBe('1.0.0\n');
  });
});

describe('run', () => {
  it.each([
    ['probing', 'the agent dies', 'rolled-back', 'interrupted'],
    ['rolling-back', 'the agent dies', 'broken', 'probe-failed'],
    ['rolling-back', 'the power is cut', 'rolled-back', 'probe-failed'],
  ] as const)('ends where in %s %s each time: %s', async (phase, what, outcome, code) => {
    let deaths = 0;
    const agent = await prepared(dyingAt(phase, 'before', () => (deaths += 1)));
    if (phase === 'rolling-back') agent.prober.refuses.add('1.1.0');
    await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
    const door = { signal: new AbortController().signal, close: () => undefined };
    for (let life = 1; life <= MAX_INTERRUPTIONS; life += 1) {
      await waitFor(`end ${String(life)}`, () => deaths === life);
      if (what === 'the power is cut') agent.clock.machine.boots += 1;
      const record = await agent.store.loadJournal();
      if (life < MAX_INTERRUPTIONS && record) void agent.runner.run(record, door, true);
    }
    const next = agent.restart();
    await next.updater.recover();
    expect(await next.store.loadHistory(1)).toMatchObject([{ outcome, error: { code } }]);
    if (outcome === 'rolled-back') expect(await shown(agent)).toEqual(OLD);
  });

  it.each(['staging', 'activating'] as const)(
    'does not run %s again when that has failed here and the journal could not be told',
    async (phase) => {
      let tries = 0;
      const refusing: Step = async (context, signal) => {
        tries += 1;
        await steps[phase](context, signal);
        throw new UpdateError('write-failed', 'not synced');
      };
      const agent = await prepared({ ...steps, [phase]: refusing });
      const write = agent.disk.write.bind(agent.disk);
      agent.disk.write = async (path, content, mode) => {
        const isNext = !String(content).includes(`"phase": "${phase}"`);
        if (tries === 1 && path === JOURNAL_FILE && isNext)
          throw new UpdateError('no-space', 'full');
        return write(path, content, mode);
      };
      await agent.updater.apply(await agent.wanted('1.1.0'), 'admin');
      expect(await agent.updater.settled()).toBeUndefined();
      agent.disk.write = write;
      await agent.updater.recover();
      expect(await agent.updater.settled()).toMatchObject({ error: { code: 'write-failed' } });
      expect(tries).toBe(1);
      expect(await shown(agent)).toEqual(OLD);
    },
  );

  it('keeps the first reason when the way back succeeds', async () => {
    const agent = await prepared(steps);
    agent.prober.refuses.add('1.2.0');
    await agent.publish(aRelease('1.2.0'));
    expect(await agent.apply('1.2.0')).toMatchObject({
      outcome: 'rolled-back',
      error: { code: 'probe-failed', details: { reason: 'broken' } },
    });
  });

  it('writes the journal before the step that it describes', async () => {
    const seen: (Phase | undefined)[] = [];
    const look =
      (phase: Phase): Step =>
      async (context, signal) => {
        seen.push((await bench?.store.loadJournal())?.phase);
        await steps[phase](context, signal);
      };
    const table = Object.fromEntries(PHASES.map((phase) => [phase, look(phase)]));
    const agent = await prepared({ ...steps, ...table });
    await agent.apply('1.1.0');
    expect(seen).toEqual(PHASES.filter((phase) => phase !== 'rolling-back'));
  });

  it('writes each record of the journal once', async () => {
    const agent = await prepared(steps);
    const { disk } = agent;
    const write = disk.write.bind(disk);
    const written: string[] = [];
    disk.write = async (path, content, mode, options) => {
      if (path === JOURNAL_FILE) written.push(String(content));
      return write(path, content, mode, options);
    };
    expect(await agent.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(new Set(written).size).toBe(written.length);
  });

  it('writes nothing to state.json for progress', async () => {
    const agent = await prepared(steps);
    await agent.apply('1.1.0');
    expect((await agent.store.loadState())?.status.progress).toBeNull();
  });

  it('counts what a step throws by mistake as a failure of ours', async () => {
    const agent = await prepared({ ...steps, verifying: buggy });
    expect(await agent.apply('1.1.0')).toMatchObject({
      outcome: 'failed',
      error: { code: 'internal', details: {} },
    });
    expect(await shown(agent)).toEqual(OLD);
  });

  it('gives the room back on a full disk before it writes how it goes on', async () => {
    const agent = await prepared({ ...steps, verifying: full });
    const { disk } = agent;
    const write = disk.write.bind(disk);
    const staged: unknown[] = [];
    disk.write = async (path, content, mode) => {
      if (path === JOURNAL_FILE && String(content).includes('cleaning-up'))
        staged.push(await disk.lstat(STAGING), ...(await disk.list(DOWNLOADS)));
      return write(path, content, mode);
    };
    expect(await agent.apply('1.1.0')).toMatchObject({
      outcome: 'failed',
      error: { code: 'no-space' },
    });
    expect(staged).toEqual([undefined]);
  });

  it('comes to its end when nothing can be published and no log can be tidied away', async () => {
    const agent = await prepared(steps);
    const { disk } = agent;
    const write = disk.write.bind(disk);
    disk.write = async (path, content, mode) => {
      if (path === STATE_FILE) throw new UpdateError('no-space', 'full');
      return write(path, content, mode);
    };
    for (let day = 10; day < 30; day += 1)
      await agent.put(`${LOGS}/202501${day}T000000Z-0a0b0c.jsonl`, '');
    const remove = disk.remove.bind(disk);
    disk.remove = async (path) => {
      if (path.startsWith(`${LOGS}/`)) throw new UpdateError('write-failed', 'stuck');
      return remove(path);
    };
    expect(await agent.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(await shown(agent)).toEqual(NEW);
    expect(await agent.store.loadJournal()).toBeUndefined();
    const lines = agent.log.lines.join('\n');
    expect(lines).toContain('its beginning could not be published');
    expect(lines).toContain('tidying the logs failed');
  });
});
