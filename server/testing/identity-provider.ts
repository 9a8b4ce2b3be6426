/** A real OpenID Connect provider on this machine, and a person who signs in there. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestIdentityProvider {
  readonly issuer: string;
  /** Claims by account. */
  readonly accounts: Map<string, Readonly<Record<string, string | boolean>>>;
  /** Where the browser of this account is sent back to, once it has signed in at `url`. */
  signIn(url: string, account: string): Promise<URL>;
  stop(): Promise<void>;
}

export const CLIENT = { id: 'floorcast', secret: 'the-client-secret' } as const;

export async function startIdentityProvider(returnUrl: string): Promise<TestIdentityProvider> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts: TestIdentityProvider['accounts'] = new Map();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [returnUrl],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['test'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    accounts,
    async signIn(url, account) {
      const jar = new Map<string, string>();
      let next: { readonly url: URL; readonly form?: URLSearchParams } = { url: new URL(url) };
      for (let steps = 0; steps < 12; steps++) {
        if (next.url.href.startsWith(returnUrl)) return next.url;
        const response = await fetch(next.url, {
          redirect: 'manual',
          headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
          ...(next.form && { method: 'POST', body: next.form }),
        });
        for (const cookie of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          jar.set(name, value);
        }
        const location = response.headers.get('location');
        if (location !== null) next = { url: new URL(location, next.url) };
        else next = formOf(await response.text(), next.url, account);
      }
      throw new Error('the provider never sent the browser back');
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Its own forms for developers ask for a login, then for consent. */
function formOf(page: string, at: URL, account: string): { url: URL; form: URLSearchParams } {
  const action = /action="([^"]+)"/.exec(page)?.[1];
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (!action || !prompt) throw new Error(`no form in ${page.slice(0, 500)}`);
  return { url: new URL(action, at), form: new URLSearchParams({ prompt, login: account, password: 'any' }) };
}
