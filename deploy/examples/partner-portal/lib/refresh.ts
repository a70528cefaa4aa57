// Tokens are refreshed a little before they end. A refresh token is good once, and using it twice ends the whole chain: of many
// requests at once one refreshes, and the others wait for it.
import * as client from 'openid-client';
import { config } from './config';
import { provider } from './provider';
import { type Session, end, take } from './sessions';

export async function keepFresh(session: Session) {
  if (session.refreshing || session.expires - Date.now() < config().refreshMargin * 1000) await refresh(session);
}

/** Asks for tokens as the person's rights are now. */
export function refresh(session: Session): Promise<void> {
  session.refreshing ??= renew(session).finally(() => {
    session.refreshing = undefined;
  });
  return session.refreshing;
}

async function renew(session: Session) {
  try {
    if (!session.refreshToken) throw new Error('there is no refresh token');
    const { oidc } = await provider();
    take(session, await client.refreshTokenGrant(oidc, session.refreshToken));
  } catch (error) {
    // Disabled, signed out elsewhere, too old: the provider's no is final. While it cannot be reached, what is still good is used on.
    const refused = error instanceof client.ResponseBodyError && error.status < 500;
    if (refused || session.expires <= Date.now()) end(session.id);
    if (!refused) console.error('the tokens could not be refreshed:', error);
  }
}
