/** Names of strangers neither steer a terminal nor pass for what we say. */
import { expect, it } from 'vitest';
import { plain, plainLines, plainMessage } from '../../src/core/plain-text.ts';

it('shows what a terminal would obey', () => {
  expect(plain('a\u001B[31m\n\u009B2J\u007F\u2028ü')).toBe(
    String.raw`a\u001b[31m\u000a\u009b2J\u007f\u2028ü`,
  );
});

it('leaves the lines of an answer', () => {
  expect(plainLines('a\nb\u001B\n')).toBe('a\nb\\u001b\n');
});

it('sets the further lines of a message apart', () => {
  expect(plainMessage('a\r\nb\u001B')).toBe('a\\u000d\n  b\\u001b');
});
