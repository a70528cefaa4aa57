// Who is signed in. Tokens stay on the server; a browser holds nothing but a random name for its session.
//
// The sessions live in this process, which is enough for one replica: a restart asks people to come by the provider again, where they
// are still signed in. For more, keep them in a store all replicas share, and have one refresh at a time hold a lock in it.
import { randomBytes } from 'node:crypto';
import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';

export interface Session {
  id: string;
  /** The login session at the provider, and whose it is: what a logout token names. */
  sid: string;
  sub: string;
  name: string;
  email: string;
  company: string;
  role: string;
  permissions: string[];
  acr: string;
  idToken: string;
  accessToken: string;
  refreshToken: string | undefined;
  /** When the access token ends, in milliseconds. */
  expires: number;
  /** When the browser's cookie ends. */
  ends: number;
  /** A refresh under way, which everybody who comes meanwhile waits for: a refresh token is good once. */
  refreshing: Promise<void> | undefined;
}

type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

export const LIFETIME_SECONDS = 8 * 3600;

// Next.js bundles pages and route handlers apart; what there must be once is kept by the process.
const shared = globalThis as typeof globalThis & { portalSessions?: Map<string, Session>; portalEnded?: Map<string, number> };
const sessions = (shared.portalSessions ??= new Map());
/** Logout tokens that have come, until they could not be used again. */
const ended = (shared.portalEnded ??= new Map());

export function open(tokens: Tokens): Session {
  forgetOld();
  const session: Session = {
    ...empty,
    id: randomBytes(32).toString('base64url'),
    ends: Date.now() + LIFETIME_SECONDS * 1000,
  };
  take(session, tokens);
  sessions.set(session.id, session);
  return session;
}

const empty = {
  sid: '', sub: '', name: '', email: '', company: '', role: '', permissions: [], acr: '',
  idToken: '', accessToken: '', refreshToken: undefined, expires: 0, refreshing: undefined,
} satisfies Partial<Session>;

/** What an answer of the token endpoint says, a first one or a refresh: who it is and what they may do is read anew each time. */
export function take(session: Session, tokens: Tokens) {
  const claims = tokens.claims();
  if (claims) {
    session.sid = text(claims, 'sid');
    session.sub = claims.sub;
    session.name = text(claims, 'name');
    session.email = text(claims, 'email');
    session.company = text(claims, 'company_id');
    session.role = text(claims, 'role');
    session.permissions = list(claims.permissions);
    session.acr = text(claims, 'acr');
    session.idToken = tokens.id_token ?? session.idToken;
  }
  session.accessToken = tokens.access_token;
  session.refreshToken = tokens.refresh_token ?? session.refreshToken;
  session.expires = Date.now() + (tokens.expires_in ?? 60) * 1000;
}

export function find(id: string | undefined): Session | undefined {
  const session = id === undefined ? undefined : sessions.get(id);
  if (session && session.ends > Date.now()) return session;
  if (session) sessions.delete(session.id);
  return undefined;
}

export function end(id: string | undefined) {
  if (id !== undefined) sessions.delete(id);
}

/** Ends the sessions a logout token is about: of one login where it names one, of the person otherwise. */
export function endElsewhere(sub: string | undefined, sid: string | undefined) {
  for (const session of sessions.values()) {
    const meant = sid === undefined ? session.sub === sub : session.sid === sid && (sub === undefined || session.sub === sub);
    if (meant) sessions.delete(session.id);
  }
}

/** Whether this logout token comes for the first time. */
export function firstSeen(jti: string, until: number): boolean {
  forgetOld();
  if (ended.has(jti)) return false;
  ended.set(jti, until);
  return true;
}

function forgetOld() {
  const now = Date.now();
  for (const session of sessions.values()) if (session.ends <= now) sessions.delete(session.id);
  for (const [jti, until] of ended) if (until <= now) ended.delete(jti);
}

const text = (claims: IDToken, name: string) => (typeof claims[name] === 'string' ? claims[name] : '');
const list = (value: unknown) => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
