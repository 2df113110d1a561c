/** Ends agent and api of an earlier demo that was killed before it could do so itself. Linux only; elsewhere it does nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitFor } from '../support/wait-for.ts';

/** Looks for our two programs with this very root on their command line, and for nothing else. */
export async function endLeftovers(root: string): Promise<void> {
  const left = processes().filter(({ args }) => isOurs(args, root));
  for (const { pid } of left) process.kill(pid, 'SIGTERM');
  for (const { pid } of left) {
    await waitFor(`process ${pid} of an earlier demo to end`, () => !existsSync(`/proc/${pid}`));
  }
}

function isOurs(args: readonly string[], root: string): boolean {
  const program = args.some((arg) => /\/dist\/pikit-(agent|api)\.mjs$/.test(arg));
  return program && args.some((arg) => arg === root || arg.startsWith(`${root}/`));
}

function processes(): { readonly pid: number; readonly args: readonly string[] }[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: argumentsOf(name) }));
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // because it ended while we looked
  }
}
