/**
 * The identity provider of the house, by OpenID Connect: authorization code with PKCE, state and nonce. It is looked up when
 * somebody first needs it, and again after it could not be reached, so that the start never waits for it.
 */
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';

export interface IdentityProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** Where it sends browsers back to. */
  readonly returnUrl: string;
}

/** What has to be remembered until the browser is back. */
export const pendingSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
export type Pending = z.infer<typeof pendingSchema>;

/** Whom it vouches for. */
export interface Vouched {
  /** Its own name for the person, which never changes hands. */
  readonly subject: string;
  /** Names that a person may be known by here, the most telling first. */
  readonly logins: readonly string[];
}

const TIMEOUT_S = 10;

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});

export class IdentityProvider {
  readonly #config: IdentityProviderConfig;
  readonly #log: Logger;
  #found: Promise<Configuration> | null = null;

  constructor(config: IdentityProviderConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
  }

  /** Where to send the browser. */
  async begin(): Promise<{ readonly url: string; readonly pending: Pending }> {
    const found = await this.#find();
    const pending = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = buildAuthorizationUrl(found, {
      redirect_uri: this.#config.returnUrl,
      scope: 'openid profile email',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, pending };
  }

  /** `query` is what the browser came back with. Throws `signOn.refused` where it does not hold. */
  async finish({ state, nonce, verifier }: Pending, query: string): Promise<Vouched> {
    const found = await this.#find();
    const returned = new URL(this.#config.returnUrl);
    returned.search = query;
    try {
      const tokens = await authorizationCodeGrant(found, returned, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = claimsSchema.parse(tokens.claims());
      const email = claims.email_verified === false ? undefined : claims.email;
      return {
        subject: claims.sub,
        logins: [claims.preferred_username, email].filter((name) => name !== undefined),
      };
    } catch (err) {
      // A refusal of the provider's is in the query, which is the browser's word: for the log only.
      const reason = err instanceof AuthorizationResponseError ? err.error : String(err);
      this.#log.warn({ reason }, 'signOn.refused');
      throw new AppError('signOn.refused', reason);
    }
  }

  #find(): Promise<Configuration> {
    this.#found ??= this.#discover().catch((err: unknown) => {
      this.#found = null;
      this.#log.error({ err, issuer: this.#config.issuer }, 'signOn.unreachable');
      throw new AppError('signOn.unreachable', String(err));
    });
    return this.#found;
  }

  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#config;
    const url = new URL(issuer);
    // Plain HTTP is for a provider on this machine; the config refuses it anywhere else.
    const execute = url.protocol === 'http:' ? [allowInsecureRequests] : [];
    const authentication = clientSecret === null ? None() : ClientSecretPost(clientSecret);
    return discovery(url, clientId, undefined, authentication, { execute, timeout: TIMEOUT_S });
  }
}
