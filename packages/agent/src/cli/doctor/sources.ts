/** Could the releases' sources be reached when they were last asked? Asking again is the caller's business. */
import type { ErrorView } from '@pikit/protocol';
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface SourceFacts {
  readonly lastCheck: string | null;
  readonly error: ErrorView | null;
  /** In the order in which they are asked; undefined when the agent could not tell. */
  readonly sources: readonly { readonly name: string; readonly failure: ErrorView | null }[];
}

const CHECK = 'source';
const AGAIN = 'pikit-rpc doctor --ask';

const NETWORK = `look at the network and the name server of the device, then: ${AGAIN}`;

const ADVICE: Partial<Record<ErrorView['code'], string>> = {
  offline: NETWORK,
  'dns-failed': NETWORK,
  'proxy-failed': `look at [network] in /etc/pikit/updater.toml, then: ${AGAIN}`,
  'clock-wrong': 'set the clock: timedatectl status',
  'signature-missing': 'ask the maintainer: the release is not signed',
  'signature-invalid':
    'compare the keys in /etc/pikit/keys with those that the maintainer publishes now',
};

export function judgeSources({ lastCheck, error, sources }: SourceFacts): readonly Verdict[] {
  const passedOver = sources.flatMap(({ name, failure }) =>
    failure === null || error !== null
      ? []
      : [warning(CHECK, `${name} was passed over: ${wordsOf(failure)}`, adviceOn(failure))],
  );
  if (error !== null) {
    const when = lastCheck ?? 'at the last try';
    return [bad(CHECK, `the check failed (${when}): ${wordsOf(error)}`, adviceOn(error))];
  }
  if (lastCheck === null) return [...passedOver, warning(CHECK, 'never asked yet', AGAIN)];
  return [...passedOver, ok(CHECK, `answered at ${lastCheck}`)];
}

function adviceOn({ code }: ErrorView): string {
  return ADVICE[code] ?? `look at [source] in /etc/pikit/updater.toml, then: ${AGAIN}`;
}

function wordsOf({ code, details }: ErrorView): string {
  const facts = Object.entries(details).map(([key, value]) => `${key}=${String(value)}`);
  return facts.length === 0 ? code : `${code} (${facts.join(', ')})`;
}
