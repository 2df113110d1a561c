/**
 * Three versions of a small dashboard from one set of sources, in the form of the plan: a built `pikit-web/` with hashed
 * assets, `pikit-api.py` and a helper script. 1.2.0 is broken on purpose: its page names a script that it does not bring.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseFiles } from '../support/bundle-builder.ts';
import { repositoryRoot } from '../support/repository-root.ts';

interface Look {
  readonly accentLight: string;
  readonly accentDark: string;
  readonly backupCard: boolean;
  /** The page names a script of the first build, as after a half-finished upload. */
  readonly brokenPage: boolean;
  /** Markdown for the owner of the device. */
  readonly notes: string;
}

const BLUE = { accentLight: '#1f6feb', accentDark: '#6cb0ff' };
const GREEN = { accentLight: '#0f7b53', accentDark: '#4fd1a1' };

export const SAMPLES = {
  '1.0.0': { ...BLUE, backupCard: false, brokenPage: false, notes: 'The first release.' },
  '1.1.0': {
    ...GREEN,
    backupCard: true,
    brokenPage: false,
    notes: [
      'The dashboard now tells you about your backups.',
      '',
      '- New card: Backups. It shows when the last backup ran and how large it was.',
      '- The dashboard turns green, so that it is easier to read in the dark.',
      '- The helper script says clearly when a device has no temperature sensor.',
      '',
      'Nothing for you to do. Your settings stay as they are.',
    ].join('\n'),
  },
  '1.2.0': {
    ...GREEN,
    backupCard: true,
    brokenPage: true,
    notes:
      'A faster start page.\n\n(For the demo: this release is broken and will be rolled back.)',
  },
} as const satisfies Record<string, Look>;
export type SampleVersion = keyof typeof SAMPLES;

/** The files of one version, as `buildRelease` takes them. */
export async function sampleFiles(version: SampleVersion): Promise<ReleaseFiles> {
  const look: Look = SAMPLES[version];
  const sources = join(repositoryRoot(), 'test/demo/dashboard');
  const read = async (name: string): Promise<string> =>
    (await readFile(join(sources, name), 'utf8'))
      .replaceAll('__VERSION__', version)
      .replaceAll('__ACCENT_LIGHT__', look.accentLight)
      .replaceAll('__ACCENT_DARK__', look.accentDark);

  const style = hashed('style.css', await read('style.css'));
  const script = hashed('app.js', await read('app.js'));
  const cards = look.backupCard ? await read('backup-card.html') : '';
  const page = (await read('index.html'))
    .replace('<!-- more cards -->', cards)
    .replace('/assets/style.css', `/assets/${style.name}`)
    .replace('/assets/app.js', `/assets/${look.brokenPage ? 'app-00000000.js' : script.name}`);
  return {
    'pikit-web/index.html': page,
    [`pikit-web/assets/${style.name}`]: style.content,
    [`pikit-web/assets/${script.name}`]: script.content,
    'pikit-api.py': { content: await read('pikit-api.py'), mode: '755' },
    'bin/pikit-helper.sh': { content: await read('pikit-helper.sh'), mode: '755' },
  };
}

/** `app.js` becomes `app-<first 8 digits of its SHA-256>.js`, so that a browser never mixes two releases. */
function hashed(
  name: string,
  content: string,
): { readonly name: string; readonly content: string } {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8);
  return { name: name.replace('.', `-${digest}.`), content };
}
