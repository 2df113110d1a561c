/** Asks the api how it is, where its configuration says that it listens. */
import { parse } from 'smol-toml';
import * as v from 'valibot';
import type { ApiAnswer } from '../doctor/api.ts';

const HealthSchema = v.object({
  version: v.string(),
  agent: v.string(),
  current: v.nullable(v.string()),
});

/** What matters here; everything else of it is the api's own business. */
const ApiTomlSchema = v.object({
  listen: v.optional(
    v.object({
      host: v.optional(v.string(), '127.0.0.1'),
      port: v.optional(v.number(), 8421),
    }),
    {},
  ),
});

/** Of `api.toml`; the defaults where it cannot be read. A host that means every address is asked on this device's own. */
export function addressOf(text: string): string {
  const { host, port } = listenOf(text);
  const near = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${String(port)}`;
}

function listenOf(text: string): { readonly host: string; readonly port: number } {
  try {
    return v.parse(ApiTomlSchema, parse(text)).listen;
  } catch {
    // because what is wrong with it is another check's finding
    return v.parse(ApiTomlSchema, {}).listen;
  }
}

export async function askApi(address: string, timeoutMs: number): Promise<ApiAnswer> {
  if (address.endsWith(':0')) return { kind: 'anywhere' };
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${address}/api/health`, { signal, redirect: 'error' });
    const health = v.safeParse(HealthSchema, await response.json());
    if (health.success) return { kind: 'answer', ...health.output };
    return { kind: 'failure', reason: `status ${String(response.status)}, and not its health` };
  } catch (error) {
    return { kind: 'failure', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
