/** What a command costs: of itself and of what it starts. Nothing is asserted to be quick. */
import { expect, it } from 'vitest';
import { measure, parseTimes } from './measure.ts';

it('reads the times that the shell writes', () => {
  const report = '0m0.001s 0m0.002s\n1m0.250s 0m0.500s\n1790000000.250000 1790000003.500000\n';
  expect(parseTimes(report)).toEqual({ wallMs: 3250, cpuMs: 60_750 });
});

it('counts what children use, and looks while they run', async () => {
  let looks = 0;
  const spend =
    'let x = Buffer.alloc(60e6, 1); const end = Date.now() + 100; while (Date.now() < end) x[0]++;';
  const command = { program: 'sh', args: ['-c', '"$0" -e "$1"; true', process.execPath, spend] };
  const cost = await measure(command, () => (looks += 1));
  expect(cost.wallMs).toBeGreaterThanOrEqual(100);
  expect(cost.cpuMs).toBeGreaterThan(0);
  expect(cost.rssMB).toBeGreaterThan(20);
  expect(looks).toBeGreaterThan(0);
});

it('says the last words of a command that fails', async () => {
  const failing = measure({ program: 'sh', args: ['-c', 'echo why >&2; exit 3'] }, () => undefined);
  await expect(failing).rejects.toThrow(/ended with 3:\nwhy$/);
});
