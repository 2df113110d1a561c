/**
 * HEAD is answered by the handler of GET, and the framework then drops the body without a word. A stream would go on writing
 * into it for nobody, and keep the place of a reader: it is told here that nobody reads.
 */
import type { ApiMiddleware } from '../request.ts';

export const headRequest: ApiMiddleware = (c, next) =>
  c.req.method === 'HEAD' ? withoutBody(c, next) : next();

const withoutBody: ApiMiddleware = async (c, next) => {
  await next();
  await c.res.body?.cancel();
};
