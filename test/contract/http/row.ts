/** One requirement of the table, and the words in which every row asks for a refusal. */
import { ERROR_CODES, type ErrorCode } from '@pikit/protocol';
import { expect } from 'vitest';
import type { ApiOptions, Reply, RunningApi } from './running-api.ts';

export interface Row {
  /** Of OWASP's ASVS 4.0.3, or `own` where that has no such sentence. */
  readonly id: string;
  readonly requires: string;
  /** A process of its own, for what would disturb the other rows. */
  readonly with?: ApiOptions;
  readonly holds: (api: RunningApi) => Promise<void>;
}

/** Expects a problem document, whole and with nothing else in it. */
export function expectProblem(
  reply: Reply,
  status: number,
  code: ErrorCode,
  details: Readonly<Record<string, unknown>> = {},
): void {
  const document = expectAnyProblem(reply);
  expect([reply.status, document['code']], reply.text).toEqual([status, code]);
  expect(document['details']).toMatchObject(details);
}

/** One of the closed list, under the request's id, and of nothing that happens inside. */
export function expectAnyProblem(reply: Reply): Readonly<Record<string, unknown>> {
  expect(reply.headers['content-type'], reply.text).toBe('application/problem+json');
  const document = JSON.parse(reply.text) as Readonly<Record<string, unknown>>;
  const members = ['type', 'title', 'status', 'code', 'details', 'requestId'];
  expect(Object.keys(document)).toEqual(members);
  expect(document['status']).toBe(reply.status);
  expect(ERROR_CODES).toContain(document['code']);
  expect(document['requestId']).toBe(reply.headers['x-request-id']);
  expect(reply.headers['cache-control']).toBe('no-store');
  const waits = reply.status === 429 || reply.status === 503;
  expect(Number(reply.headers['retry-after']) > 0).toBe(waits);
  expect(reply.text).not.toMatch(
    / at |node:|node_modules|\.m?[jt]s\b|\/(?:home|root|usr|dev|tmp|work)\//,
  );
  return document;
}
