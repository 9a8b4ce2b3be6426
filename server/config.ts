/**
 * Settings, read once at start. `parseConfig` is pure: environment in, frozen config out, or one ConfigError that names
 * every problem and what to do about it. Nobody else reads the environment.
 */
import { describeSource, type SourceConfig } from './config-sources.ts';
import { LOOPBACK, type Network, type Role, SETTINGS, type Setting } from './config-table.ts';
import { hidePassword, type LogFormat, type LogLevel } from './log.ts';

/** Without one of them a process is no whole: it shares its Redis with others. */
const LIVE_ROLES: readonly Role[] = ['source', 'site', 'gateway'];

export interface IdentityProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly returnUrl: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where a process without the role gateway tells of itself; null: nowhere. */
  readonly metricsPort: number | null;
  readonly dataDir: string;
  /** Empty: the demo centre runs instead. */
  readonly sources: readonly SourceConfig[];
  readonly timeZone: string;
  readonly businessDayStart: string;
  readonly thresholdMs: number;
  readonly shortAbandonMs: number;
  readonly adminToken: string | null;
  /** Null: people sign in with a password. */
  readonly identityProvider: IdentityProviderSettings | null;
  /** Proxies in front that are believed about whom they serve. */
  readonly proxies: readonly Network[];
  readonly roles: readonly Role[];
  /** Null: an embedded Redis in `dataDir`. */
  readonly redisUrl: string | null;
  /** Null: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  /** How long history is kept, in days. */
  readonly retention: {
    readonly contactDays: number;
    readonly segmentDays: number;
    readonly intervalDays: number;
    readonly correctionDays: number;
    readonly callerDays: number;
  };
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  readonly demoSeed: number;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

export interface Machine {
  readonly timeZone: string;
  /** Turns a relative folder into an absolute one. */
  readonly resolve: (folder: string) => string;
}

export interface ParsedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/** Throws ConfigError. An empty variable counts as unset. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>, machine: Machine): ParsedConfig {
  const problems: string[] = [];
  const read = <T, U>({ env: name, alias, schema, default: fallback }: Setting<T>, otherwise: U): T | U => {
    const used = env[name]?.trim() ? name : alias && env[alias]?.trim() ? alias : name;
    const text = env[used]?.trim() || fallback;
    if (text === null) return otherwise;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    for (const message of new Set(parsed.error.issues.map((issue) => issue.message)))
      problems.push(`${used}: ${message}`);
    return otherwise;
  };
  const config: Omit<Config, 'identityProvider'> = {
    port: read(SETTINGS.port, 0),
    host: read(SETTINGS.host, ''),
    metricsPort: read(SETTINGS.metricsPort, null),
    dataDir: machine.resolve(read(SETTINGS.dataDir, '')),
    sources: read(SETTINGS.sources, []),
    timeZone: read(SETTINGS.timeZone, machine.timeZone),
    businessDayStart: read(SETTINGS.businessDayStart, ''),
    thresholdMs: read(SETTINGS.thresholdMs, 0),
    shortAbandonMs: read(SETTINGS.shortAbandonMs, 0),
    adminToken: read(SETTINGS.adminToken, null),
    proxies: read(SETTINGS.proxies, []),
    roles: read(SETTINGS.roles, []),
    redisUrl: read(SETTINGS.redisUrl, null),
    databaseUrl: read(SETTINGS.databaseUrl, null),
    retention: {
      contactDays: read(SETTINGS.retainContactDays, 0),
      segmentDays: read(SETTINGS.retainSegmentDays, 0),
      intervalDays: read(SETTINGS.retainIntervalDays, 0),
      correctionDays: read(SETTINGS.retainCorrectionDays, 0),
      callerDays: read(SETTINGS.retainCallerDays, 0),
    },
    logFormat: read(SETTINGS.logFormat, 'text'),
    logLevel: read(SETTINGS.logLevel, 'info'),
    demoSeed: read(SETTINGS.demoSeed, 0),
  };
  const oidc = {
    publicUrl: read(SETTINGS.publicUrl, null),
    issuer: read(SETTINGS.oidcIssuer, null),
    clientId: read(SETTINGS.oidcClientId, null),
    clientSecret: read(SETTINGS.oidcClientSecret, null),
  };
  const identityProvider = problems.length === 0 ? identityProviderOf(oidc, problems) : null;
  const sharesWork = LIVE_ROLES.some((role) => !config.roles.includes(role));
  if (problems.length === 0 && sharesWork && config.redisUrl === null) {
    problems.push(
      'FLOORCAST_ROLES: processes that share the work need one Redis; set REDIS_URL, or leave FLOORCAST_ROLES empty',
    );
  }
  if (problems.length === 0 && sharesWork && config.roles.includes('history') && config.databaseUrl === null) {
    problems.push('FLOORCAST_ROLES: history of several processes needs one PostgreSQL; set DATABASE_URL');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const whole = Object.freeze({ ...config, identityProvider });
  return { config: whole, warnings: warningsOf(env, whole) };
}

interface OidcSettings {
  readonly publicUrl: string | null;
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

function identityProviderOf(
  { publicUrl, issuer, clientId, clientSecret }: OidcSettings,
  problems: string[],
): IdentityProviderSettings | null {
  if (issuer === null) {
    if (clientId !== null || clientSecret !== null)
      problems.push('FLOORCAST_OIDC_ISSUER: set it too, or leave FLOORCAST_OIDC_CLIENT_ID and _SECRET empty');
    return null;
  }
  if (clientId === null) problems.push('FLOORCAST_OIDC_CLIENT_ID: single sign-on needs it');
  if (publicUrl === null)
    problems.push('FLOORCAST_PUBLIC_URL: single sign-on needs the address that browsers come back to');
  if (clientId === null || publicUrl === null) return null;
  return { issuer, clientId, clientSecret, returnUrl: `${publicUrl}/sign-in/return` };
}

const KNOWN = Object.values(SETTINGS).flatMap(({ env, alias }: { env: string; alias?: string }) =>
  alias ? [env, alias] : [env],
);

function warningsOf(env: Readonly<Record<string, string | undefined>>, config: Config): string[] {
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    if (!name.startsWith('FLOORCAST_') || KNOWN.includes(name)) continue;
    warnings.push(
      `${name} is not a setting and has no effect; did you mean ${nearest(name)}? See docs/configuration.md`,
    );
  }
  if (config.roles.includes('history') && databaseOf(config) === null) {
    warnings.push(
      'without DATABASE_URL there is no history and no settings, because REDIS_URL may serve several processes',
    );
  }
  if (!LOOPBACK.test(config.host)) {
    warnings.push(
      `FLOORCAST_HOST=${config.host} opens the port to the network, where passwords travel in the open; put a proxy with TLS in front, or listen on 127.0.0.1`,
    );
  }
  return warnings;
}

function nearest(name: string): string {
  const bare = (word: string) => word.replace(/^FLOORCAST_/, '');
  const ranked = KNOWN.map((known) => ({ known, distance: editDistance(bare(name), bare(known)) }));
  return ranked.reduce((best, one) => (one.distance < best.distance ? one : best)).known;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/**
 * What keeps history and settings: the PostgreSQL that was named, or one of our own, which belongs to a whole process with
 * a Redis of its own. Null: this deployment has none, so nothing is written for it either.
 */
export function databaseOf({ databaseUrl, redisUrl, roles }: Config): 'named' | 'embedded' | null {
  if (databaseUrl !== null) return 'named';
  return redisUrl === null && roles.includes('history') ? 'embedded' : null;
}

/** The config as it may be shown: secrets hidden. */
export function printableConfig(config: Config): Record<string, unknown> {
  return {
    ...config,
    sources: config.sources.map((source) => ({ site: source.site, url: describeSource(source) })),
    adminToken: config.adminToken === null ? null : '***',
    identityProvider: config.identityProvider && { ...config.identityProvider, clientSecret: '***' },
    redisUrl: config.redisUrl === null ? null : hidePassword(config.redisUrl),
    databaseUrl: config.databaseUrl === null ? null : hidePassword(config.databaseUrl),
  };
}
