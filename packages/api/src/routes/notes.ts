/** `GET /api/update/notes`: what changes, as HTML, of each version between what runs and what is offered, newest first. */
import type { Status, Version } from '@pikit/protocol';
import type { StatusFeed } from '../agent/status-feed.ts';
import { renderNotes } from '../notes-html.ts';
import type { Handler } from '../request.ts';

interface Notes {
  readonly version: Version;
  readonly html: string;
}

/** More than an agent sends: another one may bound them otherwise. */
const MAX_RELEASES = 21;

/** Rendered once for all readers, for as long as the notes stay the same. */
export function getNotes(feed: Pick<StatusFeed, 'current'>): Handler {
  let last: { readonly of: string; readonly releases: readonly Notes[] } | undefined;
  return async (c) => {
    const texts = textsOf(await feed.current());
    const of = JSON.stringify(texts);
    if (last?.of !== of) {
      const releases = texts.map(({ version, notes }) => ({ version, html: renderNotes(notes) }));
      last = { of, releases };
    }
    return c.json({ releases: last.releases });
  };
}

function textsOf({ offered }: Pick<Status, 'offered'>) {
  if (offered === null) return [];
  const { version, notes, earlier } = offered;
  return [{ version, notes: notes ?? '' }, ...earlier]
    .filter((release) => release.notes.trim() !== '')
    .slice(0, MAX_RELEASES);
}
