/** One call without a socket: exactly one document comes out, and the exit code is 0 only for what is done. */
import {
  OUTCOMES,
  TransactionResultSchema,
  UpdateError,
  type TransactionResult,
} from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../protocol/test/sample-documents.ts';
import { runForeground, runMending, runRecovery } from '../../src/cli/foreground.ts';
import { JOURNAL_FILE } from '../../src/core/layout.ts';

type Agent = Parameters<typeof runForeground>[0];

interface Ended {
  readonly code: number;
  readonly documents: readonly unknown[];
  readonly complaints: string;
  /** What was asked of the agent, in order. */
  readonly asked: readonly unknown[];
}

async function run(patch: Partial<Agent>, method: string, params?: string): Promise<Ended> {
  const asked: unknown[] = [];
  const agent: Agent = {
    dispatch: async () => ({}),
    recover: async () => undefined,
    settled: async () => undefined,
    ...patch,
  };
  const watched: Agent = {
    recover: () => {
      asked.push('recover');
      return agent.recover();
    },
    dispatch: (...call) => {
      asked.push(call);
      return agent.dispatch(...call);
    },
    settled: () => {
      asked.push('settled');
      return agent.settled();
    },
  };
  let result = '';
  let complaints = '';
  const code = await runForeground(watched, method, params, {
    result: (text) => (result += text),
    complaint: (text) => (complaints += text),
  });
  expect(result.endsWith('\n')).toBe(true);
  const documents = result
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  return { code, documents, complaints, asked };
}

const begun = async (): Promise<unknown> => ({ transaction: aTransactionId() });

function ending(patch: Partial<v.InferInput<typeof TransactionResultSchema>>) {
  const result: TransactionResult = v.parse(TransactionResultSchema, {
    ...aTransactionResult(),
    ...patch,
  });
  return async (): Promise<TransactionResult> => result;
}

const throwing = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('runForeground', () => {
  it('ends what was left unfinished first, then calls as root in the foreground', async () => {
    const { asked } = await run({}, 'update.auto', '{"autoCheck":true}');
    const caller = { surface: 'admin', by: 'foreground' };
    expect(asked).toEqual(['recover', ['update.auto', { autoCheck: true }, caller]]);
  });

  it.each(['update.status', 'update.history', 'update.log', 'agent.inspect', 'no.such'])(
    'waits for no lock to answer %s',
    async (method) => {
      const { asked } = await run({}, method);
      expect(asked).not.toContain('recover');
      expect(asked).toHaveLength(1);
    },
  );

  it('calls with an empty object where there are no parameters', async () => {
    expect((await run({}, 'update.status')).asked.at(-1)).toContainEqual({});
  });

  it.each([
    ['update.status', aStatus()],
    ['update.status', { ...aStatus(), transaction: null }],
    ['update.check', aStatus()],
    ['update.verify', aStatus()],
    ['update.log', { transaction: aTransactionId(), lines: [] }],
    ['update.log', { transaction: null, lines: [] }],
    ['update.history', { entries: [] }],
    ['update.cancel', {}],
  ])('prints the answer to %s at once and exits 0', async (method, answer) => {
    const ended = await run({ dispatch: async () => answer }, method);
    expect(ended).toMatchObject({ code: 0, documents: [answer], complaints: '' });
    expect(ended.asked).not.toContain('settled');
  });

  it.each(
    (['update.apply', 'update.rollback', 'update.repair'] as const).flatMap((method) =>
      OUTCOMES.map((outcome) => ({
        method,
        outcome,
        exit: ['committed', 'staged'].includes(outcome) ? 0 : 1,
      })),
    ),
  )('waits for the end of $method and exits $exit when it is $outcome', async (row) => {
    const error = row.exit === 0 ? null : ({ code: 'probe-failed', details: {} } as const);
    const settled = ending({ outcome: row.outcome, error });
    const ended = await run({ dispatch: begun, settled }, row.method);
    expect(ended).toMatchObject({ code: row.exit, documents: [await settled()] });
  });

  it('does not call a success what has no known end', async () => {
    const ended = await run({ dispatch: begun }, 'update.apply');
    const error = { code: 'state-damaged', details: { file: JOURNAL_FILE } };
    expect(ended).toMatchObject({ code: 1, documents: [{ error }] });
    expect(ended.complaints).toContain('put that right, then pikit-agent --recover');
  });

  it('says what went wrong, how the device stands and what to do, in one line beside the document', async () => {
    const error = { code: 'no-space', details: {} } as const;
    const settled = ending({ outcome: 'failed', error });
    const ended = await run({ dispatch: begun, settled }, 'update.apply');
    expect(ended.documents).toEqual([await settled()]);
    expect(ended.complaints).toMatch(
      /^pikit-agent: .* ended failed: no-space; what ran before still runs -> make room.*\n$/,
    );
  });

  it.each([
    ['update.rollback', 'cannot write x; what runs was not touched -> the filesystem is read-only'],
    ['update.check', 'cannot write x -> the filesystem is read-only'],
  ])('says of a refused %s how the device stands, and what to do', async (method, words) => {
    const details = { path: 'x', errno: 'EROFS' };
    const dispatch = throwing(new UpdateError('write-failed', 'cannot write x', { details }));
    const ended = await run({ dispatch }, method);
    expect(ended.documents).toEqual([{ error: { code: 'write-failed', details } }]);
    expect(ended.complaints).toContain(`pikit-agent: ${words}`);
    expect(ended.complaints.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['busy', 75],
    ['invalid-request', 2],
    ['no-space', 1],
    ['nothing-to-roll-back', 1],
    ['forbidden', 77],
  ] as const)('prints the refusal %s as a document and exits %d', async (code, exit) => {
    const dispatch = throwing(
      new UpdateError(code, 'the reason,\nfor\u001B a person', { details: { n: 1 } }),
    );
    const ended = await run({ dispatch }, 'update.apply', '{}');
    expect(ended.code).toBe(exit);
    expect(ended.documents).toEqual([{ error: { code, details: { n: 1 } } }]);
    expect(ended.complaints).toMatch(
      /^pikit-agent: the reason,\n {2}for\\u001b a person(; what runs was not touched)?( -> .*)?\n$/,
    );
  });

  it('does not say that nothing was touched where another process is at work', async () => {
    const ended = await run(
      { dispatch: throwing(new UpdateError('busy', 'busy: x')) },
      'update.apply',
    );
    expect(ended.complaints).toBe('pikit-agent: busy: x -> wait for its end: pikit-rpc watch\n');
  });

  it('does not begin anything when the old transaction cannot be ended', async () => {
    const recover = throwing(new UpdateError('busy', 'the daemon works'));
    const ended = await run({ recover }, 'update.apply', '{}');
    expect(ended).toMatchObject({ code: 75, asked: ['recover'] });
  });

  it.each(['{', '', 'version=1', "{'a':1}", '{}{}'])(
    'refuses the parameters %j, which are not JSON, before anything is done',
    async (params) => {
      const ended = await run({}, 'update.apply', params);
      expect(ended).toMatchObject({
        code: 2,
        documents: [{ error: { code: 'invalid-request' } }],
        asked: [],
      });
    },
  );

  it('says that a bug is a bug: a document, the stack for whoever reports it, exit 1', async () => {
    const dispatch = throwing(new TypeError('x is not a function'));
    const ended = await run({ dispatch }, 'update.status');
    expect(ended.code).toBe(1);
    expect(ended.documents).toEqual([{ error: { code: 'internal', details: {} } }]);
    expect(ended.complaints).toContain('TypeError: x is not a function');
    expect(ended.complaints).toContain('foreground.test.ts');
  });
});

const recovering = async (patch: Partial<Agent>): Promise<unknown> => {
  let result = '';
  const agent = { recover: async () => undefined, settled: async () => undefined, ...patch };
  const code = await runRecovery(agent, {
    result: (text) => (result += text),
    complaint: () => undefined,
  });
  return { code, document: JSON.parse(result) as unknown };
};

describe('runRecovery', () => {
  it('has nothing to say where nothing was left', async () => {
    expect(await recovering({})).toEqual({ code: 0, document: {} });
  });

  it.each(OUTCOMES)('prints the end of a transaction that is %s', async (outcome) => {
    const code = outcome === 'broken' ? 1 : 0;
    const settled = ending({ outcome });
    expect(await recovering({ settled })).toMatchObject({ code, document: { outcome } });
  });

  it('says who is in the way', async () => {
    const recover = throwing(new UpdateError('busy', 'busy'));
    expect(await recovering({ recover })).toMatchObject({
      code: 75,
      document: { error: { code: 'busy' } },
    });
  });
});

const mending = async (mend: () => Promise<object | undefined>): Promise<unknown> => {
  let result = '';
  const code = await runMending(mend, {
    result: (text) => (result += text),
    complaint: () => undefined,
  });
  return { code, document: JSON.parse(result) as unknown };
};

describe('runMending', () => {
  it.each([
    [undefined, {}],
    [
      { transaction: aTransactionId(), shows: '1.4.0' },
      { transaction: aTransactionId(), shows: '1.4.0' },
    ],
  ])('prints what was done, and 0 whenever each target is whole', async (done, document) => {
    expect(await mending(async () => done)).toEqual({ code: 0, document });
  });

  it('says why a target could not be made whole', async () => {
    const mend = throwing(new UpdateError('write-failed', 'read-only'));
    expect(await mending(mend)).toMatchObject({
      code: 1,
      document: { error: { code: 'write-failed' } },
    });
  });
});
