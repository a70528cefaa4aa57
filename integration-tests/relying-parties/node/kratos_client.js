// The official client library (npm @ory/client) calls each operation of identity-service once. It hands on what it is sent
// as it is, so each answer is also given to the decoders that npm @ory/client-fetch has for the same document.
//
// Arguments: the public URL, the admin URL, the admin key. Prints one JSON object: the operations that were called, and of
// each that failed what was wrong.
import { randomUUID } from 'node:crypto';
import ory from '@ory/client';
import * as shapes from '@ory/client-fetch';

const PASSWORD = 'a quiet green lamp';
const [publicUrl, adminUrl, key] = process.argv.slice(2);
const called = new Set();
const failed = {};

const open = new ory.Configuration({ basePath: publicUrl });
const closed = new ory.Configuration({ basePath: adminUrl, accessToken: key });
const frontend = new ory.FrontendApi(open);
const schemas = new ory.IdentityApi(open);
const identities = new ory.IdentityApi(closed);
const courier = new ory.CourierApi(closed);

/** What the decoder of this shape has to complain of. */
function complaint(shape, value) {
  if (shape.endsWith('[]')) {
    if (!Array.isArray(value)) return `no list of ${shape}`;
    return value.map((item) => complaint(shape.slice(0, -2), item)).find(Boolean);
  }
  if (!shapes[`instanceOf${shape}`](value)) return `not a ${shape}: ${JSON.stringify(value)}`;
  const decoded = shapes[`${shape}FromJSON`](value);
  const dates = Object.entries(decoded).filter(([, field]) => field instanceof Date && Number.isNaN(field.getTime()));
  if (dates.length > 0) return `no date in ${dates[0][0]}`;
  for (const node of value.ui?.nodes ?? []) {
    const wrong = complaint('UiNode', node);
    if (wrong) return wrong;
  }
  return undefined;
}

/**
 * Calls `api[name](parameters)`. `shape` names what the answer is decoded as; a number is the status of an answer that is an
 * error on purpose.
 */
async function call(api, name, parameters, shape) {
  called.add(name);
  try {
    const { data, headers } = await api[name](parameters);
    if (typeof shape === 'number') failed[name] = `answered, where ${shape} was expected`;
    const wrong = typeof shape === 'string' && complaint(shape, data);
    if (wrong) failed[name] = wrong;
    return Object.assign(Object(data), { cookies: headers['set-cookie'] });
  } catch (error) {
    const status = error.response?.status;
    if (status !== shape) failed[name] = `${status}: ${JSON.stringify(error.response?.data ?? String(error))}`;
    if (status === shape) {
      const wrong = complaint('ErrorGeneric', error.response.data);
      if (wrong) failed[name] = wrong;
    }
    return {};
  }
}

function identity(email, more) {
  return {
    schema_id: 'default',
    traits: { email, name: 'Ada Lovelace' },
    credentials: { password: { config: { password: PASSWORD } } },
    verifiable_addresses: [{ value: email, via: 'email', verified: true, status: 'completed' }],
    ...more,
  };
}

async function administer() {
  await call(schemas, 'listIdentitySchemas', {}, 'IdentitySchemaContainer[]');
  await call(schemas, 'getIdentitySchema', { id: 'default' });
  const createIdentityBody = identity('ada@example.org', { external_id: 'crm-1' });
  const ada = await call(identities, 'createIdentity', { createIdentityBody }, 'Identity');
  const { id } = ada;
  await call(identities, 'listIdentities', { pageSize: 10, includeCredential: ['password', 'totp'] }, 'Identity[]');
  await call(identities, 'getIdentity', { id, includeCredential: ['password', 'lookup_secret'] }, 'Identity');
  await call(identities, 'getIdentityByExternalID', { externalID: 'crm-1' }, 'Identity');
  const updateIdentityBody = {
    schema_id: 'default',
    state: 'active',
    traits: { email: 'ada@example.org', name: 'Ada King' },
    metadata_admin: { note: 1 },
    external_id: 'crm-1',
  };
  await call(identities, 'updateIdentity', { id, updateIdentityBody }, 'Identity');
  const codes = { type: 'lookup_secret', config: { recovery_codes: [{ code: 'aaaabbbb' }] } };
  const jsonPatch = [
    { op: 'replace', path: '/traits/name', value: 'Ada Lovelace' },
    { op: 'add', path: '/credentials/lookup_secret', value: codes },
  ];
  const patched = await call(identities, 'patchIdentity', { id, jsonPatch }, 'Identity');
  if (patched.traits?.name !== 'Ada Lovelace') failed.patchIdentity = 'changed nothing';
  await call(identities, 'deleteIdentityCredentials', { id, type: 'lookup_secret' });
  const patchIdentitiesBody = {
    identities: ['eva@example.org', 'ada@example.org'].map((email) => ({
      create: identity(email),
      patch_id: randomUUID(),
    })),
  };
  const batch = await call(identities, 'batchPatchIdentities', { patchIdentitiesBody }, 'BatchPatchIdentitiesResponse');
  const actions = batch.identities?.map(({ action }) => action).join();
  if (actions !== 'create,error') failed.batchPatchIdentities = actions;
  const createRecoveryCodeForIdentityBody = { identity_id: id };
  await call(identities, 'createRecoveryCodeForIdentity', { createRecoveryCodeForIdentityBody }, 'RecoveryCodeForIdentity');
  const createRecoveryLinkForIdentityBody = { identity_id: id, expires_in: '1h' };
  await call(identities, 'createRecoveryLinkForIdentity', { createRecoveryLinkForIdentityBody }, 'RecoveryLinkForIdentity');
  const createTestLoginFlowBody = { provider_id: 'nobody' };
  await call(identities, 'createTestLoginFlow', { createTestLoginFlowBody }, 404);
  return id;
}

async function signIn() {
  const flow = await call(frontend, 'createNativeLoginFlow', {}, 'LoginFlow');
  await call(frontend, 'getLoginFlow', { id: flow.id }, 'LoginFlow');
  const updateLoginFlowBody = { method: 'password', identifier: 'ada@example.org', password: PASSWORD };
  return call(frontend, 'updateLoginFlow', { flow: flow.id, updateLoginFlowBody }, 'SuccessfulNativeLogin');
}

async function visit() {
  const xSessionToken = (await signIn()).session_token;
  await call(frontend, 'toSession', { xSessionToken }, 'Session');
  await signIn();
  const [other] = Object.values(await call(frontend, 'listMySessions', { xSessionToken }, 'Session[]'));
  await call(frontend, 'disableMySession', { id: other.id, xSessionToken });
  await call(frontend, 'disableMyOtherSessions', { xSessionToken }, 'DeleteMySessionsCount');

  let flow = await call(frontend, 'createNativeSettingsFlow', { xSessionToken }, 'SettingsFlow');
  await call(frontend, 'getSettingsFlow', { id: flow.id, xSessionToken }, 'SettingsFlow');
  const updateSettingsFlowBody = { method: 'profile', traits: { email: 'ada@example.org', name: 'Countess' } };
  await call(frontend, 'updateSettingsFlow', { flow: flow.id, updateSettingsFlowBody, xSessionToken }, 'SettingsFlow');

  flow = await call(frontend, 'createNativeRegistrationFlow', {}, 'RegistrationFlow');
  await call(frontend, 'getRegistrationFlow', { id: flow.id }, 'RegistrationFlow');
  const traits = { email: 'pia@example.org', name: 'Pia' };
  const updateRegistrationFlowBody = { method: 'password', password: PASSWORD, traits };
  const parameters = { flow: flow.id, updateRegistrationFlowBody };
  await call(frontend, 'updateRegistrationFlow', parameters, 'SuccessfulNativeRegistration');

  flow = await call(frontend, 'createNativeRecoveryFlow', {}, 'RecoveryFlow');
  await call(frontend, 'getRecoveryFlow', { id: flow.id }, 'RecoveryFlow');
  const updateRecoveryFlowBody = { method: 'code', email: 'ada@example.org' };
  await call(frontend, 'updateRecoveryFlow', { flow: flow.id, updateRecoveryFlowBody }, 'RecoveryFlow');

  flow = await call(frontend, 'createNativeVerificationFlow', {}, 'VerificationFlow');
  await call(frontend, 'getVerificationFlow', { id: flow.id }, 'VerificationFlow');
  const updateVerificationFlowBody = { method: 'code', email: 'pia@example.org' };
  await call(frontend, 'updateVerificationFlow', { flow: flow.id, updateVerificationFlowBody }, 'VerificationFlow');
  return xSessionToken;
}

/** What a page in a browser calls; cookies are carried by hand. */
async function browse(session_token) {
  const flow = await call(frontend, 'createBrowserLoginFlow', {}, 'LoginFlow');
  const jar = (cookies) => cookies.map((line) => line.split(';')[0]).join('; ');
  const csrf_token = flow.ui.nodes.find((node) => node.attributes.name === 'csrf_token').attributes.value;
  const updateLoginFlowBody = { method: 'password', identifier: 'ada@example.org', password: PASSWORD, csrf_token };
  const parameters = { flow: flow.id, updateLoginFlowBody, cookie: jar(flow.cookies) };
  const signedIn = await call(frontend, 'updateLoginFlow', parameters, 'SuccessfulNativeLogin');
  const cookie = jar(signedIn.cookies ?? []);
  await call(frontend, 'createBrowserSettingsFlow', { cookie }, 'SettingsFlow');
  const logout = await call(frontend, 'createBrowserLogoutFlow', { cookie }, 'LogoutFlow');
  await call(frontend, 'updateLogoutFlow', { token: logout.logout_token, cookie });
  await call(frontend, 'toSession', { cookie }, 401);

  await call(frontend, 'createBrowserRegistrationFlow', {}, 'RegistrationFlow');
  await call(frontend, 'createBrowserRecoveryFlow', {}, 'RecoveryFlow');
  await call(frontend, 'createBrowserVerificationFlow', {}, 'VerificationFlow');
  await call(frontend, 'getFlowError', { id: 'stub:500' }, 'FlowError');
  const code = 'a'.repeat(64);
  await call(frontend, 'exchangeSessionToken', { initCode: code, returnToCode: code }, 404);
  await call(frontend, 'deleteTestLoginFlow', { id: randomUUID() }, 404);
  await call(frontend, 'performNativeLogout', { performNativeLogoutBody: { session_token } });
}

async function cleanUp(id) {
  await signIn();
  const sessions = await call(identities, 'listIdentitySessions', { id }, 'Session[]');
  await call(identities, 'listSessions', { expand: ['identity', 'devices'] }, 'Session[]');
  const session = { id: sessions[0].id };
  await call(identities, 'getSession', { ...session, expand: ['identity', 'devices'] }, 'Session');
  await call(identities, 'extendSession', session);
  await call(identities, 'disableSession', session);
  const manageSessionsBody = { action: 'disable', sessions: [session.id] };
  await call(identities, 'manageSessions', { manageSessionsBody }, 'ManageSessionsResponse');
  await call(identities, 'deleteIdentitySessions', { id });
  await call(identities, 'deleteIdentity', { id });
  const messages = await call(courier, 'listCourierMessages', { pageSize: 5 }, 'Message[]');
  await call(courier, 'getCourierMessage', { id: messages[0].id }, 'Message');
  for (const configuration of [open, closed]) {
    const metadata = new ory.MetadataApi(configuration);
    await call(metadata, 'getVersion', {}, 'GetVersion200Response');
  }
}

const id = await administer();
await browse(await visit());
await cleanUp(id);
console.log(JSON.stringify({ called: [...called].sort(), failed }));
