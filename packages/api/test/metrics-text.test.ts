/** The text that Prometheus reads. */
import { describe, expect, it } from 'vitest';
import { encodeMetrics } from '../src/metrics-text.ts';

describe('encodeMetrics', () => {
  it('writes a metric with its sentence, its type and its labels', () => {
    const samples = [{ labels: { a: 'x', b: 'y' }, value: 1.5 }, { value: 0 }];
    expect(encodeMetrics([{ name: 'm', help: 'What it is.', samples }])).toBe(
      '# HELP m What it is.\n# TYPE m gauge\nm{a="x",b="y"} 1.5\nm 0\n',
    );
  });

  it('lets no label end its line or its quotes', () => {
    const samples = [{ labels: { a: '"\n\\' }, value: 1 }];
    expect(encodeMetrics([{ name: 'm', help: 'h', samples }])).toContain('m{a="\\"\\n\\\\"} 1\n');
  });

  it('leaves out what has no value', () => {
    expect(encodeMetrics([{ name: 'm', help: 'h', samples: [] }])).toBe('');
  });
});
