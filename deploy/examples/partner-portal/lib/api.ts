// The API behind the portal. It checks the access token by itself: that a page shows a link is no permission.
import { notFound, redirect } from 'next/navigation';
import { type Challenge, challenge } from './challenge';
import { config } from './config';
import { refresh } from './refresh';
import { type Session, find } from './sessions';

export type Answer<T> = { data: T; stepUp?: never } | { data?: never; stepUp: Challenge };

/** What the API answers below the path of the page that asks, or the fresher or stronger login it asks for (RFC 9470). */
export async function ask<T>(session: Session, path: string): Promise<Answer<T>> {
  let response = await send(session, path);
  let told = challenge(response);
  if (told?.error === 'invalid_token') {
    await refresh(session);
    if (!find(session.id)) redirect(`/auth/login?return_to=${encodeURIComponent(path)}`);
    response = await send(session, path);
    told = challenge(response);
  }
  if (told?.error === 'insufficient_user_authentication') return { stepUp: told };
  if (response.status === 403) notFound();
  if (!response.ok) throw new Error(`the API answered ${path} with status ${response.status}`);
  return { data: (await response.json()) as T };
}

function send(session: Session, path: string) {
  const headers = { authorization: `Bearer ${session.accessToken}`, accept: 'application/json' };
  return fetch(config().api + path, { headers, cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(10_000) });
}
