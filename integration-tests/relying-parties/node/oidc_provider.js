// npm `oidc-provider` as the provider people sign in at: everything in memory, its own pages, anybody by any password.
// Arguments: port, client id, client secret, redirect URI. Whoever's name begins with "unproven" has an unproven address.
import Provider from 'oidc-provider';

const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    { client_id, client_secret, redirect_uris: [redirect_uri], grant_types: ['authorization_code', 'refresh_token'] },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  cookies: { keys: ['not a secret of the tests'] },
  findAccount: (_context, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      email: `${accountId}@example.org`,
      email_verified: !accountId.startsWith('unproven'),
      name: `${accountId} of elsewhere`,
    }),
  }),
});

provider.on('server_error', (_context, error) => console.error(error));
provider.listen(Number(port), '127.0.0.1');
