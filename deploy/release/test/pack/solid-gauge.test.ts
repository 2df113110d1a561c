/** That what goes through is counted as if it were one archive, and comes out as it went in. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createSolidGauge } from '../../src/pack/solid-gauge.ts';

describe('createSolidGauge', () => {
  it('counts what one gzip of everything takes, and passes everything on', async () => {
    const chunks = Array.from({ length: 50 }, (_, index) =>
      Buffer.alloc(40_000, `${index} words `),
    );
    const gauge = createSolidGauge();
    const passed: Uint8Array[] = [];
    for (const piece of [chunks.slice(0, 20), chunks.slice(20)]) {
      for await (const chunk of gauge.watch(piece)) passed.push(chunk);
    }
    expect(Buffer.concat(passed).equals(Buffer.concat(chunks))).toBe(true);
    expect(await gauge.end()).toBe(gzipSync(Buffer.concat(chunks), { level: 9 }).length);
  });
});
