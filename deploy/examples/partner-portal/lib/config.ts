// What the portal is told by its environment. Read when it is first needed: a build knows none of it.

export interface Config {
  /** Where browsers find the portal, without a slash at the end. */
  portal: string;
  /** The issuer, as it stands in tokens. */
  issuer: URL;
  /** Where the issuer is reached from here, if browsers reach it elsewhere: `http://oauth-service:4444` among containers. */
  issuerInternal: URL | undefined;
  clientId: string;
  clientSecret: string;
  /** The API behind the portal, and its name in the `aud` of access tokens (RFC 8707). */
  api: string;
  resource: string;
  /** Where people look after their account: password, second factor. */
  account: string;
  cookieSecret: string;
  /** Tokens are refreshed this many seconds before they end. */
  refreshMargin: number;
}

let known: Config | undefined;

export function config(): Config {
  return (known ??= read(process.env));
}

function read(env: NodeJS.ProcessEnv): Config {
  const missing: string[] = [];
  const text = (name: string) => {
    const value = env[name]?.trim();
    if (!value) missing.push(name);
    return value ?? '';
  };
  const told = {
    portal: text('PORTAL_URL').replace(/\/$/, ''),
    issuer: text('ISSUER'),
    clientId: text('CLIENT_ID'),
    clientSecret: text('CLIENT_SECRET'),
    api: text('API_URL').replace(/\/$/, ''),
    resource: text('API_RESOURCE'),
    account: text('ACCOUNT_URL'),
    cookieSecret: text('COOKIE_SECRET'),
  };
  if (missing.length > 0) throw new Error(`not set in the environment: ${missing.join(', ')}`);
  if (told.cookieSecret.length < 32) throw new Error('COOKIE_SECRET has fewer than 32 characters');
  const internal = env.ISSUER_INTERNAL?.trim();
  return {
    ...told,
    issuer: new URL(told.issuer),
    issuerInternal: internal ? new URL(internal) : undefined,
    refreshMargin: Number(env.REFRESH_MARGIN_SECONDS ?? 60),
  };
}

/** Over http, which is for one's own machine alone, browsers refuse the `__Host-` prefix and `Secure`. */
export const secure = () => config().portal.startsWith('https:');
export const cookieName = (name: string) => (secure() ? `__Host-${name}` : name);
