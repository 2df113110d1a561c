/** Names of what is published for a bench: versions, repositories, and where on the server a release of one lies. */
import type { Change } from './workload.ts';

/** What is installed, and what comes next. */
export const VERSIONS = { first: '1.0.0', next: '2.0.0' } as const;

/**
 * `pikit`: everything that the packer makes. `spans`: the same without patches. `whole`: the plan's form, a tar.gz and a list of
 * digests.
 */
export const VARIANTS = ['pikit', 'spans', 'whole'] as const;
export type Variant = (typeof VARIANTS)[number];

export function repositoryOf(release: 'first' | Change, variant: Variant): string {
  return `bench/${release}-${variant}`;
}

/** As on Gitea, without a slash in front. */
export function downloadPath(repository: string, version: string): string {
  return `${repository}/releases/download/v${version}`;
}
