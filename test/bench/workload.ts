/**
 * What is updated: trees of a few sizes, and how much of them a release changes. Data only; what stands in the files is the
 * business of `tree.ts`.
 */

export interface Workload {
  readonly name: string;
  readonly files: number;
  /** Of all files together; what comes out is within a few per cent of it. */
  readonly bytes: number;
  /** For the filesystem of the device: old and new tree, and what the plan's script needs beside them. */
  readonly diskMegabytes: number;
}

const MB = 1_000_000;

export const WORKLOADS = {
  /** For trying the bench itself. */
  XS: { name: 'XS', files: 20, bytes: 0.4 * MB, diskMegabytes: 64 },
  S: { name: 'S', files: 300, bytes: 6 * MB, diskMegabytes: 192 },
  M: { name: 'M', files: 3000, bytes: 80 * MB, diskMegabytes: 768 },
  L: { name: 'L', files: 6000, bytes: 600 * MB, diskMegabytes: 4096 },
} as const satisfies Record<string, Workload>;

/**
 * `typical`: 3 % of the files, renamed and slightly edited as a bundler does. `all`: every file has other content. `none`: the
 * newest release is installed already.
 */
export const CHANGES = ['typical', 'all', 'none'] as const;
export type Change = (typeof CHANGES)[number];
