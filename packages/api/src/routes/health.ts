/**
 * `GET /api/health`, for probes and for people without a session: what answers here, and what it knows of the agent. It
 * wakes nobody, so that a stranger cannot keep the agent awake.
 */
import type { Line } from '../agent/line.ts';
import type { StatusFeed } from '../agent/status-feed.ts';
import type { Handler } from '../request.ts';

export function getHealth(feed: StatusFeed, line: Line, version: string): Handler {
  return async (c) => {
    const { status, agent } = await feed.peek();
    return c.json({
      version,
      agent,
      agentVersion: line.hello()?.agent ?? null,
      current: status?.current ?? null,
    });
  };
}
