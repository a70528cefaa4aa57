// What the relying parties of this folder share: the browser they ask for on the other side of the pipe, the operator who
// registers them, and the list of what they went through.
//
// Argument: one JSON object (issuer, admin, key, callback, subject, email). A line of output asks for something: `open` an
// authorization request, `logout`, or type the `code` of a `device`; the next line of input says where that ended. The last line
// of output has what was `done` and what `failed`.
import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node 18 has it only as a module
export const jose = await import('jose');
export const told = JSON.parse(process.argv[2]);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks for something and waits for the answer. */
export async function ask(question) {
  process.stdout.write(`${JSON.stringify(question)}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error('nobody answers');
  return JSON.parse(value);
}

/** Where the browser came back: an address, or the request that a form makes of itself. */
export async function login(url) {
  const { url: back, form } = await ask({ open: String(url) });
  return form ? new Request(back, { method: 'POST', body: new URLSearchParams(form) }) : new URL(back);
}

/** One request to the admin API. */
export async function admin(method, path, body) {
  const headers = { Authorization: `Bearer ${told.key}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${told.admin}/admin${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** Registers a client the way an operator does. */
export const register = (fields) =>
  admin('POST', '/clients', {
    redirect_uris: [told.callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access profile email',
    ...fields,
  });

/** What a token is worth. */
export async function introspect(token) {
  const headers = { Authorization: `Bearer ${told.key}` };
  const answer = await fetch(`${told.admin}/admin/oauth2/introspect`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ token }),
  });
  return answer.json();
}

/** A key pair, and its public half as clients register it. */
export async function keyPair(alg, use = 'sig') {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const kid = `${use} ${alg}`;
  return { kid, publicKey, privateKey, jwks: { keys: [{ ...(await jose.exportJWK(publicKey)), kid, alg, use }] } };
}

export function equal(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
}

/** What an error says, and what it says of its causes. */
function complaint(error) {
  const links = [];
  for (let link = error; link; link = link.cause) {
    links.push([link.code, link.error, link.message ?? JSON.stringify(link)].filter(Boolean).join(' '));
  }
  return links.join('; ');
}

/** The library must refuse; `about` is part of what it says. */
export async function refused(attempt, about) {
  let answer;
  try {
    answer = await attempt();
  } catch (error) {
    if (about.test(complaint(error))) return;
    throw new Error(`refused, but not for ${about}: ${complaint(error)}`);
  }
  throw new Error(`accepted, though ${about}: ${JSON.stringify(answer)}`);
}

/** Goes through everything and says what became of it. */
export async function goThrough(journeys) {
  const done = [];
  const failed = {};
  for (const [name, journey] of Object.entries(journeys)) {
    try {
      await journey();
      done.push(name);
    } catch (error) {
      const here = error.stack.split('\n').filter((line) => line.includes(` ${name} `));
      failed[name] = `${complaint(error)}${here.join('')}`;
    }
  }
  process.stdout.write(`${JSON.stringify({ done, failed })}\n`);
  process.exit(0);
}
