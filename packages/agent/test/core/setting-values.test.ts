/** What an operator may write for a path and for an address. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  DevicePathSchema,
  HttpUrlSchema,
  table,
  withoutSlash,
} from '../../src/core/setting-values.ts';

/** As the parser makes them. */
const tableOf = (entries: object): object => Object.assign(Object.create(null) as object, entries);

describe('table', () => {
  const Schema = table({ keep: v.exactOptional(v.number()) });

  it('takes what the parser makes of a table, and no other key', () => {
    expect(v.is(Schema, tableOf({ keep: 1 }))).toBe(true);
    expect(v.is(Schema, tableOf({ kep: 1 }))).toBe(false);
  });

  it.each([[[]], [[{ keep: 1 }]], [new Date(0)], [1], ['a'], [null]])('refuses %j', (value) => {
    expect(v.is(Schema, value)).toBe(false);
  });
});

describe('withoutSlash', () => {
  it('takes every slash from the end and no other', () => {
    expect(['/a/b//', 'https://h/', 'x'].map(withoutSlash)).toEqual(['/a/b', 'https://h', 'x']);
  });
});

describe('DevicePathSchema', () => {
  it('reads a path with a slash at its end and without', () => {
    expect(v.parse(DevicePathSchema, '/media/usb/')).toBe('/media/usb');
  });

  it.each(['media', '/a/../b', '/a/./b', '/', ''])('refuses %j', (path) => {
    expect(v.is(DevicePathSchema, path)).toBe(false);
  });
});

describe('HttpUrlSchema', () => {
  it.each(['http://127.0.0.1:8080/x?y=1', 'https://git.example/@scope'])('takes %s', (url) => {
    expect(v.parse(HttpUrlSchema, url)).toBe(url);
  });

  it.each(['git.example', 'ftp://h', 'https://u:p@h', 'https://u@h', 'https:///x'])(
    'refuses %s',
    (url) => {
      expect(v.is(HttpUrlSchema, url)).toBe(false);
    },
  );
});
