/** Values that several sections of updater.toml have in common, each with the sentence that refuses it. */
import * as v from 'valibot';
import { refusalOfPath } from './release-path.ts';

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
