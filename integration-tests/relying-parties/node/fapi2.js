// A relying party on npm openid-client that keeps to the FAPI 2.0 Security Profile and to FAPI 2.0 Message Signing, at a server
// that keeps everybody to them. How it is spoken to: conversation.js.
import { equal, goThrough, introspect, keyPair, login, refused, register, told } from './conversation.js';

const oidc = await import('openid-client');

/** A client that signs by this algorithm, and the library told of it. */
async function known(alg, metadata = {}, ...execute) {
  const { jwks, privateKey, kid } = await keyPair(alg);
  const fields = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg, jwks };
  // The server itself signs by the older of the two names.
  const id_token_signed_response_alg = alg === 'Ed25519' ? 'EdDSA' : alg;
  const client = await register({ ...fields, id_token_signed_response_alg, ...metadata });
  const key = { key: privateKey, kid };
  // FAPI 2.0 5.3.2.1: the audience is the issuer, and a text.
  const authentication = oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (_, payload) => (payload.aud = told.issuer) });
  const { authorization_signed_response_alg } = metadata;
  const config = await oidc.discovery(
    new URL(told.issuer),
    client.client_id,
    { id_token_signed_response_alg, ...(authorization_signed_response_alg && { authorization_signed_response_alg }) },
    authentication,
    { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...execute] },
  );
  return { config, key, client };
}

async function prepare() {
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const parameters = {
    redirect_uri: told.callback,
    scope: 'openid offline_access email',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  };
  return { parameters, checks };
}

const possession = async (config) => ({ DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) });

/** What the tokens are good for, and in whose hands. */
async function use(config, tokens, options) {
  equal([tokens.token_type, tokens.claims().sub], ['dpop', told.subject], 'the tokens');
  equal((await oidc.fetchUserInfo(config, tokens.access_token, told.subject, options)).email, told.email, 'email');
  equal(Object.keys((await introspect(tokens.access_token)).cnf), ['jkt'], 'cnf');
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  await oidc.fetchUserInfo(config, fresh.access_token, told.subject, options);
}

async function securityProfile() {
  for (const alg of ['PS256', 'ES256', 'Ed25519']) {
    const { config } = await known(alg);
    const options = await possession(config);
    const { parameters, checks } = await prepare();
    const back = await login(await oidc.buildAuthorizationUrlWithPAR(config, parameters, options));
    const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, options);
    await use(config, tokens, options);
  }
}

async function messageSigning() {
  const signed = { request_object_signing_alg: 'PS256', authorization_signed_response_alg: 'PS256', require_signed_request_object: true };
  const { config, key } = await known('PS256', signed, oidc.useJwtResponseMode);
  const options = await possession(config);
  const { parameters, checks } = await prepare();
  const object = await oidc.buildAuthorizationUrlWithJAR(config, parameters, key);
  const back = await login(await oidc.buildAuthorizationUrlWithPAR(config, object.searchParams, options));
  equal([...back.searchParams.keys()], ['response'], 'the answer');
  await use(config, await oidc.authorizationCodeGrant(config, back, checks, undefined, options), options);
}

/** What others may do, and nobody here. */
async function whatTheProfileForbids() {
  const { config, client } = await known('PS256');
  const { parameters } = await prepare();
  const options = await possession(config);
  const back = await login(oidc.buildAuthorizationUrl(config, parameters));
  await refused(() => oidc.authorizationCodeGrant(config, back, { expectedState: parameters.state }), /invalid_request/);
  const { code_challenge, code_challenge_method, ...bare } = parameters;
  await refused(() => oidc.buildAuthorizationUrlWithPAR(config, bare, options), /invalid_request/);
  const second = await prepare();
  const url = await oidc.buildAuthorizationUrlWithPAR(config, second.parameters, options);
  const answer = await login(url);
  // Without the proof the code is bound to nothing is issued, and the code is not spent.
  await refused(() => oidc.authorizationCodeGrant(config, answer, second.checks), /invalid_grant/);
  await oidc.authorizationCodeGrant(config, answer, second.checks, undefined, options);
  const hybrid = { ...(await prepare()).parameters, response_type: 'code id_token' };
  await refused(() => oidc.buildAuthorizationUrlWithPAR(config, hybrid, options), /unsupported_response_type|invalid_request/);
  const rs256 = await register({ client_secret: 'a-secret-of-some-length' });
  const weak = await oidc.discovery(new URL(told.issuer), rs256.client_id, undefined, oidc.ClientSecretBasic('a-secret-of-some-length'), {
    execute: [oidc.allowInsecureRequests],
  });
  await refused(() => oidc.buildAuthorizationUrlWithPAR(weak, parameters), /invalid_client|CHALLENGE/);
  equal(config.serverMetadata().require_pushed_authorization_requests, true, client.client_id);
}

await goThrough({ securityProfile, messageSigning, whatTheProfileForbids });
