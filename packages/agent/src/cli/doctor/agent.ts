/** Does the agent answer, and how soon? One that sleeps is woken by the question. */
import { bad, ok, warning, type Verdict } from './verdict.ts';

export type AgentAnswer =
  | { readonly kind: 'answer'; readonly tookMs: number; readonly version: string }
  | { readonly kind: 'silence'; readonly tookMs: number }
  | { readonly kind: 'failure'; readonly code: string; readonly reason: string };

const CHECK = 'agent';
const SLOW_MS = 5000;

export function judgeAgent(answer: AgentAnswer): Verdict {
  switch (answer.kind) {
    case 'answer': {
      const found = `${answer.version} answered in ${String(answer.tookMs)} ms`;
      return answer.tookMs > SLOW_MS
        ? warning(CHECK, found, 'see what keeps the device busy: top, journalctl -u pikit-agent')
        : ok(CHECK, found);
    }
    case 'silence':
      return bad(
        CHECK,
        `hangs: no answer in ${String(answer.tookMs)} ms; the rest was read without it`,
        'pikit-rpc rescue',
      );
    case 'failure':
      return bad(
        CHECK,
        `does not answer (${answer.reason}); the rest was read without it`,
        answer.code === 'incompatible-protocol'
          ? 'use the pikit-rpc that belongs to the agent that runs'
          : 'systemctl restart pikit-agent.socket pikit-agent-api.socket, journalctl -u pikit-agent -n 50; if it stays: pikit-rpc rescue',
      );
  }
}
