/** How far the fetching of missing files is, told as it moves. What has crossed the wire is noted once, at the end. */
import type { Manifest } from '@pikit/protocol/manifest';
import type { StepContext } from './context.ts';
import type { Library } from './stage-local.ts';

export interface Missing {
  readonly manifest: Manifest;
  /** Paths in the release. */
  readonly missing: ReadonlySet<string>;
  readonly library: Library;
}

export interface FetchMeter {
  /** One more is there. */
  readonly file: () => void;
  readonly bytes: (count: number) => void;
  /** However it ended. */
  readonly settle: () => void;
}

export function createFetchMeter(
  { report, note, record }: Pick<StepContext, 'report' | 'note' | 'record'>,
  { manifest, missing }: Missing,
  bytesTotal: number,
): FetchMeter {
  const filesTotal = manifest.files.length;
  let [filesDone, bytesDone] = [filesTotal - missing.size, 0];
  const tell = (): void => {
    report({ filesDone, filesTotal, bytesDone, bytesTotal });
  };
  return {
    file: () => {
      filesDone += 1;
      tell();
    },
    bytes: (count) => {
      bytesDone += count;
      tell();
    },
    settle: () => {
      note({ bytesFetched: record().bytesFetched + bytesDone });
    },
  };
}
