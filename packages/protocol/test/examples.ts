/**
 * One good and several bad values for the parameters and the result of every method and for every notification. The unit
 * tests and the contract tests at both ends of the socket read them; a new method without examples does not compile.
 */
import type * as v from 'valibot';
import type { MethodName, methods, NotificationName, notifications } from '../src/index.ts';
import {
  aLogLine,
  aSha256,
  aStatus,
  aTransactionId,
  aTransactionResult,
} from './sample-documents.ts';

interface Sample<Good> {
  readonly good: Good;
  /** Keyed by what is wrong with the value. */
  readonly bad: Readonly<Record<string, unknown>>;
}

type Examples<M extends MethodName> = {
  readonly params: Sample<v.InferInput<(typeof methods)[M]['params']>>;
  readonly result: Sample<v.InferInput<(typeof methods)[M]['result']>>;
};

const nothing: Sample<Record<string, never>> = {
  good: {},
  bad: {
    'a member nobody asked for': { path: '/etc' },
    'a list': ['1.4.0'],
    null: null,
    'a string': 'everything',
  },
};

const status: Sample<v.InferInput<(typeof methods)['update.status']['result']>> = {
  good: aStatus(),
  bad: {
    'an empty object': {},
    'a negative revision': { ...aStatus(), revision: -1 },
    'a trust word of its own': { ...aStatus(), trust: 'mostly' },
    'an error code outside the list': {
      ...aStatus(),
      check_error: { code: 'gremlins', details: {} },
    },
  },
};

const begun: Sample<{ readonly transaction: string }> = {
  good: { transaction: aTransactionId() },
  bad: {
    'an id of another form': { transaction: '42' },
    'no id': {},
    null: null,
  },
};

const someSettings = { autoCheck: false, checkAt: '23:05', channel: 'beta', keep: 3 } as const;

/** Wrong in a change of the settings and in the settings alike. */
const badSettings = {
  'a word for a boolean': { ...someSettings, autoCheck: 'yes' },
  'an hour that no day has': { ...someSettings, checkAt: '24:00' },
  'a time with a line of its own': { ...someSettings, checkAt: '04:20\nOnCalendar=minutely' },
  'a channel outside the list': { ...someSettings, channel: 'nightly' },
  'nothing to go back to': { ...someSettings, keep: 0 },
  'six to go back to': { ...someSettings, keep: 6 },
  null: null,
};

export const examples: { readonly [M in MethodName]: Examples<M> } = {
  'agent.hello': {
    params: {
      good: { protocol: 1, client: 'pikit-rpc 0.1.0' },
      bad: {
        'no protocol': { client: 'pikit-rpc' },
        'a protocol that is text': { protocol: '1', client: 'pikit-rpc' },
        'protocol zero': { protocol: 0, client: 'pikit-rpc' },
        'a client name of 101 letters': { protocol: 1, client: 'x'.repeat(101) },
      },
    },
    result: {
      good: { protocol: 1, agent: '0.1.0', boot: 'b1', surface: 'dashboard' },
      bad: {
        'a surface outside the list': { protocol: 1, agent: '0.1.0', boot: 'b1', surface: 'root' },
        'no boot': { protocol: 1, agent: '0.1.0', surface: 'admin' },
      },
    },
  },
  'update.status': { params: nothing, result: status },
  'update.check': { params: nothing, result: status },
  'update.apply': {
    params: {
      good: {
        version: '1.4.0',
        manifestSha256: aSha256(),
        unattended: true,
        stageOnly: true,
      },
      bad: {
        'no digest': { version: '1.4.0' },
        'no version': { manifestSha256: aSha256() },
        'a version that is a path': { version: '../1.4.0', manifestSha256: aSha256() },
        'a digest in capitals': { version: '1.4.0', manifestSha256: 'A'.repeat(64) },
        'an unattended that is no yes': {
          version: '1.4.0',
          manifestSha256: aSha256(),
          unattended: 'no',
        },
        'a stageOnly that is no yes': {
          version: '1.4.0',
          manifestSha256: aSha256(),
          stageOnly: false,
        },
        'a place to fetch from': {
          version: '1.4.0',
          manifestSha256: aSha256(),
          url: 'http://192.0.2.1/',
        },
      },
    },
    result: begun,
  },
  'update.downgrade': {
    params: {
      good: { version: '1.3.0', manifestSha256: aSha256() },
      bad: {
        'no digest': { version: '1.3.0' },
        'nobody who decides': {
          version: '1.3.0',
          manifestSha256: aSha256(),
          unattended: true,
        },
      },
    },
    result: begun,
  },
  'update.cancel': {
    params: {
      good: { transaction: aTransactionId() },
      bad: {
        'no transaction': {},
        'an id that is a path': { transaction: '../../state' },
        'a second member': { transaction: aTransactionId(), force: true },
      },
    },
    result: { good: {}, bad: { null: null, 'a member nobody asked for': { cancelled: true } } },
  },
  'update.import': { params: nothing, result: begun },
  'update.rollback': { params: nothing, result: begun },
  'update.verify': { params: nothing, result: status },
  'update.repair': { params: nothing, result: begun },
  'update.auto': {
    params: {
      good: someSettings,
      bad: {
        ...badSettings,
        'no setting': {},
        'a policy of a later version': { autoCheck: true, reboot: true },
      },
    },
    result: {
      good: someSettings,
      bad: { ...badSettings, 'no settings': {} },
    },
  },
  'update.skip': {
    params: {
      good: { version: '1.4.0' },
      bad: {
        'no version': {},
        'a version that is a path': { version: '../1.4.0' },
        'every version': { version: '*' },
        'a second member': { version: null, forEver: true },
      },
    },
    result: status,
  },
  'update.history': {
    params: {
      good: { limit: 20 },
      bad: {
        'no limit': {},
        'a limit of zero': { limit: 0 },
        'a limit of 201': { limit: 201 },
        'half an entry': { limit: 1.5 },
        'text for a number': { limit: '20' },
      },
    },
    result: {
      good: { entries: [aTransactionResult()] },
      bad: {
        'no entries': {},
        'an outcome outside the list': {
          entries: [{ ...aTransactionResult(), outcome: 'fine' }],
        },
        'a negative number of bytes': { entries: [{ ...aTransactionResult(), bytesFetched: -1 }] },
      },
    },
  },
  'update.log': {
    params: {
      good: { transaction: null },
      bad: {
        'no transaction member': {},
        'an id that is a path': { transaction: '/var/log/syslog' },
        'a second member': { transaction: null, file: 'syslog' },
      },
    },
    result: {
      good: { transaction: aTransactionId(), lines: [aLogLine()] },
      bad: {
        'lines that are text': { transaction: aTransactionId(), lines: 'a\nb' },
        'a level outside the list': {
          transaction: null,
          lines: [{ ...aLogLine(), level: 'debug' }],
        },
      },
    },
  },
  'agent.inspect': {
    params: nothing,
    result: {
      good: {
        agent: '0.1.0',
        pid: 4711,
        lock: { pid: 4711, what: 'apply', since: '2026-01-02T04:20:00.000Z' },
        keys: [{ id: '0123456789ABCDEF', name: 'maintainer', retired: false }],
        trees: [{ name: '1.4.0-0123abcd', current: true, files: 12 }],
        sources: [
          { name: '/media/usb', failure: { code: 'offline', details: { url: '/media/usb' } } },
          { name: 'https://git.example.org a/b', failure: null },
        ],
      },
      bad: {
        'a lock without a holder': { agent: '0.1.0', pid: 4711, lock: {}, trees: [] },
        'no trees': { agent: '0.1.0', pid: 4711, lock: null },
      },
    },
  },
};

export const notificationExamples: {
  readonly [N in NotificationName]: Sample<v.InferInput<(typeof notifications)[N]>>;
} = {
  'status.changed': status,
  'log.appended': {
    good: { transaction: aTransactionId(), line: aLogLine() },
    bad: {
      'no line': { transaction: aTransactionId() },
      'a line that is text': { transaction: aTransactionId(), line: 'done' },
    },
  },
};
