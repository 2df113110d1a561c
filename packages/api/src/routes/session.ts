/** The ways to a session and out of it. All are public but the change of the password. */
import * as v from 'valibot';
import { PASSWORD_LENGTH } from '../auth/password-file.ts';
import type { Origin } from '../auth/sessions.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { clearSessionCookie, setSessionCookie } from '../middleware/authenticate.ts';
import { readBody } from '../middleware/json-body.ts';
import type { OpenStreams } from '../open-streams.ts';
import { clientAddress, type ApiContext, type Handler } from '../request.ts';

const PasswordSchema = v.pipe(v.string(), v.nonEmpty(), v.maxLength(PASSWORD_LENGTH.max));
export const SignInSchema = v.strictObject({ password: PasswordSchema });
export const SetUpSchema = v.strictObject({
  code: v.pipe(v.string(), v.nonEmpty(), v.maxLength(40)),
  password: PasswordSchema,
});
export const ChangeSchema = v.strictObject({ current: PasswordSchema, password: PasswordSchema });

interface Door {
  readonly signIn: SignIn;
  readonly streams: OpenStreams;
  /** How long a browser is to keep the cookie. */
  readonly sessionMs: number;
}

/** `setUp`: no password is set yet, so that the page asks for the code. */
export function getSession(signIn: SignIn): Handler {
  return async (c) => {
    const kind = c.get('caller')?.kind;
    return c.json({
      signedIn: kind === 'session' || kind === 'proxy',
      setUp: !(await signIn.hasPassword()),
    });
  };
}

export function postSession(door: Door): Handler {
  return async (c) => {
    const { password } = await readBody(c, SignInSchema);
    return enter(c, door, await door.signIn.signIn(password, originOf(c)));
  };
}

export function postSetUp(door: Door): Handler {
  return async (c) => {
    const { code, password } = await readBody(c, SetUpSchema);
    return enter(c, door, await door.signIn.setUp(code, password, originOf(c)));
  };
}

/** The password itself, too: a browser that was left open must not be enough. */
export function postPassword(door: Door): Handler {
  return async (c) => {
    const { current, password } = await readBody(c, ChangeSchema);
    return enter(c, door, await door.signIn.changePassword(current, password, originOf(c)));
  };
}

/** Fine without a session, too. */
export function deleteSession({ signIn, streams }: Door): Handler {
  return async (c) => {
    const caller = c.get('caller');
    if (caller?.kind === 'session') await signIn.signOut(caller.id);
    streams.endRevoked();
    clearSessionCookie(c);
    return c.json({ signedIn: caller?.kind === 'proxy' });
  };
}

/** Always a new token: one that somebody planted before the sign-in is worth nothing after it. */
async function enter(
  c: ApiContext,
  { signIn, streams, sessionMs }: Door,
  token: string,
): Promise<Response> {
  const before = c.get('caller');
  if (before?.kind === 'session') await signIn.signOut(before.id);
  streams.endRevoked();
  setSessionCookie(c, token, sessionMs);
  return c.json({ signedIn: true });
}

function originOf(c: ApiContext): Origin {
  return { address: clientAddress(c), userAgent: c.req.header('user-agent') };
}
