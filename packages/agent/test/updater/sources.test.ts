/** Several sources behind one port: who speaks, who is passed over, and that bytes are only ever of the chosen release. */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { digest } from '../../src/adapters/digest-crypto.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { createSources } from '../../src/updater/sources.ts';
import { aVersion } from '../support/a-manifest.ts';
import { createListLog } from '../support/fakes.ts';

const never = new AbortController().signal;
const BUNDLE = '0123456789';
const version = aVersion('1.1.0');
const same = { version, manifestSha256: digest(Buffer.from('same')) };

interface Model {
  versions: string[];
  manifest: string;
  /** Code of what each call ends with; `cutAt` is how far a part comes before. */
  fails: ErrorCode | undefined;
  cutAt: number;
  isSilent: boolean;
  readonly asked: string[];
}

/** Honest until a test changes it. */
function aSource(change: Partial<Model> = {}): { model: Model; source: ReleaseSource } {
  const model: Model = {
    versions: ['1.1.0'],
    manifest: 'same',
    fails: undefined,
    cutAt: 0,
    isSilent: false,
    asked: [],
    ...change,
  };
  const fail = (): void => {
    if (model.fails !== undefined) throw new UpdateError(model.fails, 'as the test wants');
  };
  const meet = async (what: string, signal?: AbortSignal): Promise<void> => {
    model.asked.push(what);
    if (model.isSilent) {
      await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }
    fail();
  };
  const source: ReleaseSource = {
    list: async (signal) => {
      await meet('list', signal);
      const rest = { channel: 'stable', notes: undefined, published: undefined } as const;
      return model.versions.map((one) => ({
        version: aVersion(one),
        ...rest,
        bundleBytes: undefined,
      }));
    },
    manifest: async (_version, _maxBytes, signal) => {
      await meet('manifest', signal);
      return Buffer.from(model.manifest);
    },
    signature: async (_version, _maxBytes, signal) => {
      await meet('signature', signal);
      return undefined;
    },
    async *fetchPart(_release, { offset, length }) {
      model.asked.push(`part ${String(offset)} ${String(length)}`);
      const end = model.fails === undefined ? offset + length : Math.max(offset, model.cutAt);
      for (let at = offset; at < end; at += 1) yield Buffer.from(BUNDLE.slice(at, at + 1));
      fail();
    },
    fetchBundle: async () => {
      await meet('bundle');
      return BUNDLE.length;
    },
  };
  return { model, source };
}

function scene(changes: readonly Partial<Model>[], patienceMs?: number) {
  const made = changes.map(aSource);
  const log = createListLog();
  const sources = createSources({
    sources: made.map(({ source }, index) => ({ name: `s${String(index)}`, source })),
    digest,
    log,
    ...(patienceMs !== undefined && { patienceMs }),
  });
  return { sources, models: made.map(({ model }) => model), lines: log.lines };
}

const part = (sources: ReleaseSource, length = 10) =>
  text(sources.fetchPart(same, { name: 'b', offset: 0, length }, never));
const bundle = (sources: ReleaseSource) =>
  sources.fetchBundle(same, '/b', { maxBytes: 99, signal: never, onBytes: () => undefined });

describe('createSources, list', () => {
  it('lets the first speak for all, so that no later one adds or hides anything', async () => {
    const { sources, models } = scene([{ versions: ['1.1.0'] }, { versions: ['9.0.0', '1.0.0'] }]);
    expect((await sources.list(never)).map((one) => one.version)).toEqual(['1.1.0']);
    expect(models[1]?.asked).toEqual([]);
  });

  it.each([
    'offline',
    'clock-wrong',
    'source-refused',
    'source-invalid',
    'config-invalid',
  ] as const)('passes over one that is %s, and says so', async (fails) => {
    const { sources, lines } = scene([{ fails }, {}]);
    expect(await sources.list(never)).toHaveLength(1);
    expect(lines).toEqual([`warning: source s0 is passed over: ${fails}: as the test wants`]);
    expect(sources.states()).toEqual([
      { name: 's0', failure: { code: fails, details: {} } },
      { name: 's1', failure: null },
    ]);
  });

  it('passes over one that has nothing, such as a stick that is not in', async () => {
    const { sources } = scene([{ versions: [] }, {}]);
    expect(await sources.list(never)).toHaveLength(1);
  });

  it('tells what the first has said when no one has an answer', async () => {
    const broken = scene([{ fails: 'offline' }, { fails: 'source-refused' }, { versions: [] }]);
    await expectCode(broken.sources.list(never), 'offline');
  });

  it('has no release only where everybody says so: who cannot be asked may have one', async () => {
    const none = scene([{ versions: [] }, { versions: [] }]);
    expect(await none.sources.list(never)).toEqual([]);
    const unasked = scene([{ versions: [] }, { fails: 'offline' }]);
    await expectCode(unasked.sources.list(never), 'offline');
    expect(unasked.sources.states()).toMatchObject([{ failure: { code: 'no-such-release' } }, {}]);
  });

  it('turns to the first again when that is back', async () => {
    const { sources, models } = scene([{ fails: 'offline' }, { versions: ['1.0.0'] }]);
    await sources.list(never);
    if (models[0]) models[0].fails = undefined;
    expect((await sources.list(never)).map((one) => one.version)).toEqual(['1.1.0']);
    expect(sources.states()[0]).toEqual({ name: 's0', failure: null });
  });

  it('does not wait for ever while there is another one', async () => {
    const { sources, lines } = scene([{ isSilent: true }, {}], 20);
    expect(await sources.list(never)).toHaveLength(1);
    expect(lines.join()).toContain('s0 is passed over: offline');
  });

  it('ends at once with the reason of an abort', async () => {
    const { sources, models } = scene([{ isSilent: true }, {}]);
    const controller = new AbortController();
    const work = sources.list(controller.signal);
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(models[1]?.asked).toEqual([]);
  });
});

describe('createSources, what was listed', () => {
  it('asks whoever listed it, also after another one', async () => {
    const { sources, models } = scene([{ fails: 'offline' }, {}, {}]);
    await sources.list(never);
    await sources.signature(version, 99, never);
    await sources.manifest(version, 99, never);
    expect(await part(sources)).toBe(BUNDLE);
    expect(models.map(({ asked }) => asked)).toEqual([
      ['list'],
      ['list', 'signature', 'manifest', 'part 0 10'],
      [],
    ]);
  });

  it('goes on at another one where a part breaks off', async () => {
    const { sources, models } = scene([{}, {}]);
    await sources.list(never);
    await sources.manifest(version, 99, never);
    Object.assign(models[0] ?? {}, { fails: 'download-failed', cutAt: 4 });
    expect(await part(sources)).toBe(BUNDLE);
    expect(models[1]?.asked).toEqual(['manifest', 'part 4 6']);
    expect(await part(sources)).toBe(BUNDLE);
    expect(models[0]?.asked).toHaveLength(3);
  });

  it('never takes bytes of another release with the same version', async () => {
    const { sources, models } = scene([{}, { manifest: 'other' }, {}]);
    await sources.list(never);
    await sources.manifest(version, 99, never);
    Object.assign(models[0] ?? {}, { fails: 'download-failed', cutAt: 4 });
    expect(await part(sources)).toBe(BUNDLE);
    expect(models[1]?.asked).toEqual(['manifest']);
    expect(models[2]?.asked).toEqual(['manifest', 'part 4 6']);
  });

  it('asks for the manifest first after a restart, when nobody knows who listed it', async () => {
    const { sources, models } = scene([{ manifest: 'other' }, {}]);
    expect(await bundle(sources)).toBe(10);
    expect(models.map(({ asked }) => asked)).toEqual([['manifest'], ['manifest', 'bundle']]);
    const changed = scene([{ manifest: 'other' }, { manifest: 'other' }]);
    await expectCode(bundle(changed.sources), 'manifest-changed');
    await expectCode(part(changed.sources), 'manifest-changed');
  });

  it('fails with what the first has said when it breaks off everywhere', async () => {
    const { sources } = scene([{ fails: 'download-failed', cutAt: 4 }, { fails: 'offline' }]);
    await expectCode(bundle(sources), 'download-failed');
    await expectCode(part(sources), 'download-failed');
  });

  it('asks nobody else for what this device cannot do', async () => {
    const { sources, models } = scene([{ fails: 'no-space' }, {}]);
    await expectCode(bundle(sources), 'no-space');
    expect(models[1]?.asked).toEqual([]);
  });

  it('asks a source that is alone for nothing but what is wanted', async () => {
    const { sources, models, lines } = scene([{}]);
    expect(await part(sources)).toBe(BUNDLE);
    expect(await bundle(sources)).toBe(10);
    Object.assign(models[0] ?? {}, { fails: 'offline' });
    await expectCode(bundle(sources), 'offline');
    expect(models[0]?.asked).toEqual(['part 0 10', 'bundle', 'bundle']);
    expect(lines).toEqual([]);
  });

  it('does not ask the next one for nothing when the first lied after the last byte', async () => {
    const { sources, models } = scene([{}, {}]);
    await sources.manifest(version, 99, never);
    Object.assign(models[0] ?? {}, { fails: 'source-invalid', cutAt: 10 });
    await expectCode(part(sources), 'source-invalid');
    expect(models[1]?.asked).toEqual([]);
  });
});
