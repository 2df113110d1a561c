/** The same for as long as the machine runs. */
import { describe, expect, it } from 'vitest';
import { bootId } from '../../src/adapters/boot-id.ts';

describe('bootId', () => {
  it('is one id, whoever asks and when', async () => {
    const id = await bootId();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await bootId()).toBe(id);
  });
});
