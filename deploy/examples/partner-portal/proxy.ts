// Stands before every page: a Content Security Policy with a nonce of its own for each answer, which Next.js puts on its scripts.
import { randomBytes } from 'node:crypto';
import { NextResponse, type NextRequest } from 'next/server';
import { config as settings } from '@/lib/config';

export function proxy(request: NextRequest) {
  const nonce = randomBytes(16).toString('base64');
  const policy = policyWith(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

function policyWith(nonce: string): string {
  const { issuer, account } = settings();
  const evaluates = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${evaluates}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    // The form that signs out leads on to the provider and its pages.
    `form-action 'self' ${issuer.origin} ${new URL(account).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = { matcher: ['/((?!_next/static|icon.svg|health).*)'] };
