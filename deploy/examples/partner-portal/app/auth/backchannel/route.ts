// Told by the provider, from server to server, that somebody has signed out elsewhere (Back-Channel Logout 1.0).
import { NextResponse, type NextRequest } from 'next/server';
import { config } from '@/lib/config';
import { verifyLogoutToken } from '@/lib/logout_token';
import { provider } from '@/lib/provider';
import { endElsewhere, firstSeen } from '@/lib/sessions';

const headers = { 'cache-control': 'no-store' };

export async function POST(request: NextRequest) {
  try {
    const token = (await request.formData()).get('logout_token');
    if (typeof token !== 'string') throw new Error('there is no logout_token');
    const { oidc, keys } = await provider();
    const told = await verifyLogoutToken(token, keys, { issuer: oidc.serverMetadata().issuer, audience: config().clientId });
    // Told twice is told: the provider tries again when it has not heard our answer.
    if (firstSeen(told.jti, told.until)) endElsewhere(told.sub, told.sid);
    return new NextResponse(null, { status: 200, headers });
  } catch (error) {
    console.error('a logout token is refused:', error instanceof Error ? error.message : error);
    return NextResponse.json({ error: 'invalid_request' }, { status: 400, headers });
  }
}
