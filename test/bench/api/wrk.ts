/** Throughput, by a program that costs less than what it measures: as many requests as get answered on a few kept connections. */
import { hasProgram, run } from '../programs.ts';

const CONNECTIONS = '32';

export const reasonAgainstWrk = (): string | undefined =>
  hasProgram('wrk') ? undefined : 'wrk is not installed';

/** Requests per second. Rejects when there were answers other than 2xx and 3xx, or broken connections. */
export async function throughput(url: string, cookie: string, seconds: number): Promise<number> {
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${String(seconds)}s`];
  return readReport(await run('wrk', [...options, '-H', `Cookie: ${cookie}`, url]));
}

export function readReport(report: string): number {
  const [, perSecond] = /^Requests\/sec: +([\d.]+)$/m.exec(report) ?? [];
  const [complaint] = /^ *(?:Non-2xx|Socket errors).*$/m.exec(report) ?? [];
  if (perSecond === undefined || complaint !== undefined) {
    throw new Error(`wrk: ${complaint?.trim() ?? 'no requests per second'}`);
  }
  return Number(perSecond);
}
