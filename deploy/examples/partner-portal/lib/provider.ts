// The OpenID provider, through openid-client.
import { createRemoteJWKSet, customFetch as joseFetch } from 'jose';
import * as client from 'openid-client';
import { config } from './config';

export const SCOPE = 'openid offline_access profile email';

interface Provider {
  oidc: client.Configuration;
  keys: ReturnType<typeof createRemoteJWKSet>;
}

// Next.js bundles pages and route handlers apart, each with an openid-client of its own: each has to have its own configuration, too.
let known: Promise<Provider> | undefined;

/** Its metadata and keys. A discovery that fails is tried again by whoever comes next. */
export function provider(): Promise<Provider> {
  known ??= discover().catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function discover(): Promise<Provider> {
  const { issuer, clientId, clientSecret } = config();
  const execute = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const authentication = client.ClientSecretBasic(clientSecret);
  const oidc = await client.discovery(issuer, clientId, undefined, authentication, { execute, [client.customFetch]: reach });
  const { jwks_uri } = oidc.serverMetadata();
  if (!jwks_uri) throw new Error('the provider names no keys');
  return { oidc, keys: createRemoteJWKSet(new URL(jwks_uri), { [joseFetch]: reach }) };
}

/** Goes where the issuer is reached from here. */
const reach = ((input: string | URL, options?: RequestInit) => {
  const { issuer, issuerInternal } = config();
  const url = new URL(input);
  if (issuerInternal && url.origin === issuer.origin) {
    url.protocol = issuerInternal.protocol;
    url.host = issuerInternal.host;
  }
  return fetch(url, { ...options, cache: 'no-store' });
}) as client.CustomFetch & typeof fetch;
