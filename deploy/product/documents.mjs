/**
 * What goes into a release besides what was built: the bill of materials, the licences of others, and the changelog that the
 * notes are taken from. Text from values; it asks neither clock nor chance, so that the same product gives the same text.
 */
/**
 * CycloneDX 1.6. A serial number and a time stamp are left out: both may be, and both would differ each time. `product`:
 * its name, version and licence.
 */
export function sbomOf(product, thirdParties) {
  const root = { ...component({ ...product, place: '.' }), type: 'application' };
  const components = thirdParties.map((one) => ({
    ...component(one),
    ...hashes(one),
    purl: purlOf(one),
    properties: one.outputs.map((value) => ({ name: 'pikit:bundled-in', value })),
  }));
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: root },
    components,
    dependencies: [
      { ref: root['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function component({ place, name, version, licence }) {
  const [, group, short] = /^(@[^/]+)\/(.*)$/.exec(name) ?? [];
  return {
    type: 'library',
    'bom-ref': place,
    ...(group === undefined ? { name } : { group, name: short }),
    version,
    licenses: [{ license: { id: licence } }],
  };
}

/** Of the package as the registry has it, which is what the lock file vouches for. */
function hashes({ integrity }) {
  if (integrity === undefined) return {};
  const [algorithm, digest] = integrity.split('-');
  const content = Buffer.from(digest, 'base64').toString('hex');
  return { hashes: [{ alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content }] };
}

const purlOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

export function licencesText({ name, version }, thirdParties) {
  const sections = thirdParties.map((one) => {
    const lines = [`${one.name}@${one.version} (${one.licence})`, `in ${one.outputs.join(', ')}`];
    return [...lines, '', ...one.texts].join('\n');
  });
  const opening = `${name} ${version} contains the work of others, under these licences.`;
  return `${[opening, ...sections].join(`\n\n${'='.repeat(72)}\n\n`)}\n`;
}

/**
 * The changelog with a section for `version`, and what a maintainer should know about it before publishing. While a version
 * has none, what is unreleased stands in, and says so to the owner of a device too.
 */
export function changelogFor(changelog, version) {
  const number = version.replaceAll('.', String.raw`\.`);
  const unreleased = /^## \[Unreleased\]\s*\n/m;
  if (!new RegExp(String.raw`^## \[${number}\]`, 'm').test(changelog)) {
    return {
      text: changelog.replace(unreleased, `## [${version}]\n\n_Not released yet._\n\n`),
      warnings: [`CHANGELOG.md has no section for ${version}; the notes are those of [Unreleased]`],
    };
  }
  const [, rest = ''] = changelog.split(unreleased);
  const hasMore = /^[-*] /m.test(rest.split(/^## /m)[0]);
  const warning = `CHANGELOG.md has changes since ${version}, of which the notes say nothing; the next version is due`;
  return { text: changelog, warnings: hasMore ? [warning] : [] };
}
