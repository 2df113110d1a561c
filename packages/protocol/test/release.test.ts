/** What may be called a version or a digest: both become parts of file names, so the form is strict. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  channelOf,
  ChannelSchema,
  ReleaseSummarySchema,
  Sha256Schema,
  VersionSchema,
} from '../src/release.ts';
import { aReleaseSummary, aSha256 } from './sample-documents.ts';

describe('VersionSchema', () => {
  it.each([
    '0.0.0',
    '1.4.0',
    '10.20.30',
    '1.4.0-beta.1',
    '1.4.0-rc-2',
    '1.4.0+20260101',
    '1.0.0-a+b',
  ])('takes %s', (version) => {
    expect(v.parse(VersionSchema, version)).toBe(version);
  });

  it.each([
    '',
    '1',
    '1.4',
    'v1.4.0',
    '1.4.0.0',
    '1.4.x',
    '1.4.0 ',
    '1.4.0\n',
    '1.4.0-',
    '1.4.0-a..b',
    '1.4.0-a/b',
    '1.4.0+../x',
    '../1.4.0',
    '-1.4.0',
    '1.4.0-ä',
    '2026.01.15',
    '1.4.0-01',
    '1.4.0+a..b',
    '9007199254740993.0.0',
    'latest',
    140,
    null,
  ])('refuses %j', (version) => {
    expect(v.is(VersionSchema, version)).toBe(false);
  });

  it('takes 64 characters and refuses 65', () => {
    const version = '1.4.0-'.padEnd(64, 'a');
    expect(v.is(VersionSchema, version)).toBe(true);
    expect(v.is(VersionSchema, `${version}a`)).toBe(false);
  });
});

describe('channelOf', () => {
  it.each([
    ['1.4.0', 'stable'],
    ['1.4.0+a-b', 'stable'],
    ['1.4.0-rc.1', 'beta'],
  ])('says of %s %s', (version, channel) => {
    expect(channelOf(v.parse(VersionSchema, version))).toBe(channel);
  });
});

describe('Sha256Schema', () => {
  it('takes 64 lower-case hexadecimal digits', () => {
    expect(v.is(Sha256Schema, aSha256())).toBe(true);
  });

  it.each([
    '',
    aSha256().slice(1),
    `${aSha256()}0`,
    aSha256().toUpperCase(),
    `${aSha256()}\n`,
    'g'.repeat(64),
    64,
  ])('refuses %j', (digest) => {
    expect(v.is(Sha256Schema, digest)).toBe(false);
  });
});

describe('ChannelSchema', () => {
  it.each([
    ['stable', true],
    ['beta', true],
    ['Stable', false],
    ['nightly', false],
    ['', false],
  ])('answers %j with %j', (channel, known) => {
    expect(v.is(ChannelSchema, channel)).toBe(known);
  });
});

describe('ReleaseSummarySchema', () => {
  it('takes a release of which the source tells neither notes, date nor size', () => {
    const plain = { ...aReleaseSummary(), notes: null, released: null, bundleBytes: null };
    expect(v.parse(ReleaseSummarySchema, plain)).toEqual(plain);
  });

  /** Of what an earlier agent wrote. */
  const LATER = ['signedBy', 'expires', 'earlier', 'downloadBytes', 'restarts'];

  it.each(Object.keys(ReleaseSummarySchema.entries).filter((name) => !LATER.includes(name)))(
    'refuses a release without %s',
    (member) => {
      const without = Object.entries(aReleaseSummary()).filter(([name]) => name !== member);
      expect(v.is(ReleaseSummarySchema, Object.fromEntries(without))).toBe(false);
    },
  );

  it('takes one that an earlier agent wrote, and knows of nobody who vouches for it', () => {
    const earlier = Object.entries(aReleaseSummary()).filter(([name]) => !LATER.includes(name));
    const parsed = v.parse(ReleaseSummarySchema, Object.fromEntries(earlier));
    expect(parsed).toMatchObject({
      signedBy: null,
      expires: null,
      earlier: [],
      downloadBytes: null,
      restarts: [],
    });
  });
});
