/**
 * Which proxy is asked for an address: the one of the configuration, else the one of the environment as curl reads it, and none
 * for what is exempt. Speaks to nobody.
 */
import { UpdateError } from '@pikit/protocol';
import { BlockList, isIP } from 'node:net';

interface Needs {
  /** From [network]; it goes before the environment. */
  readonly proxy?: string;
  readonly no_proxy?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** As sockets want it: without the brackets that an address of IPv6 has in a URL. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Undefined: ask the server itself. Throws `config-invalid` with `key` and `reason`, and without what stands there. */
export type ProxyFor = (url: string) => URL | undefined;

export function createProxyRules({ proxy, no_proxy: noProxy, env }: Needs): ProxyFor {
  const fromEnv = (name: string) => {
    for (const key of [name, name.toUpperCase()]) {
      const text = env[key]?.trim();
      if (text !== undefined && text !== '') return { key, text };
    }
    return undefined;
  };
  const exempt = noProxy ?? (fromEnv('no_proxy')?.text ?? '').split(/[\s,]+/);

  return (address) => {
    const url = new URL(address);
    const chosen =
      proxy === undefined
        ? fromEnv(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
        : { key: 'network.proxy', text: proxy };
    if (chosen === undefined || isExempt(url, exempt)) return undefined;
    return parseProxy(chosen.text, chosen.key);
  };
}

function parseProxy(text: string, key: string): URL {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol === 'http:' && url.hostname !== '') return url;
  const reason = 'must be the http address of a proxy, such as http://proxy.example:3128';
  throw new UpdateError('config-invalid', `${key} ${reason}`, { details: { key, reason } });
}

/** This device itself is never asked for by way of another. */
const OWN_NAMES = ['localhost', '127.0.0.0/8', '::1'];

function isExempt({ hostname, port, protocol }: URL, rules: readonly string[]): boolean {
  const host = bareHost(hostname).replace(/\.$/, '');
  const number = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return [...OWN_NAMES, ...rules].some((rule) => matches(rule.toLowerCase(), host, number));
}

/** `*`, `example.org` and `.example.org` with all below them, an address, a network (`10.0.0.0/8`); each may have a port. */
function matches(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  const [, name = '', onlyPort] = /^(\[.+\]|[^:]*)(?::(\d+))?$/.exec(rule) ?? [undefined, rule];
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  if (isIP(host) !== 0) return isWithin(bareHost(name), host);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return host === domain || host.endsWith(`.${domain}`);
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function isWithin(rule: string, address: string): boolean {
  const [network = '', bits] = rule.split('/');
  if (isIP(network) === 0) return false;
  const most = family(network) === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > most) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  return list.check(address, family(address));
}
