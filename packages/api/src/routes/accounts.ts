/** What the owner sees and takes back: where somebody is signed in, and which tokens there are. No token reaches these. */
import * as v from 'valibot';
import type { Sessions } from '../auth/sessions.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { SCOPES, type Tokens } from '../auth/tokens.ts';
import { readBody } from '../middleware/json-body.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ApiContext, Handler } from '../request.ts';

export const TokenSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty(),
    v.maxLength(60),
    // Something that can be seen comes first, so that the document, which cannot trim, tells the same as the check.
    v.regex(/^ *[!-~\u00a1-\uffff][ -~\u00a0-\uffff]*$/),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES)),
    v.minLength(1),
    v.maxLength(SCOPES.length),
    v.transform((scopes) => [...new Set(scopes)]),
  ),
});

/** The latest used first; `current` is the one that asks. */
export function getSessions(signIn: SignIn): Handler {
  return async (c) => {
    const own = ownSession(c);
    const sessions = await signIn.list();
    return c.json({
      sessions: sessions.map((session) => ({ ...session, current: session.id === own })),
    });
  };
}

/** `revoked` is false when there was none of that id, as when it is revoked a second time. */
export function deleteOneSession(sessions: Sessions, streams: OpenStreams): Handler {
  return async (c) => {
    try {
      return c.json({ revoked: await sessions.end(c.req.param('id') ?? '') });
    } finally {
      // Also when the disk refused: it is revoked here already.
      streams.endRevoked();
    }
  };
}

/** All but the one that asks. */
export function deleteOtherSessions(sessions: Sessions, streams: OpenStreams): Handler {
  return async (c) => {
    try {
      await sessions.endOthers(ownSession(c));
      return c.json({ revoked: true });
    } finally {
      streams.endRevoked();
    }
  };
}

export function getTokens(tokens: Tokens): Handler {
  return (c) => c.json({ tokens: tokens.list() });
}

/** The one answer that holds the token itself. */
export function postToken(tokens: Tokens): Handler {
  return async (c) => {
    const { name, scopes } = await readBody(c, TokenSchema);
    return c.json(await tokens.create(name, scopes), 201);
  };
}

export function deleteToken(tokens: Tokens, streams: OpenStreams): Handler {
  return async (c) => {
    try {
      return c.json({ revoked: await tokens.revoke(c.req.param('id') ?? '') });
    } finally {
      streams.endRevoked();
    }
  };
}

function ownSession(c: ApiContext) {
  const caller = c.get('caller');
  return caller?.kind === 'session' ? caller.id : undefined;
}
