/** Does the api answer where it should listen, and does it know of the same release? Findings in, verdict out. */
import { bad, ok, warning, type Verdict } from './verdict.ts';

export type ApiAnswer =
  | {
      readonly kind: 'answer';
      readonly version: string;
      readonly agent: string;
      readonly current: string | null;
    }
  | { readonly kind: 'failure'; readonly reason: string }
  /** It listens on whatever port is free, as in a sandbox. */
  | { readonly kind: 'anywhere' };

const CHECK = 'api';
const LOOK = 'journalctl -u pikit-api -n 50';

/** `running`: what runs; null when that is not known. */
export function judgeApi(address: string, answer: ApiAnswer, running: string | null): Verdict {
  if (answer.kind === 'anywhere') {
    return ok(
      CHECK,
      `listens on a port that is chosen when it starts (${address}), and was not asked`,
    );
  }
  if (answer.kind === 'failure') {
    const found = `does not answer on ${address} (${answer.reason})`;
    return bad(CHECK, found, `systemctl restart pikit-api; ${LOOK}`);
  }
  const { version, agent, current } = answer;
  const found = `${version} answers on ${address}; the agent: ${agent}`;
  if (agent !== 'reachable') {
    return bad(CHECK, found, 'look at what is said of agent and sockets here; pikit-rpc rescue');
  }
  return running !== null && current !== null && current !== running
    ? warning(
        CHECK,
        `${found}; it shows ${current}, and ${running} runs`,
        `systemctl restart pikit-api; ${LOOK}`,
      )
    : ok(CHECK, found);
}
