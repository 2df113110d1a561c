/** `pack`: from build directories to a bundle and its manifest. It signs nothing and sends nothing. */
import { UpdateError } from '@pikit/protocol';
import { resolve } from 'node:path';
import { textsOf } from '../arguments.ts';
import type { Arguments, Command } from '../command.ts';
import { packRelease } from '../pack/pack-release.ts';

export const pack: Command = {
  name: 'pack',
  summary: 'make a bundle and its manifest from build directories',
  help: `usage: pikit-release pack [--config FILE] [--version V] [--released DATE] [--out DIR] [--force]
                          [--previous DIR]...

Writes DIR/<version>/pikit-<version>.tar.gz, manifest.json, and that as manifest.json.gz too, which devices fetch
rather. The same input gives the same bytes.

  --config FILE     what goes where; default pikit-release.toml
  --version V       instead of the one in the file
  --released DATE   instead of the one in the file; without both, SOURCE_DATE_EPOCH counts
  --out DIR         default: releases
  --previous DIR    an earlier release: devices that run it can come from there by a small patch, which is added to
                    the release if it is small enough to pay; may be said several times
  --force           replaces another release of that version

What the file may say is told, with an example, in deploy/release/pikit-release.example.toml.`,
  options: {
    config: { type: 'string' },
    version: { type: 'string' },
    released: { type: 'string' },
    out: { type: 'string' },
    force: { type: 'boolean' },
    previous: { type: 'string', multiple: true },
  },
  async run(args, note) {
    const { values, positionals } = args;
    if (positionals.length > 0) {
      throw new UpdateError('invalid-request', 'it takes options only; see --help');
    }
    const packed = await packRelease({
      file: textOf(values, 'config') ?? 'pikit-release.toml',
      out: resolve(textOf(values, 'out') ?? 'releases'),
      isForced: values['force'] === true,
      said: {
        version: textOf(values, 'version'),
        released: textOf(values, 'released'),
        epoch: process.env['SOURCE_DATE_EPOCH'],
      },
      previous: textsOf(args, 'previous'),
      note,
    });
    const { warnings, bundle, sha256, files, bytes, seekableRatio, patches, manifest } = packed;
    const lines = [
      `bundle    ${bundle}`,
      `sha256    ${sha256}`,
      `files     ${String(files)}`,
      `size      ${String(bytes)} bytes, ${seekableRatio.toFixed(3)} of tar c | gzip -9`,
      ...patches.map(({ from, size }) => `patch     from ${from}: ${sizeText(size)}`),
      `manifest  ${manifest}`,
      ...warnings.map((warning) => `warning   ${warning}`),
    ];
    return { document: packed, text: lines.join('\n') };
  },
};

const sizeText = (size: number | null): string =>
  size === null ? 'none, as it would not be small enough' : `${String(size)} bytes`;

function textOf(values: Arguments['values'], name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
