// A relying party and a resource server on npm oauth4webapi, which leaves each step to its caller. How it is spoken to:
// conversation.js.
import { ask, equal, goThrough, keyPair, login, refused, register, told } from './conversation.js';

const oauth = await import('oauth4webapi');

const SECRET = 'a-secret-of-some-length';
const loopback = { [oauth.allowInsecureRequests]: true };
let server = await oauth
  .discoveryRequest(new URL(told.issuer), loopback)
  .then((answer) => oauth.processDiscoveryResponse(new URL(told.issuer), answer));
const asOAuth2 = await oauth
  .discoveryRequest(new URL(told.issuer), { ...loopback, algorithm: 'oauth2' })
  .then((answer) => oauth.processDiscoveryResponse(new URL(told.issuer), answer));

/** The client as the library wants to be told of it. */
function known(client) {
  const { client_id, id_token_signed_response_alg, authorization_signed_response_alg, introspection_signed_response_alg } = client;
  return { client_id, id_token_signed_response_alg, authorization_signed_response_alg, introspection_signed_response_alg };
}

async function prepare(client, more = {}) {
  const secrets = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
  const parameters = {
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: told.callback,
    scope: 'openid offline_access email',
    code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
    state: secrets.state,
    nonce: secrets.nonce,
    ...more,
  };
  return { secrets, parameters };
}

function address(parameters) {
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** A code becomes tokens, and the ID token's signature is looked at. */
async function redeem(client, authentication, answer, secrets, options = {}) {
  const send = () =>
    oauth.authorizationCodeGrantRequest(server, client, authentication, answer, told.callback, secrets.verifier, { ...loopback, ...options });
  const process = async () => {
    const response = await send();
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: secrets.nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(server, response, loopback);
    return tokens;
  };
  const tokens = await process().catch((error) => {
    // The library has kept the nonce the server asks for.
    if (!options.DPoP || !oauth.isDPoPNonceError(error)) throw error;
    return process();
  });
  equal(oauth.getValidatedIdTokenClaims(tokens).sub, told.subject, 'sub');
  return tokens;
}

async function userinfo(client, { access_token }, options = {}) {
  const request = () => oauth.userInfoRequest(server, client, access_token, { ...loopback, ...options });
  const process = async () => oauth.processUserInfoResponse(server, client, told.subject, await request());
  const person = await process().catch((error) => {
    if (!options.DPoP || !oauth.isDPoPNonceError(error)) throw error;
    return process();
  });
  equal(person.email, told.email, 'email');
}

async function refresh(client, authentication, { refresh_token }, options = {}) {
  const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, { ...loopback, ...options });
  return oauth.processRefreshTokenResponse(server, client, response);
}

async function metadata() {
  equal(JSON.stringify(asOAuth2) === JSON.stringify(server), true, 'the two documents');
  await refused(async () => {
    const answer = await oauth.discoveryRequest(new URL(told.issuer), loopback);
    return oauth.processDiscoveryResponse(new URL('https://another.example/'), answer);
  }, /issuer/);
}

async function publicWithPkce() {
  const client = known(await register({ token_endpoint_auth_method: 'none' }));
  const { parameters, secrets } = await prepare(client);
  const answer = oauth.validateAuthResponse(server, client, await login(address(parameters)), secrets.state);
  const tokens = await redeem(client, oauth.None(), answer, secrets);
  await userinfo(client, tokens);
  const fresh = await refresh(client, oauth.None(), tokens);
  await userinfo(client, fresh);
  // A code is good once, and whoever tries again ends all that came of it.
  await refused(() => redeem(client, oauth.None(), answer, secrets), /invalid_grant/);
  await refused(() => userinfo(client, fresh), /invalid_token|CHALLENGE/);
  const gone = await oauth.revocationRequest(server, client, oauth.None(), fresh.refresh_token, loopback);
  equal(await oauth.processRevocationResponse(gone), undefined, 'revocation');
}

async function machines() {
  const { jwks, privateKey, kid } = await keyPair('PS256');
  const methods = {
    client_secret_basic: oauth.ClientSecretBasic(SECRET),
    client_secret_post: oauth.ClientSecretPost(SECRET),
    client_secret_jwt: oauth.ClientSecretJwt('a-secret-that-is-long-enough-to-sign-with'),
    private_key_jwt: oauth.PrivateKeyJwt({ key: privateKey, kid }),
  };
  for (const [token_endpoint_auth_method, authentication] of Object.entries(methods)) {
    const signs = token_endpoint_auth_method === 'client_secret_jwt';
    const fields = { token_endpoint_auth_method, grant_types: ['client_credentials'], redirect_uris: [], scope: 'read' };
    const keys = token_endpoint_auth_method === 'private_key_jwt'
      ? { jwks, token_endpoint_auth_signing_alg: 'PS256' }
      : { client_secret: signs ? 'a-secret-that-is-long-enough-to-sign-with' : SECRET };
    const client = known(await register({ ...fields, ...keys }));
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'read' }, loopback);
    const tokens = await oauth.processClientCredentialsResponse(server, client, response);
    equal([tokens.scope, tokens.token_type, tokens.refresh_token], ['read', 'bearer', undefined], token_endpoint_auth_method);
    await refused(async () => {
      const more = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'write' }, loopback);
      return oauth.processClientCredentialsResponse(server, client, more);
    }, /invalid_scope/);
  }
}

async function hybrid() {
  const fields = { response_types: ['code id_token'], grant_types: ['authorization_code', 'implicit', 'refresh_token'], client_secret: SECRET };
  const client = known(await register(fields));
  const authentication = oauth.ClientSecretBasic(SECRET);
  for (const more of [{}, { response_mode: 'form_post' }]) {
    const { parameters, secrets } = await prepare(client, { response_type: 'code id_token', ...more });
    const back = await login(address(parameters));
    const copies = [0, 1].map(() => (back instanceof Request ? back.clone() : back));
    const answer = await oauth.validateCodeIdTokenResponse(server, client, copies[0], secrets.nonce, secrets.state, undefined, loopback);
    await refused(() => oauth.validateCodeIdTokenResponse(server, client, copies[1], 'another-nonce', secrets.state, undefined, loopback), /nonce/);
    await redeem(client, authentication, answer, secrets);
  }
}

async function pushedAndSigned() {
  const { jwks, privateKey, kid } = await keyPair('ES256');
  const key = { key: privateKey, kid };
  const fields = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', request_object_signing_alg: 'ES256' };
  const more = { jwks, require_signed_request_object: true, require_pushed_authorization_requests: true, authorization_signed_response_alg: 'PS256' };
  const client = known(await register({ ...fields, ...more }));
  const authentication = oauth.PrivateKeyJwt(key);
  server = { ...server }; // the library keeps keys for a minute, and the one for PS256 is new
  const { parameters, secrets } = await prepare(client, { response_mode: 'jwt' });
  const request = await oauth.issueRequestObject(server, client, parameters, key);
  const response = await oauth.pushedAuthorizationRequest(server, client, authentication, { client_id: client.client_id, request }, loopback);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, response);
  const back = await login(address({ client_id: client.client_id, request_uri }));
  const answer = await oauth.validateJwtAuthResponse(server, client, back, secrets.state, loopback);
  await refused(() => oauth.validateJwtAuthResponse(server, { ...client, authorization_signed_response_alg: 'RS256' }, back, secrets.state, loopback), /alg/);
  await refused(() => oauth.validateJwtAuthResponse(server, { client_id: 'another' }, back, secrets.state, loopback), /aud|alg/);
  const tokens = await redeem(client, authentication, answer, secrets);
  await userinfo(client, tokens);
}

async function proofOfPossession() {
  const client = known(await register({ client_secret: SECRET }));
  const authentication = oauth.ClientSecretBasic(SECRET);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const { parameters, secrets } = await prepare(client, { dpop_jkt: await DPoP.calculateThumbprint() });
  const answer = oauth.validateAuthResponse(server, client, await login(address(parameters)), secrets.state);
  const thief = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) };
  await refused(() => redeem(client, authentication, answer, secrets, thief), /invalid_/);
  const tokens = await redeem(client, authentication, answer, secrets, { DPoP });
  equal(tokens.token_type, 'dpop', 'token_type');
  await userinfo(client, tokens, { DPoP });
  await userinfo(client, await refresh(client, authentication, tokens, { DPoP }), { DPoP });
  await refused(() => userinfo(client, tokens), /CHALLENGE|invalid_token/);
}

async function device() {
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const client = known(await register({ grant_types: [grant, 'refresh_token'], client_secret: SECRET }));
  const authentication = oauth.ClientSecretBasic(SECRET);
  const response = await oauth.deviceAuthorizationRequest(server, client, authentication, { scope: 'openid email' }, loopback);
  const begun = await oauth.processDeviceAuthorizationResponse(server, client, response);
  const poll = async () =>
    oauth.processDeviceCodeResponse(server, client, await oauth.deviceCodeGrantRequest(server, client, authentication, begun.device_code, loopback));
  await refused(poll, /authorization_pending/);
  await ask({ device: begun.verification_uri_complete, code: begun.user_code });
  await new Promise((resolve) => setTimeout(resolve, begun.interval * 1000));
  const tokens = await poll();
  equal(oauth.getValidatedIdTokenClaims(tokens).sub, told.subject, 'sub');
  await userinfo(client, tokens);
}

/** A resource server asks what a token is worth, and gets its answer signed (RFC 9701). */
async function introspection() {
  const fields = { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post', introspection_signed_response_alg: 'ES256' };
  const client = known(await register({ ...fields, grant_types: ['client_credentials'], scope: 'read' }));
  const authentication = oauth.ClientSecretPost(SECRET);
  const issued = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'read' }, loopback);
  const { access_token } = await oauth.processClientCredentialsResponse(server, client, issued);
  // The endpoint is the operator's, and so is the key to it.
  const closed = { ...server, introspection_endpoint: `${told.admin}/admin/oauth2/introspect` };
  const asOperator = async (as, client, body, headers) => {
    await authentication(as, client, body, headers);
    headers.set('authorization', `Bearer ${told.key}`);
  };
  for (const [asks, requestJwtResponse] of [[client, true], [{ client_id: client.client_id }, false]]) {
    const response = await oauth.introspectionRequest(closed, asks, asOperator, access_token, { ...loopback, requestJwtResponse });
    const seen = await oauth.processIntrospectionResponse(closed, asks, response);
    if (requestJwtResponse) await oauth.validateApplicationLevelSignature(closed, response, loopback);
    equal([seen.active, seen.scope, seen.client_id], [true, 'read', client.client_id], 'introspection');
  }
}

/** A resource server reads the token by itself (RFC 9068), and has a bound one proven (RFC 9449 7.1). */
async function resourceServer() {
  const audience = 'https://api.example';
  const client = known(await register({ client_secret: SECRET, access_token_strategy: 'jwt', audience: [audience] }));
  const authentication = oauth.ClientSecretBasic(SECRET);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  for (const options of [{}, { DPoP }]) {
    const { parameters, secrets } = await prepare(client, { audience });
    const answer = oauth.validateAuthResponse(server, client, await login(address(parameters)), secrets.state);
    const { access_token, id_token } = await redeem(client, authentication, answer, secrets, options);
    const heard = async (token) => {
      let request;
      const hear = async (url, options) => {
        request = new Request(url, options);
        return new Response();
      };
      const more = { ...loopback, ...options, [oauth.customFetch]: hear };
      await oauth.protectedResourceRequest(token, 'GET', new URL('http://127.0.0.1:5555/orders'), undefined, undefined, more);
      return request;
    };
    const read = async (token, audience) => oauth.validateJwtAccessToken(server, await heard(token), audience, loopback);
    const claims = await read(access_token, audience);
    equal([claims.sub, claims.client_id, typeof claims.scope], [told.subject, client.client_id, 'string'], 'the access token');
    await refused(() => read(access_token, 'https://another.example'), /aud/);
    await refused(() => read(id_token, audience), /typ/);
  }
}

async function registersItself() {
  const metadata = { redirect_uris: [told.callback], grant_types: ['authorization_code'], scope: 'openid email' };
  const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(server, metadata, loopback));
  const { parameters, secrets } = await prepare(client, { scope: 'openid email' });
  const answer = oauth.validateAuthResponse(server, client, await login(address(parameters)), secrets.state);
  await userinfo(client, await redeem(client, oauth.ClientSecretBasic(client.client_secret), answer, secrets));
}

/** What the server did not say is refused. */
async function tampered() {
  const client = known(await register({ token_endpoint_auth_method: 'none' }));
  const { parameters, secrets } = await prepare(client);
  const back = await login(address(parameters));
  const with_ = (name, value) => {
    const url = new URL(back);
    url.searchParams.set(name, value);
    return url;
  };
  const validate = async (url, state = secrets.state) => oauth.validateAuthResponse(server, client, url, state);
  await refused(() => validate(back, 'another-state'), /state/);
  await refused(() => validate(with_('iss', 'https://evil.example')), /iss/);
  await refused(() => validate(with_('error', 'access_denied')), /access_denied/);
  const answer = await validate(back);
  const stolen = { ...secrets, verifier: oauth.generateRandomCodeVerifier() };
  await refused(() => redeem(client, oauth.None(), answer, stolen), /invalid_grant/);
  const second = await prepare(client);
  const good = await validate(await login(address(second.parameters)), second.secrets.state);
  await refused(() => redeem(client, oauth.None(), good, { ...second.secrets, nonce: 'another-nonce' }), /nonce/);
  const third = await prepare(client);
  const other = await validate(await login(address(third.parameters)), third.secrets.state);
  await refused(() => redeem({ ...client, id_token_signed_response_alg: 'ES256' }, oauth.None(), other, third.secrets), /alg/);
}

await goThrough({
  metadata,
  publicWithPkce,
  machines,
  hybrid,
  pushedAndSigned,
  proofOfPossession,
  device,
  introspection,
  resourceServer,
  registersItself,
  tampered,
});
