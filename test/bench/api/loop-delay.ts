/**
 * Loaded into the measured api beside its own code (`node --import`): writes how late its event loop was into the file that
 * its own address names, at each SIGUSR2, and begins anew. Nothing of it is part of the product.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = new URL(import.meta.url).searchParams.get('file') ?? '';
/** Each value contains this once, because what is measured is the distance of two ticks. */
const TICK_MS = 1;

const delay = monitorEventLoopDelay({ resolution: TICK_MS });
const toMs = (nanoseconds: number): number => nanoseconds / 1e6 - TICK_MS;

process.on('SIGUSR2', () => {
  const read = { p99Ms: toMs(delay.percentile(99)), maxMs: toMs(delay.max) };
  delay.reset();
  // Not before somebody asks: its ticks are work, too.
  delay.enable();
  writeFileSync(`${file}.new`, JSON.stringify(read));
  renameSync(`${file}.new`, file);
});
