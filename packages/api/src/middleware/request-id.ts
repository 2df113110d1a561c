/** A name for each request, in its answer and in the log: the one that a proxy gave it, if that is harmless, or a new one. */
import { randomUUID } from 'node:crypto';
import { setHeader, type ApiMiddleware } from '../request.ts';

const NAME = 'X-Request-Id';
const HARMLESS = /^[\w=-]{1,64}$/;

export const requestId: ApiMiddleware = (c, next) => {
  const given = c.req.header(NAME);
  const id = given !== undefined && HARMLESS.test(given) ? given : randomUUID();
  c.set('requestId', id);
  setHeader(c, NAME, id);
  return next();
};
