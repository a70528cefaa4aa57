// Back from the provider. openid-client checks state, `iss`, PKCE, nonce, and the ID token's signature and times.
import * as client from 'openid-client';
import { NextResponse, type NextRequest } from 'next/server';
import { config, cookieName } from '@/lib/config';
import { cookieOptions, loginCookie, unseal } from '@/lib/login';
import { provider } from '@/lib/provider';
import { LIFETIME_SECONDS, end, open } from '@/lib/sessions';
import { SESSION } from '@/lib/visitor';

export async function GET(request: NextRequest) {
  const back = new URL(`${config().portal}/auth/callback${request.nextUrl.search}`);
  const name = loginCookie(back.searchParams.get('state') ?? '');
  const login = await unseal(request.cookies.get(name)?.value ?? '');
  if (!login) return away('/signed-out?why=unknown', name);
  let tokens;
  try {
    const { oidc } = await provider();
    tokens = await client.authorizationCodeGrant(oidc, back, {
      expectedState: login.state,
      expectedNonce: login.nonce,
      pkceCodeVerifier: login.verifier,
      idTokenExpected: true,
      ...(login.maxAge !== undefined && { maxAge: login.maxAge }),
    });
  } catch (error) {
    const denied = error instanceof client.AuthorizationResponseError && error.error === 'access_denied';
    if (!denied) console.error('a login failed:', error);
    return away(`/signed-out?why=${denied ? 'denied' : 'failed'}`, name);
  }
  // A name of its own for each login: one that was planted in the browser before is worth nothing.
  end(request.cookies.get(cookieName(SESSION))?.value);
  const session = open(tokens);
  const target = new URL(login.returnTo, config().portal);
  if (login.acrValues) target.searchParams.set('asked', '1');
  const response = away(target.pathname + target.search, name);
  response.cookies.set(cookieName(SESSION), session.id, cookieOptions(LIFETIME_SECONDS));
  return response;
}

function away(path: string, used: string) {
  const response = NextResponse.redirect(config().portal + path, 303);
  response.headers.set('cache-control', 'no-store');
  response.cookies.set(used, '', cookieOptions(0));
  return response;
}
