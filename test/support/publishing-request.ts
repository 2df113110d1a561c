/** What a client sends that publishes, read and translated alike for each kind of release server. */
import type { IncomingMessage } from 'node:http';
import type { StoredRelease } from './gitea-json.ts';

export interface SentRelease {
  readonly tag_name?: string;
  readonly name?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
}

/** Rejects when the connection breaks or fewer bytes come than were announced. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}

export async function sentRelease(request: IncomingMessage): Promise<SentRelease> {
  return JSON.parse((await bodyOf(request)).toString()) as SentRelease;
}

/** The members of a stored release that a request changes. */
export function membersOf({ name, body, draft, prerelease }: SentRelease): Partial<StoredRelease> {
  return {
    ...(name === undefined ? {} : { version: name }),
    ...(body === undefined ? {} : { notes: body }),
    ...(draft === undefined ? {} : { draft }),
    ...(prerelease === undefined ? {} : { prerelease }),
  };
}
