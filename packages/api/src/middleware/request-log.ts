/** One line a request, when its answer begins. Path without query, never a header or a body. */
import type { Log } from '../log.ts';
import { clientAddress, loggedPath, type ApiMiddleware } from '../request.ts';

export function requestLog(log: Log): ApiMiddleware {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const ms = Math.round(performance.now() - startedAt);
    log.info(
      `${c.req.method} ${loggedPath(c)} ${c.res.status} ${ms}ms from=${clientAddress(c)} id=${c.get('requestId')}`,
    );
  };
}
