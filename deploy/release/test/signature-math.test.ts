/** The packer's arithmetic is the agent's: what one believes, the other does. */
import { describe, expect, it } from 'vitest';
import { signatureMath as agents } from '../../../packages/agent/src/adapters/signature-crypto.ts';
import {
  isSignedBy,
  parseKeyLine,
  parseSignature,
} from '../../../packages/agent/src/core/minisign.ts';
import { createMinisignKey } from '../../../test/support/minisign-key.ts';
import { signatureMath } from '../src/signature-math.ts';

describe('signatureMath', () => {
  it.each([false, true])('believes and refuses as the agent (before hashing: %s)', (legacy) => {
    const key = createMinisignKey();
    const publicKey = parseKeyLine(key.publicLine);
    if (publicKey === undefined) throw new Error('no public key');
    const content = Buffer.from('content');
    const signature = parseSignature(key.sign(content, { legacy }));
    for (const math of [signatureMath, agents]) {
      expect(isSignedBy(publicKey, content, signature, math)).toBe(true);
      expect(isSignedBy(publicKey, Buffer.from('other'), signature, math)).toBe(false);
    }
  });
});
