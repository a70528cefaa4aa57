// Logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6).
import { type JWTVerifyGetKey, jwtVerify } from 'jose';

export interface LogoutToken {
  jti: string;
  sub: string | undefined;
  sid: string | undefined;
  /** When it ends, in milliseconds. */
  until: number;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What a logout token says; an error says why it is none. */
export async function verifyLogoutToken(token: string, keys: JWTVerifyGetKey, expected: { issuer: string; audience: string }): Promise<LogoutToken> {
  const { payload } = await jwtVerify(token, keys, {
    ...expected,
    // Its type keeps an ID token from passing for one. A client that registers another algorithm names it here.
    typ: 'logout+jwt',
    algorithms: ['RS256'],
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxTokenAge: '3 minutes',
    clockTolerance: 10,
  });
  const { jti, sub, sid, exp, events } = payload;
  if (typeof events !== 'object' || events === null || !(EVENT in events)) throw new Error('the event is none of a logout');
  if ('nonce' in payload) throw new Error('a logout token has no nonce');
  if (sid !== undefined && typeof sid !== 'string') throw new Error('sid is no text');
  if (sub === undefined && sid === undefined) throw new Error('neither sub nor sid');
  return { jti: jti!, sub, sid, until: exp! * 1000 + 10_000 };
}
