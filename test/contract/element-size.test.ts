/** The element has not grown beyond its limits, and the command that says so tells the truth. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ui = `${root}packages/ui/dist`;

const printed = execFileSync(process.execPath, ['deploy/size.mjs', '--json'], { cwd: root });
const told = JSON.parse(printed.toString()) as Record<string, number>;
const later = readdirSync(`${ui}/assets`).filter((name) => /^pikit-.*\.js$/.test(name));

/** As it is served. */
const packed = (name: string): Buffer => readFileSync(`${ui}/${name}.gz`);
const packedLater = (name: string): Buffer => {
  const found = later.filter((each) => new RegExp(`^pikit-${name}-[\\w-]{8}\\.js$`).test(each));
  expect(found).toHaveLength(1);
  return packed(`assets/${String(found[0])}`);
};

/** In kilobytes of a thousand bytes: what a page may be asked for that only wants a chip. */
const MOST_AT_FIRST = 15_000;

describe('the size of the element', () => {
  it('is within its limits, counted as it is served', () => {
    const entry = packed('pikit-updates.js');
    expect(gunzipSync(entry)).toEqual(readFileSync(`${ui}/pikit-updates.js`));
    expect(told['entryGzipBytes']).toBe(entry.length);
    expect(told['entryGzipBytes']).toBeLessThanOrEqual(told['entryLimitGzipBytes'] ?? 0);
    expect(told['entryLimitGzipBytes']).toBeLessThanOrEqual(MOST_AT_FIRST);
    const whole = entry.length + packedLater('filling-english').length;
    expect(told['elementGzipBytes']).toBe(whole);
    expect(whole).toBeLessThanOrEqual(told['limitGzipBytes'] ?? 0);
  });

  it('counts everything: the element loads no other file, and none of those loads one', () => {
    const entry = readFileSync(`${ui}/pikit-updates.js`, 'utf8');
    const named = entry.match(/(?<=assets\/)pikit-[\w-]+\.js/g) ?? [];
    expect(new Set(named)).toEqual(new Set(later));
    expect(later).toHaveLength(3);
    for (const code of [
      entry,
      ...later.map((name) => readFileSync(`${ui}/assets/${name}`, 'utf8')),
    ]) {
      expect(code).not.toMatch(/\bimport\s*[{"'`*]|\bfrom\s*["'`]\.|^import\b/);
    }
  });
});
