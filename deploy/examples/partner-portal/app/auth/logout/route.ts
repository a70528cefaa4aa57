// Signs out here and at the provider (RP-Initiated Logout 1.0), which tells its other clients.
import * as client from 'openid-client';
import { NextResponse, type NextRequest } from 'next/server';
import { config, cookieName } from '@/lib/config';
import { cookieOptions } from '@/lib/login';
import { ownForm } from '@/lib/own_form';
import { provider } from '@/lib/provider';
import { end, find } from '@/lib/sessions';
import { SESSION } from '@/lib/visitor';

export async function POST(request: NextRequest) {
  if (!ownForm(request)) return new NextResponse('This form was not sent by the portal.', { status: 403 });
  const session = find(request.cookies.get(cookieName(SESSION))?.value);
  end(session?.id);
  const home = `${config().portal}/signed-out`;
  let target = new URL(home);
  if (session) {
    const { oidc } = await provider();
    target = client.buildEndSessionUrl(oidc, { id_token_hint: session.idToken, post_logout_redirect_uri: home });
  }
  const response = NextResponse.redirect(target, 303);
  response.headers.set('cache-control', 'no-store');
  response.cookies.set(cookieName(SESSION), '', cookieOptions(0));
  return response;
}
