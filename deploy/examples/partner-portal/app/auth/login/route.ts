// Sends the browser to the provider: PKCE, state and nonce are made here and kept in a sealed cookie.
import * as client from 'openid-client';
import { NextResponse, type NextRequest } from 'next/server';
import { config } from '@/lib/config';
import { type Login, cookieOptions, loginCookie, ownPath, seal } from '@/lib/login';
import { SCOPE, provider } from '@/lib/provider';

export async function GET(request: NextRequest) {
  const asked = request.nextUrl.searchParams;
  const [acrValues, maxAge] = [asked.get('acr_values'), asked.get('max_age')];
  const login: Login = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
    returnTo: ownPath(asked.get('return_to')),
    ...(acrValues && { acrValues }),
    ...(maxAge && /^\d{1,9}$/.test(maxAge) && { maxAge: Number(maxAge) }),
  };
  const { oidc } = await provider();
  const url = client.buildAuthorizationUrl(oidc, {
    redirect_uri: `${config().portal}/auth/callback`,
    scope: SCOPE,
    resource: config().resource,
    state: login.state,
    nonce: login.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: 'S256',
    ...(login.acrValues && { acr_values: login.acrValues }),
    ...(login.maxAge !== undefined && { max_age: String(login.maxAge) }),
  });
  const response = NextResponse.redirect(url, 303);
  response.headers.set('cache-control', 'no-store');
  response.cookies.set(loginCookie(login.state), await seal(login), cookieOptions());
  return response;
}
