// What a `WWW-Authenticate: Bearer ..` header asks for (RFC 6750 3, RFC 9470 3).

export interface Challenge {
  error: string;
  acrValues: string | undefined;
  maxAge: string | undefined;
}

export function challenge(response: { headers: Headers }): Challenge | undefined {
  const header = response.headers.get('www-authenticate');
  if (!header || !/^bearer\b/i.test(header)) return undefined;
  const told = new Map<string, string>();
  for (const [, name, quoted, token] of header.matchAll(/([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)) {
    told.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  return { error: told.get('error') ?? '', acrValues: told.get('acr_values'), maxAge: told.get('max_age') };
}
