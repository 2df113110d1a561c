/** What signatures need of node:crypto. It decides nothing about who is believed. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SignatureMath } from '../ports.ts';

/** The fixed beginning of an Ed25519 key in DER (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const signatureMath: SignatureMath = {
  verify(key, message, signature) {
    const der = Buffer.concat([SPKI_PREFIX, key]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, message, publicKey, signature);
  },
  blake2b512: (message) => createHash('blake2b512').update(message).digest(),
};
