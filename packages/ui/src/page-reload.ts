/**
 * Reloads the host page once after an update has replaced its own files, or this element, so that nobody keeps working with
 * the old dashboard. It reads; it never reloads while a transaction runs, nor twice for the same result.
 */
import type { Status } from '@pikit/protocol';
import type { Situation } from './model/situation.ts';

interface Needs {
  /**
   * Absolute addresses of the scripts and style sheets of the page as the server has it now (their names carry a hash of their content),
   * or undefined when it cannot be had at the moment.
   */
  readonly fetchAssets: () => Promise<readonly string[] | undefined>;
  /** Of the api that runs now, or undefined when it cannot be had at the moment. */
  readonly fetchVersion: () => Promise<string | undefined>;
  /** Of this element, which comes with an api: its file's name is the same in every release. */
  readonly ownVersion: string;
  readonly shownAssets: () => readonly string[];
  readonly reload: () => void;
}

interface Mark {
  readonly result: string | undefined;
  readonly current: Status['current'];
}

const markOf = ({ last_result, current }: Status): Mark => ({
  result: last_result?.outcome === 'committed' ? last_result.id : undefined,
  current,
});

export function createPageReload(needs: Needs): {
  /** To be called with every new situation. */
  observe(situation: Situation): Promise<void>;
} {
  const { fetchAssets, fetchVersion, ownVersion, shownAssets, reload } = needs;
  let mark: Mark | undefined;
  let isDue = false;
  let isAsking = false;

  return {
    async observe({ status, link }) {
      if (status === undefined) return;
      const next = markOf(status);
      const hasNewResult = next.result !== undefined && next.result !== mark?.result;
      isDue ||= mark !== undefined && (hasNewResult || next.current !== mark.current);
      mark = { result: next.result ?? mark?.result, current: next.current };
      if (!isDue || isAsking || link.kind !== 'live' || status.transaction !== null) return;
      isAsking = true;
      const [served, version = ownVersion] = await Promise.all([fetchAssets(), fetchVersion()]);
      isAsking = false;
      // The server of the page may be restarting: the next situation asks again.
      if (served === undefined) return;
      isDue = false;
      const shown = shownAssets();
      // Extra scripts of the shown page say nothing: scripts add scripts.
      const isOther = served.some((address) => !shown.includes(address));
      if (isOther || version !== ownVersion) reload();
    },
  };
}
