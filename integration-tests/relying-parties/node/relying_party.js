// A relying party on openid-client. It prints the URL to open, reads the callback URL from its standard input, finishes
// the login, and prints what it learned: one JSON object per line.
import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node 18 has it only as a module
const oidc = await import('openid-client');

const [issuer, clientId, clientSecret, redirectUri, scope] = process.argv.slice(2);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const authentication = clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None();
const config = await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
});

const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
const expectedState = oidc.randomState();
const expectedNonce = oidc.randomNonce();
const url = oidc.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope,
  code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
});
say({ open: url.href });

for await (const line of createInterface({ input: process.stdin })) {
  const tokens = await oidc.authorizationCodeGrant(config, new URL(line), {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  const again = await oidc.fetchUserInfo(config, refreshed.access_token, claims.sub);
  await oidc.tokenRevocation(config, refreshed.refresh_token);
  const afterRevocation = await oidc
    .refreshTokenGrant(config, refreshed.refresh_token)
    .then(() => 'accepted', (error) => error.error ?? String(error));
  say({
    claims,
    userinfo,
    again,
    access_token: tokens.access_token,
    rotated: refreshed.refresh_token !== tokens.refresh_token,
    after_revocation: afterRevocation,
  });
  break;
}
process.exit(0);
