// Who asks for a page, and whether they may see it. Every page asks here, at every request.
import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { cookieName } from './config';
import { keepFresh } from './refresh';
import { type Session, find } from './sessions';

export const SESSION = 'portal_session';

/** The session with fresh tokens; `undefined` for who is not signed in, or no longer. Once for each request. */
export const visitor = cache(async (): Promise<Session | undefined> => {
  const session = find((await cookies()).get(cookieName(SESSION))?.value);
  if (!session) return undefined;
  await keepFresh(session);
  return find(session.id);
});

/** Sends who is not signed in to do so, and back. */
export async function signedIn(path: string): Promise<Session> {
  return (await visitor()) ?? redirect(`/auth/login?return_to=${encodeURIComponent(path)}`);
}

/** A page somebody has no permission for is not there. */
export async function permitted(path: string, permission: string): Promise<Session> {
  const session = await signedIn(path);
  if (!session.permissions.includes(permission)) notFound();
  return session;
}
