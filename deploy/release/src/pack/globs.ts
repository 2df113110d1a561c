/**
 * The patterns of `exclude`, segment by segment: `*` is any part of a name, `?` one character of it, and a segment `**` is
 * any number of directories, also none. A name that matches is left out with everything below it.
 */

/** Why a pattern is refused, or undefined. */
export function refusalOfGlob(pattern: string): string | undefined {
  const parts = pattern.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'must be a pattern for paths of the release, without empty parts, . or ..';
  if (parts.some((part) => part !== '**' && part.includes('**')))
    return '** must stand between slashes';
  return undefined;
}

/** Whether one of them matches the whole path. */
export function createExclusion(patterns: readonly string[]): (path: string) => boolean {
  const compiled = patterns.map(compile);
  return (path) => compiled.some((one) => one.test(path));
}

function compile(pattern: string): RegExp {
  const parts = pattern.split('/');
  const text = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '**') return isLast ? '.+' : '(?:.+/)?';
    return `${compileName(part)}${isLast ? '' : '/'}`;
  });
  return new RegExp(`^${text.join('')}$`, 'su');
}

function compileName(part: string): string {
  return part
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
