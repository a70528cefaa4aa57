// A relying party on npm openid-client: every grant, every way to authenticate and every protection the library knows, and what
// it must refuse. How it is spoken to: conversation.js.
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import { admin, ask, equal, goThrough, introspect, jose, keyPair, login, refused, register, told } from './conversation.js';

const oidc = await import('openid-client');

// A 401 to HTTP Basic is a challenge, and the library looks no further.
const UNKNOWN = /invalid_client|CHALLENGE/;
const GRANT = 'urn:ietf:params:oauth:grant-type:';
const METADATA = ['id_token_signed_response_alg', 'userinfo_signed_response_alg', 'authorization_signed_response_alg'];

/** The library, told of a client. */
async function discover(client, authentication, ...execute) {
  const metadata = { require_signed_request_object: client.require_signed_request_object };
  for (const name of METADATA) if (client[name] && client[name] !== 'none') metadata[name] = client[name];
  return oidc.discovery(new URL(told.issuer), client.client_id, metadata, authentication, {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...execute],
  });
}

/** The parameters of a request, and what to expect of its answer. */
async function prepare(more = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  };
  const parameters = {
    redirect_uri: told.callback,
    scope: 'openid offline_access profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  };
  return { parameters, checks };
}

/** A whole login: tokens, and userinfo of the same person. */
async function signIn(config, { more, build = oidc.buildAuthorizationUrl, options, extra } = {}) {
  const { parameters, checks } = await prepare(more);
  const back = await login(await build(config, parameters, extra ?? options));
  const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, options);
  equal(tokens.claims().sub, told.subject, 'sub');
  const person = await oidc.fetchUserInfo(config, tokens.access_token, told.subject, options);
  equal(person.email, told.email, 'email');
  return tokens;
}

async function refresh(config, tokens, options) {
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  equal(fresh.refresh_token === tokens.refresh_token, false, 'the refresh token stays the same');
  await oidc.fetchUserInfo(config, fresh.access_token, told.subject, options);
  return fresh;
}

const publicClient = () => register({ token_endpoint_auth_method: 'none' });
const machine = (fields) => register({ grant_types: ['client_credentials'], scope: 'read', redirect_uris: [], ...fields });

async function publicWithPkce() {
  const config = await discover(await publicClient(), oidc.None());
  const fresh = await refresh(config, await signIn(config));
  await oidc.tokenRevocation(config, fresh.refresh_token);
  await refused(() => oidc.refreshTokenGrant(config, fresh.refresh_token), /invalid_grant/);
}

/** A confidential client by each of its methods; each token is introspected. */
async function authenticates() {
  const secret = 'a-secret-with-:+%-and-ü-of-length-32';
  const methods = { client_secret_basic: oidc.ClientSecretBasic, client_secret_post: oidc.ClientSecretPost, client_secret_jwt: oidc.ClientSecretJwt };
  for (const [token_endpoint_auth_method, authentication] of Object.entries(methods)) {
    const client = await machine({ token_endpoint_auth_method, client_secret: secret });
    const config = await discover(client, authentication(secret));
    const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'read' });
    equal((await introspect(access_token)).client_id, client.client_id, token_endpoint_auth_method);
    const other = await discover(client, authentication('another-secret-of-the-same-length-32'));
    await refused(() => oidc.clientCredentialsGrant(other, { scope: 'read' }), UNKNOWN);
  }
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
    const { jwks, privateKey, kid } = await keyPair(alg);
    const fields = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg, jwks };
    const client = await machine(fields);
    const config = await discover(client, oidc.PrivateKeyJwt({ key: privateKey, kid }));
    const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'read' });
    equal((await introspect(access_token)).active, true, alg);
    await oidc.tokenRevocation(config, access_token);
    equal((await introspect(access_token)).active, false, alg);
    const stranger = await keyPair(alg);
    const other = await discover(client, oidc.PrivateKeyJwt({ key: stranger.privateKey, kid }));
    await refused(() => oidc.clientCredentialsGrant(other, { scope: 'read' }), UNKNOWN);
  }
}

/** Each signature an ID token may have. */
async function signatures() {
  for (const alg of ['PS256', 'ES256', 'EdDSA']) {
    const fields = { token_endpoint_auth_method: 'none', id_token_signed_response_alg: alg, userinfo_signed_response_alg: alg };
    const config = await discover(await register(fields), oidc.None());
    const tokens = await signIn(config);
    equal(jose.decodeProtectedHeader(tokens.id_token).alg, alg, 'alg');
  }
}

async function hybrid() {
  for (const response_mode of [undefined, 'form_post']) {
    const client = await register({ response_types: ['code id_token'], grant_types: ['authorization_code', 'implicit', 'refresh_token'], client_secret: 'a-secret-of-some-length' });
    const config = await discover(client, oidc.ClientSecretBasic('a-secret-of-some-length'), oidc.useCodeIdTokenResponseType);
    await signIn(config, { more: response_mode && { response_mode } });
  }
}

async function implicit() {
  for (const response_mode of [undefined, 'form_post']) {
    const client = await register({ response_types: ['id_token'], grant_types: ['implicit'], token_endpoint_auth_method: 'none', scope: 'openid email' });
    const config = await discover(client, oidc.None(), oidc.useIdTokenResponseType);
    const expectedState = oidc.randomState();
    const nonce = oidc.randomNonce();
    const parameters = { redirect_uri: told.callback, scope: 'openid email', state: expectedState, nonce, ...(response_mode && { response_mode }) };
    const back = await login(oidc.buildAuthorizationUrl(config, parameters));
    const again = back instanceof Request ? back.clone() : back;
    const claims = await oidc.implicitAuthentication(config, back, nonce, { expectedState });
    equal(claims.sub, told.subject, 'sub');
    await refused(() => oidc.implicitAuthentication(config, again, 'another-nonce', { expectedState }), /nonce/);
  }
}

async function pushed() {
  const client = await register({ client_secret: 'a-secret-of-some-length', require_pushed_authorization_requests: true });
  const config = await discover(client, oidc.ClientSecretBasic('a-secret-of-some-length'));
  await signIn(config, { build: oidc.buildAuthorizationUrlWithPAR });
}

async function requestObjects() {
  const { jwks, privateKey, kid } = await keyPair('ES256');
  const fields = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks };
  const signed = { request_object_signing_alg: 'ES256', require_signed_request_object: true };
  const key = { key: privateKey, kid };
  const config = await discover(await register({ ...fields, ...signed }), oidc.PrivateKeyJwt(key));
  await signIn(config, { build: oidc.buildAuthorizationUrlWithJAR, extra: key });
  // A signed request, pushed.
  const both = async (config, parameters) => {
    const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, key);
    return oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
  };
  await signIn(config, { build: both });
}

async function signedAnswers() {
  const fields = { client_secret: 'a-secret-of-some-length', authorization_signed_response_alg: 'ES256' };
  const config = await discover(await register(fields), oidc.ClientSecretPost('a-secret-of-some-length'), oidc.useJwtResponseMode);
  await refused(() => signIn(config), UNKNOWN); // registered for Basic
  const right = await discover(await register(fields), oidc.ClientSecretBasic('a-secret-of-some-length'), oidc.useJwtResponseMode);
  await signIn(right);
  await signIn(right, { build: oidc.buildAuthorizationUrlWithPAR });
}

async function proofOfPossession() {
  for (const alg of ['ES256', 'PS256', 'Ed25519']) {
    const config = await discover(await publicClient(), oidc.None());
    const options = { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg)) };
    const tokens = await signIn(config, { options });
    equal(tokens.token_type, 'dpop', 'token_type');
    await refresh(config, tokens, options);
    const thief = { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) };
    await refused(() => oidc.fetchUserInfo(config, tokens.access_token, told.subject, thief), /invalid_token|401/);
    await refused(() => oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, thief), /invalid_/);
  }
}

async function encryptedAnswers() {
  for (const [alg, enc] of [['RSA-OAEP-256', 'A256GCM'], ['RSA-OAEP', 'A128CBC-HS256'], ['ECDH-ES', 'A128GCM'], ['ECDH-ES+A256KW', 'A256CBC-HS512']]) {
    const { jwks, privateKey, kid } = await keyPair(alg, 'enc');
    const config = await discover(
      await register({
        client_secret: 'a-secret-of-some-length',
        jwks,
        id_token_encrypted_response_alg: alg,
        id_token_encrypted_response_enc: enc,
        userinfo_signed_response_alg: 'RS256',
        userinfo_encrypted_response_alg: alg,
        userinfo_encrypted_response_enc: enc,
      }),
      oidc.ClientSecretBasic('a-secret-of-some-length'),
    );
    oidc.enableDecryptingResponses(config, [enc], { key: privateKey, kid, alg: alg.startsWith('ECDH') ? alg : undefined });
    await signIn(config);
  }
}

async function device() {
  const client = await register({ grant_types: [`${GRANT}device_code`, 'refresh_token'], token_endpoint_auth_method: 'none' });
  const config = await discover(client, oidc.None());
  const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid offline_access' });
  await ask({ device: begun.verification_uri_complete, code: begun.user_code });
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, begun);
  equal(tokens.claims().sub, told.subject, 'sub');
  await refresh(config, tokens);
}

async function exchange() {
  const client = await register({ client_secret: 'a-secret-of-some-length', grant_types: ['authorization_code', `${GRANT}token-exchange`] });
  const config = await discover(client, oidc.ClientSecretBasic('a-secret-of-some-length'));
  const { access_token } = await signIn(config);
  const parameters = { subject_token: access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', scope: 'profile' };
  const less = await oidc.genericGrantRequest(config, `${GRANT}token-exchange`, parameters);
  equal(less.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token', 'issued_token_type');
  const seen = await introspect(less.access_token);
  equal([seen.sub, seen.scope], [told.subject, 'profile'], 'the new token');
  await refused(() => oidc.genericGrantRequest(config, `${GRANT}token-exchange`, { ...parameters, scope: 'read' }), /invalid_scope/);
}

async function assertion() {
  const { jwks, privateKey, kid } = await keyPair('ES256');
  const issuer = 'https://elsewhere.example';
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  await admin('POST', '/trust/grants/jwt-bearer/issuers', { issuer, subject: 'robot', scope: ['read'], expires_at, jwk: jwks.keys[0] });
  const client = await machine({ client_secret: 'a-secret-of-some-length', grant_types: [`${GRANT}jwt-bearer`] });
  const config = await discover(client, oidc.ClientSecretBasic('a-secret-of-some-length'));
  const { token_endpoint } = config.serverMetadata();
  const sign = (subject) =>
    new jose.SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).setIssuer(issuer).setSubject(subject).setAudience(token_endpoint)
      .setIssuedAt().setExpirationTime('5m').setJti(oidc.randomState()).sign(privateKey);
  const tokens = await oidc.genericGrantRequest(config, `${GRANT}jwt-bearer`, { assertion: await sign('robot'), scope: 'read' });
  equal((await introspect(tokens.access_token)).sub, 'robot', 'sub');
  await refused(async () => oidc.genericGrantRequest(config, `${GRANT}jwt-bearer`, { assertion: await sign('king') }), /invalid_grant/);
}

async function registersItself() {
  const metadata = { redirect_uris: [told.callback], scope: 'openid offline_access profile email', grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_post' };
  const config = await oidc.dynamicClientRegistration(new URL(told.issuer), metadata, undefined, {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  await refresh(config, await signIn(config));
}

/** A new key signs; what the old one signed is still good. */
async function keysFollowOneAnother() {
  const client = await publicClient();
  const before = await signIn(await discover(client, oidc.None()));
  await admin('POST', '/keys/hydra.openid.id-token', { alg: 'RS256', use: 'sig', kid: 'the next one' });
  const config = await discover(client, oidc.None());
  const after = await signIn(config);
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  const kids = [];
  for (const { id_token } of [before, after]) {
    const options = { issuer: told.issuer, audience: client.client_id };
    kids.push((await jose.jwtVerify(id_token, keys, options)).protectedHeader.kid);
  }
  equal([kids[0] === kids[1], kids[1]], [false, 'the next one'], 'kid');
}

/** Waits for what the server posts to a client. */
async function listen() {
  let arrived;
  const body = new Promise((resolve) => {
    arrived = resolve;
  });
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    response.end();
    arrived(new URLSearchParams(text));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/logout`, body, close: () => server.close() };
}

async function logsOut() {
  const ear = await listen();
  const bye = new URL('/bye', told.callback).href;
  const client = await register({
    token_endpoint_auth_method: 'none',
    post_logout_redirect_uris: [bye],
    backchannel_logout_uri: ear.url,
    backchannel_logout_session_required: true,
  });
  const config = await discover(client, oidc.None());
  const tokens = await signIn(config);
  const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'a-state-of-ours' };
  const { url } = await ask({ logout: oidc.buildEndSessionUrl(config, parameters).href });
  equal(url, `${bye}?state=a-state-of-ours`, 'where logout ends');
  const token = (await ear.body).get('logout_token');
  ear.close();
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  const options = { issuer: told.issuer, audience: client.client_id, typ: 'logout+jwt', requiredClaims: ['iat', 'jti', 'exp'] };
  const { payload } = await jose.jwtVerify(token, keys, options);
  equal([payload.sub, payload.sid, payload.nonce], [told.subject, tokens.claims().sid, undefined], 'the logout token');
  equal(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} }, 'events');
  const { parameters: silent } = await prepare({ prompt: 'none' });
  const back = await login(oidc.buildAuthorizationUrl(config, silent));
  await refused(() => oidc.authorizationCodeGrant(config, back, { expectedState: silent.state }), /login_required/);
}

/** An answer somebody has tampered with. */
async function tampered() {
  const client = await publicClient();
  const config = await discover(client, oidc.None());
  const { parameters, checks } = await prepare();
  const back = await login(oidc.buildAuthorizationUrl(config, parameters));
  const changed = (name, value) => {
    const url = new URL(back);
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    return url;
  };
  const exchange = (url, other = config, more = {}) => oidc.authorizationCodeGrant(other, url, { ...checks, ...more });
  await refused(() => exchange(changed('state', 'another')), /state/);
  await refused(() => exchange(changed('state')), /state/);
  await refused(() => exchange(changed('iss', 'https://evil.example')), /iss/);
  await refused(() => exchange(changed('iss')), /iss/);
  await refused(() => exchange(back, config, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }), /invalid_grant/);

  // One answer of the token endpoint, told again with a lie in it.
  const second = await prepare();
  const url = await login(oidc.buildAuthorizationUrl(config, second.parameters));
  let kept;
  config[oidc.customFetch] = async (address, options) => {
    const answer = await fetch(address, options);
    if (String(address).endsWith('/oauth2/token')) kept = await answer.clone().json();
    return answer;
  };
  await oidc.authorizationCodeGrant(config, url, second.checks);
  const again = async (lie, metadata = {}, more = {}) => {
    const other = await discover({ ...client, ...metadata }, oidc.None());
    other[oidc.customFetch] = async (address, options) =>
      String(address).endsWith('/oauth2/token') ? Response.json({ ...kept, ...lie }) : fetch(address, options);
    return oidc.authorizationCodeGrant(other, url, { ...second.checks, ...more });
  };
  await again({});
  const [header, payload, signature] = kept.id_token.split('.');
  const claims = jose.decodeJwt(kept.id_token);
  const encode = (value) => jose.base64url.encode(JSON.stringify(value));
  const forged = (claims) => ({ id_token: `${header}.${encode(claims)}.${signature}` });
  await refused(() => again({}, {}, { expectedNonce: 'another-nonce' }), /nonce/);
  await refused(() => again({}, { id_token_signed_response_alg: 'ES256' }), /alg/);
  await refused(() => again({ id_token: `${encode({ alg: 'none' })}.${payload}.` }), /alg|JWT/);
  await refused(() => again(forged({ ...claims, iss: 'https://evil.example' })), /iss/);
  await refused(() => again(forged({ ...claims, aud: 'another' })), /aud/);
  await refused(() => again(forged({ ...claims, exp: 1 })), /exp/);
  await refused(() => again(forged({ ...claims, email: 'eve@example.org' })), /signature/);
  await refused(() => oidc.fetchUserInfo(config, kept.access_token, 'somebody-else'), /sub/);
}

/** The fetch of somebody who shows a certificate, or none. */
function showing(papers) {
  const read = (path) => path && readFileSync(path);
  const agent = new Agent({ ca: read(told.certificates.authority), cert: read(papers?.cert), key: read(papers?.key) });
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent }, async (answer) => {
        const parts = [];
        for await (const part of answer) parts.push(part);
        resolve(new Response(Buffer.concat(parts), { status: answer.statusCode, headers: answer.headers }));
      });
      sent.on('error', reject);
      sent.end(body && String(body));
    });
}

async function certificates() {
  const { robot, other, own } = told.certificates;
  const certificate = new X509Certificate(readFileSync(robot.cert));
  const self = new X509Certificate(readFileSync(own.cert));
  const kinds = [
    [robot, certificate, { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=robot,O=Robots' }],
    [own, self, { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [self.publicKey.export({ format: 'jwk' })] } }],
  ];
  for (const [papers, { raw }, fields] of kinds) {
    const client = await machine({ ...fields, tls_client_certificate_bound_access_tokens: true });
    const as = (papers) =>
      oidc.discovery(new URL(told.issuer), client.client_id, { use_mtls_endpoint_aliases: true }, oidc.TlsClientAuth(), {
        [oidc.customFetch]: showing(papers),
      });
    const { access_token } = await oidc.clientCredentialsGrant(await as(papers), { scope: 'read' });
    const thumbprint = createHash('sha256').update(raw).digest('base64url');
    equal((await introspect(access_token)).cnf, { 'x5t#S256': thumbprint }, 'cnf');
    for (const wrong of [undefined, other]) {
      const config = await as(wrong);
      await refused(() => oidc.clientCredentialsGrant(config, { scope: 'read' }), UNKNOWN);
    }
  }
}

const overHttp = {
  publicWithPkce,
  authenticates,
  signatures,
  hybrid,
  implicit,
  pushed,
  requestObjects,
  signedAnswers,
  proofOfPossession,
  encryptedAnswers,
  device,
  exchange,
  assertion,
  registersItself,
  keysFollowOneAnother,
  tampered,
  logsOut,
};

await goThrough(told.certificates ? { certificates } : overHttp);
