/** Values that several sections of updater.toml have in common, each with the sentence that refuses it. */
import * as v from 'valibot';
import { refusalOfPath } from './release-path.ts';
import { NO_TABLE } from './setting-refusal.ts';

/** A list and a date are objects to valibot too, of which nothing would be read. */
export const TableSchema = v.custom<Readonly<Record<string, unknown>>>(
  (value) => Object.prototype.toString.call(value) === '[object Object]',
  NO_TABLE,
);

export const table = <E extends v.ObjectEntries>(entries: E) =>
  v.pipe(TableSchema, v.strictObject(entries));

export const withoutSlash = (path: string): string => path.replace(/\/+$/, '');

export const DevicePathSchema = v.pipe(
  v.string(),
  v.transform(withoutSlash),
  v.check(
    (path) => path.startsWith('/') && refusalOfPath(path.slice(1)) === undefined,
    'must be an absolute path such as /srv/dashboard, without . or ..',
  ),
);

export const HttpUrlSchema = v.pipe(
  v.string(),
  v.url(),
  v.regex(
    /^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/,
    'must be an http or https address without a password in it',
  ),
);
