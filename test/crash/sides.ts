/** The small dashboard that every crash test updates: what each of its targets shows before, and with each release. */
import type { Side } from './verdict.ts';

/** One path for each kind of target: directory, file, merge, merge of copies. */
export const PATHS = [
  '/var/www/pikit-web/index.html',
  '/usr/local/bin/pikit-api.py',
  '/usr/local/bin/pikit-helper',
  '/etc/cron.d/pikit',
] as const;

const OLD_CONTENT = ['old page', 'old api', 'old helper', '# old\n'];

/** What stands there before the first update: path, content, mode. */
export const OLD_FILES: readonly (readonly [string, string, number])[] = PATHS.map(
  (path, index) => [path, OLD_CONTENT[index] ?? '', /\/bin\//.test(path) ? 0o755 : 0o644],
);

export const OLD_VERSION = '1.0.0';

export const OLD: Side = {
  name: 'the old files',
  version: OLD_VERSION,
  shown: shown(OLD_CONTENT),
};

/** With the release that `aRelease(version)` of the workbench makes. */
export function sideOf(version: string): Side {
  const content = [`<h1>${version}</h1>`, `print("${version}")`, '#!/bin/sh\n', `# ${version}\n`];
  return { name: version, version, shown: shown(content) };
}

function shown(content: readonly string[]): Side['shown'] {
  return Object.fromEntries(PATHS.map((path, index) => [path, content[index]]));
}
