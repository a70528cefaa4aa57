// A login under way: what the browser must bring back, sealed in a cookie of its own so that two tabs do not disturb each other.
import { createHash } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { config, cookieName, secure } from './config';

export interface Login {
  state: string;
  nonce: string;
  verifier: string;
  /** A path of the portal. */
  returnTo: string;
  /** What a sensitive page asked for (RFC 9470). */
  acrValues?: string;
  maxAge?: number;
}

const TEN_MINUTES = 600;
const key = () => createHash('sha256').update(`login ${config().cookieSecret}`).digest();

export const loginCookie = (state: string) => cookieName(`portal_login_${state.slice(0, 12)}`);

export function seal(login: Login): Promise<string> {
  return new EncryptJWT({ ...login })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setExpirationTime(`${TEN_MINUTES} seconds`)
    .encrypt(key());
}

export async function unseal(value: string): Promise<Login | undefined> {
  try {
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    return (await jwtDecrypt<Login>(value, key(), options)).payload;
  } catch {
    return undefined;
  }
}

/** A callback comes from another site by a link, so `Lax` is the strictest that still works. */
export const cookieOptions = (maxAge = TEN_MINUTES) =>
  ({ httpOnly: true, secure: secure(), sameSite: 'lax', path: '/', maxAge }) as const;

/** Only paths of the portal: anything else would make it a springboard to other sites. */
export function ownPath(wanted: string | null): string {
  const base = config().portal;
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, base)) return '/';
  const url = new URL(wanted, base);
  return url.origin === new URL(base).origin ? url.pathname + url.search : '/';
}
