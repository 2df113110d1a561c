/** The table [network] of updater.toml: how the agent gets to servers, and whom it believes there. */
import * as v from 'valibot';
import { refusalOfPath } from './release-path.ts';
import { table } from './setting-values.ts';

/** A message of ours, because the usual one repeats what was written: there may be a password in it. */
const ProxySchema = v.pipe(
  v.string(),
  v.check(
    (text) => /^http:\/\/[^\s/?#]+\/?$/.test(text) && URL.canParse(text),
    'must be the http address of a proxy, such as http://proxy.example:3128',
  ),
);

const ExemptSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._:/*[\]-]{1,253}$/, 'must be a name, an address, a network or *'),
);

export const NetworkSchema = table({
  proxy: v.exactOptional(ProxySchema),
  no_proxy: v.exactOptional(v.pipe(v.array(ExemptSchema), v.maxLength(100))),
  ca_file: v.exactOptional(
    v.pipe(
      v.string(),
      v.check(
        (path) => path.startsWith('/') && refusalOfPath(path.slice(1)) === undefined,
        'must be an absolute path such as /srv/dashboard, without . or ..',
      ),
    ),
  ),
});

export type NetworkSettings = v.InferOutput<typeof NetworkSchema>;
