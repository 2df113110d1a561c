/** The element that every page loads has not grown beyond its limit, and the command that says so tells the truth. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('keeps the element within its limit, counted as it is served', () => {
  const printed = execFileSync(process.execPath, ['deploy/size.mjs', '--json'], { cwd: root });
  const told = JSON.parse(printed.toString()) as Record<string, number>;
  const packed = readFileSync(`${root}packages/ui/dist/pikit-updates.js.gz`);
  expect(gunzipSync(packed)).toEqual(readFileSync(`${root}packages/ui/dist/pikit-updates.js`));
  expect(told['elementGzipBytes']).toBe(packed.length);
  expect(told['elementGzipBytes']).toBeLessThanOrEqual(told['limitGzipBytes'] ?? 0);
});
