/** One version for the whole product: the root's package.json has it, everything else repeats it. */
import type { Rule } from './rule.ts';
import type { SourceFile } from './source-file.ts';

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function packageIn({ text }: SourceFile): Package {
  const parsed: Package = JSON.parse(text);
  return parsed;
}

function strayVersions(files: readonly SourceFile[]): readonly string[] {
  const root = files.find(({ path }) => path === 'package.json');
  if (root === undefined) return ['package.json is not there'];
  const { version } = packageIn(root);
  const packages = files
    .filter(({ path }) => path.endsWith('/package.json'))
    .flatMap((file) => {
      const found = packageIn(file);
      const ours = Object.entries({ ...found.dependencies, ...found.devDependencies }).filter(
        ([name]) => name.startsWith('@pikit/'),
      );
      return [['version', found.version] as const, ...ours]
        .filter(([, each]) => each !== version)
        .map(([what, each]) => `${file.path} has ${what} ${String(each)}, not ${String(version)}`);
    });
  return [...packages, ...strayChangelog(files, version ?? '')];
}

/** Of the Debian package, which has a tilde where npm has a hyphen. */
function strayChangelog(files: readonly SourceFile[], version: string): readonly string[] {
  const changelog = files.find(({ path }) => path === 'deploy/debian/changelog');
  const wanted = `pikit (${version.replace('-', '~')})`;
  return changelog === undefined || changelog.text.startsWith(wanted)
    ? []
    : [`${changelog.path} does not begin with ${wanted}`];
}

export const VERSION_RULES: readonly Rule[] = [
  {
    rule: 'every package has the version of the root',
    because: 'one bundle is shipped, so there is one number to report a fault with',
    find: strayVersions,
    bites: {
      'a package that was forgotten': {
        'package.json': '{"version":"0.2.0"}',
        'packages/api/package.json': '{"version":"0.1.0"}',
      },
      'a dependency that was forgotten': {
        'package.json': '{"version":"0.2.0"}',
        'packages/api/package.json':
          '{"version":"0.2.0","dependencies":{"@pikit/protocol":"0.1.0"}}',
      },
      'a changelog of the Debian package that was forgotten': {
        'package.json': '{"version":"0.2.0"}',
        'deploy/debian/changelog': 'pikit (0.1.0) unstable; urgency=medium\n',
      },
      'a package without a version': {
        'package.json': '{"version":"0.2.0"}',
        'test/package.json': '{}',
      },
    },
    spares: {
      'one version': {
        'package.json': '{"version":"0.2.0"}',
        'packages/api/package.json': '{"version":"0.2.0","dependencies":{"hono":"4.0.0"}}',
      },
      'a pre-release': {
        'package.json': '{"version":"0.2.0-rc.1"}',
        'deploy/debian/changelog': 'pikit (0.2.0~rc.1) unstable; urgency=medium\n',
      },
    },
  },
];
