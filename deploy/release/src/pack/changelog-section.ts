/** The notes of one version, taken from a changelog in the form of keepachangelog.com. Reads no file. */
import type { Version } from '@pikit/protocol';

/** `## [1.4.0] - 2026-11-26`, `## 1.4.0 (26 November)`, `## v1.4.0`. */
const HEADING = /^## +\[?v?([^\]\s]+)\]?(?:\s|$)/;
const FENCE = /^ {0,3}(?:```|~~~)/;
/** Where the links of the headings stand, at the end of the file. */
const LINK_TARGET = /^\[[^\]]+\]: *\S+ *$/;

/** Undefined where there is no such section, or nothing in it. */
export function sectionOf(changelog: string, version: Version): string | undefined {
  const lines: string[] = [];
  let isInside = false;
  let isFenced = false;
  for (const line of changelog.split(/\r?\n/)) {
    if (FENCE.test(line)) isFenced = !isFenced;
    if (!isFenced && line.startsWith('## ')) {
      if (isInside) break;
      isInside = HEADING.exec(line)?.[1] === version;
    } else if (isInside && (isFenced || !LINK_TARGET.test(line))) {
      lines.push(line);
    }
  }
  const text = lines.join('\n').trim();
  return text === '' ? undefined : text;
}
