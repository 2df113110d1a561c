/** Reads systemd unit files as data: sections, and in each every value of a key in the order in which it was given. */
import { readFileSync } from 'node:fs';
import { repositoryRoot } from '../support/repository-root.ts';

export interface UnitFile {
  /** All values of a key, lists split at blanks; empty when it is not set. */
  values(section: string, key: string): readonly string[];
  /** The whole text of a key that is set once; undefined otherwise. */
  value(section: string, key: string): string | undefined;
  readonly sections: readonly string[];
}

export function parseUnit(text: string): UnitFile {
  const lines: { section: string; key: string; value: string }[] = [];
  let section = '';
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    const setting = /^(\w+)=(.*)$/.exec(line);
    if (header === undefined && setting === null) throw new Error(`not a line of a unit: ${line}`);
    if (header === undefined)
      lines.push({ section, key: setting?.[1] ?? '', value: setting?.[2] ?? '' });
    else section = header;
  }
  const given = (inSection: string, key: string): readonly string[] =>
    lines
      .filter((each) => each.section === inSection && each.key === key)
      .map(({ value }) => value);
  return {
    values: (inSection, key) => given(inSection, key).flatMap((value) => value.split(/\s+/)),
    value: (inSection, key) =>
      given(inSection, key).length === 1 ? given(inSection, key)[0] : undefined,
    sections: [...new Set(lines.map((each) => each.section))],
  };
}

export function deployPath(path: string): string {
  return `${repositoryRoot()}/deploy/${path}`;
}

export function readDeployFile(path: string): string {
  return readFileSync(deployPath(path), 'utf8');
}

export function readUnit(name: string): UnitFile {
  return parseUnit(readDeployFile(`systemd/${name}`));
}
