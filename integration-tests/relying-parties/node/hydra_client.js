// A client library others generated for the API of oauth-service (npm @ory/client, npm @ory/hydra-client) calls each operation
// it has once. It hands on what it is sent as it is, so each answer is also given to the decoders that npm @ory/client-fetch has
// for the same document.
//
// Arguments: the library, the public URL, the admin URL, the admin key. Prints one JSON object: the operations the library has,
// those that were called, and of each that failed what was wrong.
import { webcrypto } from 'node:crypto';
import * as shapes from '@ory/client-fetch';

globalThis.crypto ??= webcrypto; // Node 18 has it only as a module
const { SignJWT, exportJWK, generateKeyPair } = await import('jose');

const CALLBACK = 'http://127.0.0.1:5555/callback';
const CREDENTIAL = 'userinfo_credential_draft_00';
const SECRET = 'a-secret-of-the-shop';
const [library, publicUrl, adminUrl, key] = process.argv.slice(2);
const ory = (await import(library)).default;
const called = new Set();
const failed = {};

const APIS = ['JwkApi', 'MetadataApi', 'OAuth2Api', 'OidcApi', 'WellknownApi'];
const methodsOf = (api) => Object.getOwnPropertyNames(ory[api].prototype).filter((name) => name !== 'constructor');
// What an answer redirects to is looked at, not followed.
const still = { baseOptions: { maxRedirects: 0 } };
const at = (basePath, more) => {
  const configuration = new ory.Configuration({ basePath, ...still, ...more });
  return Object.fromEntries(APIS.map((api) => [api, new ory[api](configuration)]));
};
const open = at(publicUrl);
const admin = at(adminUrl, { baseOptions: { ...still.baseOptions, headers: { Authorization: `Bearer ${key}` } } });

/** What the decoder of this shape has to complain of. */
function complaint(shape, value) {
  if (shape.endsWith('[]')) {
    if (!Array.isArray(value)) return `no list of ${shape}`;
    return value.map((item) => complaint(shape.slice(0, -2), item)).find(Boolean);
  }
  if (!shapes[`instanceOf${shape}`](value)) return `not a ${shape}: ${JSON.stringify(value)}`;
  const decoded = shapes[`${shape}FromJSON`](value);
  const dates = Object.entries(decoded).filter(([, field]) => field instanceof Date && Number.isNaN(field.getTime()));
  return dates.length > 0 ? `no date in ${dates[0][0]}` : undefined;
}

/**
 * Calls an operation, where the library has it. `shape` names what the answer is decoded as; a number is the status of an answer
 * that is an error or a redirect on purpose.
 */
async function call(api, name, parameters, shape) {
  if (!api[name]) return {};
  called.add(name);
  try {
    const { data } = await api[name](parameters);
    if (typeof shape === 'number') failed[name] ??= `answered, where ${shape} was expected`;
    const wrong = typeof shape === 'string' && complaint(shape, data);
    if (wrong) failed[name] ??= wrong;
    return data ?? {};
  } catch (error) {
    const status = error.response?.status;
    if (status !== shape) failed[name] ??= `${status}: ${JSON.stringify(error.response?.data ?? String(error))}`;
    else if (status >= 400 && typeof error.response.data.error !== 'string') failed[name] ??= 'an error without a name';
    return {};
  }
}

function ensure(name, truth, told) {
  if (!truth) failed[name] ??= JSON.stringify(told);
}

/** Cookies, and one redirect at a time. */
class Browser {
  cookies = new Map();

  async follow(url) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return new URL(answer.headers.get('location'), url);
  }

  async challenge(url, name) {
    const location = await this.follow(url);
    const found = location.searchParams.get(name);
    if (!found) throw new Error(`no ${name} in ${location}`);
    return found;
  }
}

async function lookAround() {
  for (const { MetadataApi } of [open, admin]) {
    await call(MetadataApi, 'isAlive', {}, 'HealthStatus');
    await call(MetadataApi, 'isReady', {}, 'HealthStatus');
  }
  await call(admin.MetadataApi, 'getVersion', {}, 'GetVersion200Response');
  await call(open.OidcApi, 'discoverOidcConfiguration', {}, 'OidcConfiguration');
  const { keys } = await call(open.WellknownApi, 'discoverJsonWebKeys', {}, 'JsonWebKeySet');
  ensure('discoverJsonWebKeys', complaint('JsonWebKey[]', keys) === undefined, keys);
}

async function keepKeys() {
  const api = admin.JwkApi;
  const set = 'sdk';
  const kid = 'first';
  const createJsonWebKeySet = { alg: 'ES256', kid, use: 'sig' };
  const made = await call(api, 'createJsonWebKeySet', { set, createJsonWebKeySet }, 'JsonWebKeySet');
  await call(api, 'getJsonWebKeySet', { set }, 'JsonWebKeySet');
  const one = await call(api, 'getJsonWebKey', { set, kid }, 'JsonWebKeySet');
  ensure('getJsonWebKey', one.keys[0].kid === kid, one);
  await call(api, 'setJsonWebKey', { set, kid, jsonWebKey: made.keys[0] }, 'JsonWebKey');
  await call(api, 'setJsonWebKeySet', { set, jsonWebKeySet: made }, 'JsonWebKeySet');
  await call(api, 'deleteJsonWebKey', { set, kid });
  await call(api, 'getJsonWebKey', { set, kid }, 404);
  await call(api, 'deleteJsonWebKeySet', { set });
}

async function trust() {
  const api = admin.OAuth2Api;
  const issuer = 'https://elsewhere.example';
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'theirs', use: 'sig', alg: 'ES256' };
  const trustOAuth2JwtGrantIssuer = { issuer, subject: 'ada', scope: ['read'], expires_at: '2040-01-01T00:00:00Z', jwk };
  const shape = 'TrustedOAuth2JwtGrantIssuer';
  const { id } = await call(api, 'trustOAuth2JwtGrantIssuer', { trustOAuth2JwtGrantIssuer }, shape);
  await call(api, 'getTrustedOAuth2JwtGrantIssuer', { id }, shape);
  const known = await call(api, 'listTrustedOAuth2JwtGrantIssuers', { pageSize: 10, issuer }, `${shape}[]`);
  ensure('listTrustedOAuth2JwtGrantIssuers', known[0].id === id, known);
  await call(api, 'deleteTrustedOAuth2JwtGrantIssuer', { id });
  await call(api, 'getTrustedOAuth2JwtGrantIssuer', { id }, 404);
}

async function register() {
  const api = admin.OAuth2Api;
  const id = 'shop';
  const oAuth2Client = {
    client_id: id,
    client_name: 'Shop',
    client_secret: SECRET,
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: ['http://127.0.0.1:5555/bye'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: `openid offline_access ${CREDENTIAL}`,
    audience: ['https://api.example'],
    owner: 'sales',
    metadata: { tier: 1 },
  };
  await call(api, 'createOAuth2Client', { oAuth2Client }, 'OAuth2Client');
  await call(api, 'createOAuth2Client', { oAuth2Client }, 409);
  const made = await call(api, 'getOAuth2Client', { id }, 'OAuth2Client');
  const filter = { pageSize: 5, clientName: 'Shop', owner: 'sales' };
  const listed = await call(api, 'listOAuth2Clients', filter, 'OAuth2Client[]');
  ensure('listOAuth2Clients', listed.map(({ client_id }) => client_id).join() === id, listed);
  const renamed = { ...made, client_uri: 'https://shop.example/home' };
  await call(api, 'setOAuth2Client', { id, oAuth2Client: renamed }, 'OAuth2Client');
  const jsonPatch = [{ op: 'replace', path: '/client_name', value: 'The Shop' }];
  const patched = await call(api, 'patchOAuth2Client', { id, jsonPatch }, 'OAuth2Client');
  ensure('patchOAuth2Client', patched.client_name === 'The Shop', patched);
  const oAuth2ClientTokenLifespans = { authorization_code_grant_access_token_lifespan: '11m' };
  const changed = await call(api, 'setOAuth2ClientLifespans', { id, oAuth2ClientTokenLifespans }, 'OAuth2Client');
  ensure('setOAuth2ClientLifespans', changed.authorization_code_grant_access_token_lifespan === '11m0s', changed);
  await call(api, 'getOAuth2Client', { id: 'nobody' }, 404);
  const rotated = await call(api, 'rotateOAuth2ClientSecret', { id }, 'OAuth2Client');
  await call(api, 'deleteRotatedOAuth2ClientSecrets', { id }, 'OAuth2Client');
  return rotated.client_secret ?? SECRET;
}

function asked() {
  const form = { response_type: 'code', client_id: 'shop', redirect_uri: CALLBACK, state: 'a-state-of-ours' };
  const more = { scope: `openid offline_access ${CREDENTIAL}`, nonce: 'a-nonce-of-ours', audience: 'https://api.example' };
  return `${publicUrl}/oauth2/auth?${new URLSearchParams({ ...form, ...more })}`;
}

async function logIn(browser) {
  const loginChallenge = await browser.challenge(asked(), 'login_challenge');
  const request = await call(admin.OAuth2Api, 'getOAuth2LoginRequest', { loginChallenge }, 'OAuth2LoginRequest');
  ensure('getOAuth2LoginRequest', request.client.client_id === 'shop' && !request.skip, request);
  const acceptOAuth2LoginRequest = { subject: 'ada', remember: true, remember_for: 3600, acr: 'aal1', amr: ['pwd'] };
  const body = { loginChallenge, acceptOAuth2LoginRequest };
  return (await call(admin.OAuth2Api, 'acceptOAuth2LoginRequest', body, 'OAuth2RedirectTo')).redirect_to;
}

async function consent(browser, url) {
  const consentChallenge = await browser.challenge(url, 'consent_challenge');
  const request = await call(admin.OAuth2Api, 'getOAuth2ConsentRequest', { consentChallenge }, 'OAuth2ConsentRequest');
  const acceptOAuth2ConsentRequest = {
    grant_scope: request.requested_scope,
    grant_access_token_audience: request.requested_access_token_audience,
    remember: true,
    remember_for: 3600,
    session: { id_token: { role: 'buyer' }, access_token: { tier: 1 } },
  };
  const body = { consentChallenge, acceptOAuth2ConsentRequest };
  return (await call(admin.OAuth2Api, 'acceptOAuth2ConsentRequest', body, 'OAuth2RedirectTo')).redirect_to;
}

async function exchange(browser, password) {
  const location = await browser.follow(await consent(browser, await logIn(browser)));
  const shop = at(publicUrl, { username: 'shop', password }).OAuth2Api;
  const code = location.searchParams.get('code');
  const form = { grantType: 'authorization_code', code, redirectUri: CALLBACK };
  const tokens = await call(shop, 'oauth2TokenExchange', form, 'OAuth2TokenExchange');
  const again = { grantType: 'refresh_token', refreshToken: tokens.refresh_token };
  return { shop, tokens: await call(shop, 'oauth2TokenExchange', again, 'OAuth2TokenExchange') };
}

async function use(shop, tokens) {
  const accessToken = tokens.access_token;
  const headers = { Authorization: `Bearer ${accessToken}` }; // createVerifiableCredential names none
  const bearer = at(publicUrl, { accessToken, baseOptions: { ...still.baseOptions, headers } }).OidcApi;
  const person = await call(bearer, 'getOidcUserInfo', {}, 'OidcUserInfo');
  ensure('getOidcUserInfo', person.sub === 'ada' && person.role === 'buyer', person);
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const header = { alg: 'ES256', jwk: await exportJWK(publicKey) };
  const jwt = await new SignJWT({ nonce: tokens.c_nonce_draft_00 }).setProtectedHeader(header).sign(privateKey);
  const wanted = { format: 'jwt_vc_json', types: ['VerifiableCredential', 'UserInfoCredential'] };
  const createVerifiableCredentialRequestBody = { ...wanted, proof: { proof_type: 'jwt', jwt } };
  const body = { createVerifiableCredentialRequestBody };
  const made = await call(bearer, 'createVerifiableCredential', body, 'VerifiableCredentialResponse');
  ensure('createVerifiableCredential', made.credential_draft_00?.split('.').length === 3, made);
  const api = admin.OAuth2Api;
  const question = { token: accessToken, scope: 'openid' };
  const told = await call(api, 'introspectOAuth2Token', question, 'IntrospectedOAuth2Token');
  ensure('introspectOAuth2Token', told.active && told.ext.tier === 1, told);
  const agreed = await call(api, 'listOAuth2ConsentSessions', { subject: 'ada' }, 'OAuth2ConsentSession[]');
  ensure('listOAuth2ConsentSessions', agreed.length === 1, agreed);
  await call(shop, 'revokeOAuth2Token', { token: tokens.refresh_token });
  const gone = await call(api, 'introspectOAuth2Token', question, 'IntrospectedOAuth2Token');
  ensure('revokeOAuth2Token', gone.active === false, gone);
  await call(api, 'deleteOAuth2Token', { clientId: 'shop' });
}

async function refuse() {
  const rejectOAuth2Request = { error: 'access_denied', error_description: 'Not today', status_code: 403 };
  const browser = new Browser();
  const api = admin.OAuth2Api;
  const loginChallenge = await browser.challenge(asked(), 'login_challenge');
  const body = { loginChallenge, rejectOAuth2Request };
  const first = await call(api, 'rejectOAuth2LoginRequest', body, 'OAuth2RedirectTo');
  ensure('rejectOAuth2LoginRequest', (await browser.follow(first.redirect_to)).searchParams.get('error') === 'access_denied', first);
  const consentChallenge = await browser.challenge(await logIn(browser), 'consent_challenge');
  const second = { consentChallenge, rejectOAuth2Request };
  await call(api, 'rejectOAuth2ConsentRequest', second, 'OAuth2RedirectTo');
}

async function logOut(browser, id_token_hint) {
  const url = `${publicUrl}/oauth2/sessions/logout?${new URLSearchParams({ id_token_hint })}`;
  const api = admin.OAuth2Api;
  let logoutChallenge = await browser.challenge(url, 'logout_challenge');
  const request = await call(api, 'getOAuth2LogoutRequest', { logoutChallenge }, 'OAuth2LogoutRequest');
  ensure('getOAuth2LogoutRequest', request.subject === 'ada', request);
  await call(api, 'rejectOAuth2LogoutRequest', { logoutChallenge });
  logoutChallenge = await browser.challenge(url, 'logout_challenge');
  const answer = await call(api, 'acceptOAuth2LogoutRequest', { logoutChallenge }, 'OAuth2RedirectTo');
  await browser.follow(answer.redirect_to);
  await call(open.OidcApi, 'revokeOidcSession', {}, 302);
  await call(open.OAuth2Api, 'oAuth2Authorize', {}, 302);
}

async function useDevice(password) {
  const headers = { Authorization: `Basic ${btoa(`shop:${password}`)}` };
  const device = at(publicUrl, { baseOptions: { ...still.baseOptions, headers } }).OAuth2Api;
  const flow = await call(device, 'oAuth2DeviceFlow', {}, 'DeviceAuthorization');
  await call(open.OAuth2Api, 'performOAuth2DeviceVerificationFlow', {}, 302);
  const browser = new Browser();
  const deviceChallenge = await browser.challenge(flow.verification_uri_complete, 'device_challenge');
  const body = { deviceChallenge, acceptDeviceUserCodeRequest: { user_code: flow.user_code } };
  const answer = await call(admin.OAuth2Api, 'acceptUserCodeRequest', body, 'OAuth2RedirectTo');
  await browser.challenge(answer.redirect_to, 'login_challenge');
}

async function registerItself() {
  const oAuth2Client = { client_name: 'Itself', redirect_uris: [CALLBACK] };
  const made = await call(open.OidcApi, 'createOidcDynamicClient', { oAuth2Client }, 'OAuth2Client');
  const id = made.client_id;
  let own = at(publicUrl, { accessToken: made.registration_access_token }).OidcApi;
  const read = await call(own, 'getOidcDynamicClient', { id }, 'OAuth2Client');
  const body = { id, oAuth2Client: { ...read, client_name: 'Renamed' } };
  const changed = await call(own, 'setOidcDynamicClient', body, 'OAuth2Client');
  ensure('setOidcDynamicClient', changed.client_name === 'Renamed', changed);
  own = at(publicUrl, { accessToken: changed.registration_access_token }).OidcApi;
  await call(own, 'deleteOidcDynamicClient', { id });
  await call(own, 'getOidcDynamicClient', { id }, 401);
}

async function cleanUp() {
  const api = admin.OAuth2Api;
  await call(api, 'revokeOAuth2ConsentSessions', { subject: 'ada', all: true });
  const left = await call(api, 'listOAuth2ConsentSessions', { subject: 'ada' }, 'OAuth2ConsentSession[]');
  ensure('revokeOAuth2ConsentSessions', left.length === 0, left);
  await call(api, 'revokeOAuth2LoginSessions', { subject: 'ada' });
  await call(api, 'deleteOAuth2Client', { id: 'shop' });
  await call(api, 'deleteOAuth2Client', { id: 'shop' }, 404);
}

async function everything() {
  await lookAround();
  await keepKeys();
  await trust();
  const secret = await register();
  const browser = new Browser();
  const { shop, tokens } = await exchange(browser, secret);
  await use(shop, tokens);
  await refuse();
  await logOut(browser, tokens.id_token);
  await useDevice(secret);
  await registerItself();
  await cleanUp();
}

await everything().catch((error) => {
  failed.at = error.stack; // an answer that was not there
});
const operations = APIS.flatMap(methodsOf).sort();
console.log(JSON.stringify({ operations, called: [...called].sort(), failed }));
