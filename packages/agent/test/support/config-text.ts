/** Pieces of an updater.toml for tests; the smallest whole one is `MINIMAL`, to which sections can be added. */

export const SOURCE = '[source]\nkind = "gitea"\nurl = "https://git.example"\nrepository = "a/b"\n';
export const TARGET = '[[target]]\nfrom = "web/"\nto = "/var/www/web"\nkind = "directory"\n';
export const MINIMAL = `${SOURCE}${TARGET}`;

export function targetText(to: string, kind: 'directory' | 'file' | 'merge'): string {
  return `[[target]]\nfrom = "x"\nto = "${to}"\nkind = "${kind}"\n`;
}

/** `MINIMAL` with another value, as TOML, for one key such as `target.0.to`; a key that it lacks is put on top. */
export function settingText(key: string, value: string): string {
  const [name = '', ...table] = key.split('.').toReversed();
  const line = `${name} = ${value}\n`;
  const old = new RegExp(`^${name} = .*\n`, 'm');
  if (table.length === 0) return line + MINIMAL;
  return key.startsWith('source.')
    ? SOURCE.replace(old, line) + TARGET
    : SOURCE + TARGET.replace(old, line);
}
