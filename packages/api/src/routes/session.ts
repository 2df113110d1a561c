/** Signing in, signing out, and asking which. All three are public: they are the way to a session. */
import * as v from 'valibot';
import { PASSWORD_LENGTH } from '../auth/password-file.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { clearSessionCookie, setSessionCookie } from '../middleware/authenticate.ts';
import { readBody } from '../middleware/json-body.ts';
import type { OpenStreams } from '../open-streams.ts';
import { clientAddress, type Handler } from '../request.ts';

const SignInSchema = v.strictObject({
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(PASSWORD_LENGTH.max)),
});

export function getSession(): Handler {
  return (c) => c.json({ signedIn: c.get('session') !== undefined });
}

/** Always a new token: one that somebody planted before the sign-in is worth nothing after it. */
export function postSession(signIn: SignIn, maxAgeMs: number): Handler {
  return async (c) => {
    const { password } = await readBody(c, SignInSchema);
    const token = await signIn.signIn(password, clientAddress(c));
    const before = c.get('session');
    if (before !== undefined) await signIn.signOut(before);
    setSessionCookie(c, token, maxAgeMs);
    return c.json({ signedIn: true });
  };
}

/** Fine without a session, too. */
export function deleteSession(signIn: SignIn, streams: OpenStreams): Handler {
  return async (c) => {
    const session = c.get('session');
    if (session !== undefined) {
      await signIn.signOut(session);
      streams.endSession(session);
    }
    clearSessionCookie(c);
    return c.json({ signedIn: false });
  };
}
