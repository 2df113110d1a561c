/**
 * Whose code is in the product besides ours: the packages that the modules of a build come from, each with its licence and
 * the text of that. It goes by what was bundled, not by what is installed, and lets nothing pass that it cannot name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReleaseFailure } from './failure.mjs';

/** Licences that ask for no more than that their text goes along. Another one needs a person's decision. */
const LICENCES = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** The innermost package of a path. */
const PACKAGE = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//;
const OURS = /^(?:packages|deploy)\//;
/** What vite itself puts in, for a page that loads a chunk later. */
const VITE = /^\0vite\//;
/** Apache-2.0 wants the NOTICE to go along too. */
const TEXT = /^(?:licen[cs]e|copying|notice)\b/i;

/**
 * `modules`: output → paths of its modules, from `root`. Sorted by `place`, which is a
 * package's own even where two have the same name and version. Throws `origin-unknown`,
 * `not-as-locked`, `licence-unknown` and `licence-missing`.
 */
export function thirdPartiesOf(root, modules) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const placesIn = Object.entries(modules).map(([output, paths]) => ({
    output,
    places: new Set(paths.map(placeOf).filter((place) => place !== undefined)),
  }));
  const all = [...new Set(placesIn.flatMap(({ places }) => [...places]))];
  return all
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((place) => ({
      ...thirdParty(root, place, packages[place]),
      outputs: placesIn.filter(({ places }) => places.has(place)).map(({ output }) => output),
    }));
}

function placeOf(path) {
  if (VITE.test(path)) return 'node_modules/vite';
  const place = PACKAGE.exec(path)?.[1];
  if (place !== undefined || OURS.test(path)) return place;
  throw new ReleaseFailure('origin-unknown', `nobody knows whose ${JSON.stringify(path)} is`, {
    path,
  });
}

function thirdParty(root, place, locked) {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, place, 'package.json'), 'utf8'),
  );
  const refuse = (code, reason) =>
    new ReleaseFailure(code, `${place} ${reason}`, { package: `${name}@${version}` });
  if (locked?.version !== version) {
    throw refuse('not-as-locked', `has version ${version}, the lock file ${locked?.version}`);
  }
  if (!LICENCES.has(license)) {
    const said = license === undefined ? 'names no licence' : `has the licence ${license}`;
    throw refuse('licence-unknown', `${said}, which nobody has looked at yet`);
  }
  const texts = readdirSync(join(root, place))
    .filter((file) => TEXT.test(file))
    .toSorted()
    .map((file) =>
      readFileSync(join(root, place, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    )
    .filter((text) => text !== '');
  if (texts.length === 0) throw refuse('licence-missing', 'brings no text of its licence');
  return { place, name, version, licence: license, integrity: locked.integrity, texts };
}
