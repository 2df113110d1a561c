/**
 * The certificate authorities that the operator trusts besides those of the system, for a server with a certificate of its own.
 * Read when a connection needs it, so that a new one counts at once.
 */
import { UpdateError } from '@pikit/protocol';
import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { createDevicePaths } from './disk-path.ts';

const MAX_BYTES = 1024 * 1024;
const OPEN = constants.O_RDONLY | constants.O_NONBLOCK;
/** Debian's: its own choice, and what `update-ca-certificates` has added. */
const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY = 'network.ca_file';

/** All that may vouch for a server. Rejects with `config-invalid`, with `key` and `reason`. */
export type ReadCa = () => Promise<readonly string[]>;

interface Needs {
  /** A device path. */
  readonly path: string;
  readonly root: string;
  /** Who runs the agent. */
  readonly uid: number;
}

export function createCaFile({ path, root, uid }: Needs): ReadCa {
  const host = createDevicePaths(root).toHost(path);
  const refused = (reason: string, cause?: unknown): UpdateError =>
    new UpdateError('config-invalid', `${KEY}: ${path} ${reason}`, {
      cause,
      details: { key: KEY, reason: `${path} ${reason}` },
    });

  /** Whoever can write it can pretend to be any server. */
  const readOwn = async (file: FileHandle): Promise<readonly string[]> => {
    const stats = await file.stat();
    if (!stats.isFile()) throw refused('is not a regular file');
    const isOurs = (stats.uid === 0 || stats.uid === uid) && (stats.mode & 0o022) === 0;
    if (!isOurs) throw refused(`can be changed by others: chown root ${path}; chmod 644 ${path}`);
    if (stats.size > MAX_BYTES) throw refused(`is larger than ${MAX_BYTES} bytes`);
    const found = (await file.readFile('latin1')).match(CERTIFICATE) ?? [];
    if (found.length === 0) throw refused('holds no certificate in PEM (BEGIN CERTIFICATE)');
    return found;
  };

  return async () => {
    const file = await open(host, OPEN).catch((cause: unknown) => {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      throw refused(code === 'ENOENT' ? 'is not there' : `cannot be read: ${code}`, cause);
    });
    let own: readonly string[];
    try {
      own = await readOwn(file);
    } finally {
      await file.close();
    }
    if (!own.every(isCertificate)) throw refused('holds a certificate that cannot be read');
    // What is given to TLS takes the place of its own list, so that goes along.
    return [...own, ...(await systemCertificates()), ...rootCertificates];
  };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    // because the library has no other way of saying so
    return false;
  }
}

async function systemCertificates(): Promise<readonly string[]> {
  try {
    return [await readFile(SYSTEM, 'latin1')];
  } catch {
    // because another system keeps them elsewhere, and Node brings its own
    return [];
  }
}
