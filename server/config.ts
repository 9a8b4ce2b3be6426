/**
 * Settings, read once at start. `parseConfig` is pure: environment in, frozen config out, or one ConfigError that names
 * every problem and what to do about it. Nobody else reads the environment. docs/configuration.md is made from SETTINGS.
 */
import { isIP } from 'node:net';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { hidePassword, LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './log.ts';
import { parseRedisUrl, REDIS_URL_FORMS } from './redis/address.ts';
import { type AmiUrl, AmiUrlError, describeAmiUrl, parseAmiUrl } from './sources/ami/url.ts';
import { parseQueueLogUrl, type QueueLogUrl, QueueLogUrlError } from './sources/queue-log/url.ts';

export const ROLES = ['source', 'site', 'gateway', 'history'] as const;
export type Role = (typeof ROLES)[number];
/** Without one of them a process is no whole: it shares its Redis with others. */
const LIVE_ROLES: readonly Role[] = ['source', 'site', 'gateway'];

/** URL schemes of sources that exist. */
const SOURCE_SCHEMES: readonly string[] = ['ami', 'amis', 'queue-log'];
const SOURCE_EXAMPLE = 'ami://user:secret@host:5038?site=main';

export type SourceConfig =
  | { readonly kind: 'ami'; readonly site: string; readonly address: AmiUrl }
  | { readonly kind: 'queue-log'; readonly site: string; readonly address: QueueLogUrl };

/** An address is a network of one. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

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

const wholeNumber = (min: number, max: number, hint: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, hint)
    .transform(Number)
    .refine((n) => n >= min && n <= max, hint);

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const timeZone = z.string().refine((zone) => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}, 'give an IANA time zone such as Asia/Shanghai');

const sources = z.string().transform((text, context) => {
  const found: SourceConfig[] = [];
  for (const [index, word] of words(text).entries()) {
    try {
      found.push(parseSource(word));
    } catch (error) {
      if (!(error instanceof AmiUrlError || error instanceof QueueLogUrlError)) throw error;
      context.addIssue({
        code: 'custom',
        message: `source ${index + 1} of ${words(text).length}: ${error.issues.join('; ')}`,
      });
    }
  }
  for (const message of logProblems(found)) context.addIssue({ code: 'custom', message });
  return found;
});

/** A log proves what one connection tells: it must be plain whose log it is. */
function logProblems(found: readonly SourceConfig[]): string[] {
  const problems: string[] = [];
  for (const site of new Set(found.map((source) => source.site))) {
    const count = (wanted: SourceConfig['kind']) =>
      found.filter((source) => source.site === site && source.kind === wanted).length;
    if (count('queue-log') > 1) problems.push(`site "${site}" has two logs; give each PBX a site of its own`);
    else if (count('queue-log') === 1 && count('ami') > 1)
      problems.push(`site "${site}" has a log beside two PBXs; give each PBX with its log a site of its own`);
  }
  return problems;
}

/** A problem never repeats the URL: it may hold a password. */
function parseSource(text: string): SourceConfig {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new AmiUrlError([`not a URL; write it like ${SOURCE_EXAMPLE}`]);
  if (!SOURCE_SCHEMES.includes(scheme)) {
    throw new AmiUrlError([
      `unknown scheme ${scheme}://; use ${SOURCE_SCHEMES.map((name) => `${name}://`).join(' or ')} like ${SOURCE_EXAMPLE}`,
    ]);
  }
  if (scheme === 'queue-log') {
    const address = parseQueueLogUrl(text);
    return { kind: 'queue-log', site: address.site, address };
  }
  const address = parseAmiUrl(text);
  return { kind: 'ami', site: address.site, address };
}

const roles = z.string().transform((text, context) => {
  const found = words(text.replaceAll(',', ' '));
  for (const word of found) {
    if (!(ROLES as readonly string[]).includes(word)) {
      context.addIssue({
        code: 'custom',
        message: `unknown role ${JSON.stringify(word)}; use ${ROLES.join(', ')} or leave it empty for all`,
      });
    }
  }
  return ROLES.filter((role) => found.length === 0 || found.includes(role));
});

const PROXIES_HINT = 'give addresses or networks of proxies such as 10.0.0.5 or 10.1.0.0/16';

const proxies = z.string().transform((text, context) =>
  words(text.replaceAll(',', ' ')).flatMap((word): Network[] => {
    const [address = '', length] = word.split('/');
    const version = isIP(address);
    const max = version === 4 ? 32 : 128;
    const prefix = length === undefined ? max : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    if (version > 0 && prefix >= 0 && prefix <= max)
      return [{ address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }];
    context.addIssue({ code: 'custom', message: PROXIES_HINT });
    return [];
  }),
);

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/** Tokens and passwords travel there, so it is TLS unless it stays on this machine. */
const safeUrl = (what: string) =>
  z.string().refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname.replace(/^\[|\]$/g, '')));
  }, `give ${what}, with https: unless it is on this machine`);

const redisUrl = z.string().refine((text) => parseRedisUrl(text) !== null, `give ${REDIS_URL_FORMS}`);

const databaseUrl = z.string().refine((text) => {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  return ['postgres:', 'postgresql:'].includes(protocol);
}, 'give postgres://user:password@host:5432/database');

const days = (min: number) => wholeNumber(min, 36_500, `give whole days between ${min} and 36500`);

interface Setting<T> {
  readonly env: string;
  /** Read when `env` is not set. */
  readonly alias?: string;
  readonly schema: z.ZodType<T, string>;
  /** Value when unset, as text; null where a special rule applies, told in `unset`. */
  readonly default: string | null;
  readonly unset?: string;
  readonly about: string;
}

const setting = <T>(one: Setting<T>): Setting<T> => one;

const SETTINGS = {
  port: setting({
    env: 'FLOORCAST_PORT',
    alias: 'PORT',
    schema: wholeNumber(0, 65_535, 'give a port between 1 and 65535, or 0 for any free one'),
    default: '3000',
    about: 'Port of the web server. A bare `PORT` serves too.',
  }),
  host: setting({
    env: 'FLOORCAST_HOST',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'give a host name or an IP address to listen on'),
    default: '127.0.0.1',
    about:
      'Address to listen on. `0.0.0.0` opens it to the network; passwords travel in the open there, so put a proxy with TLS in front.',
  }),
  metricsPort: setting({
    env: 'FLOORCAST_METRICS_PORT',
    schema: wholeNumber(0, 65_535, 'give a port between 1 and 65535, or 0 for any free one'),
    default: null,
    unset: 'none',
    about:
      'Port on which a process without the role `gateway` serves `/metrics` and `/healthz`; with it, `FLOORCAST_PORT` does.',
  }),
  dataDir: setting({
    env: 'FLOORCAST_DATA_DIR',
    schema: z.string(),
    default: 'data',
    about:
      'Folder for the embedded Redis and PostgreSQL; relative to the project. The demo centre keeps to `demo`, real sources to `live` inside it.',
  }),
  sources: setting({
    env: 'FLOORCAST_SOURCES',
    schema: sources,
    default: null,
    unset: 'the demo centre',
    about: `Space-separated URLs of what feeds the sites: \`${SOURCE_EXAMPLE}\`, \`amis://\` over TLS, \`queue-log:///var/log/asterisk/queue_log?site=main\` for the log of the same PBX. \`site\` defaults to \`main\`. Holds secrets.`,
  }),
  timeZone: setting({
    env: 'FLOORCAST_TIME_ZONE',
    schema: timeZone,
    default: null,
    unset: "the machine's",
    about: 'IANA time zone of the business day and of the clocks on the screens.',
  }),
  businessDayStart: setting({
    env: 'FLOORCAST_BUSINESS_DAY_START',
    schema: z.string().regex(/^([01]\d|2[0-3]):(00|15|30|45)$/, 'give a local time on a quarter hour such as 06:00'),
    default: '06:00',
    about: "Local time, on a quarter hour, at which a business day begins and today's counters start from zero.",
  }),
  thresholdMs: setting({
    env: 'FLOORCAST_SL_THRESHOLD_S',
    schema: wholeNumber(1, 3_600, 'give whole seconds between 1 and 3600').transform((s) => s * 1000),
    default: '20',
    about: 'Service-level threshold in seconds for queues whose source names none.',
  }),
  shortAbandonMs: setting({
    env: 'FLOORCAST_SHORT_ABANDON_S',
    schema: wholeNumber(0, 3_600, 'give whole seconds between 0 and 3600').transform((s) => s * 1000),
    default: '5',
    about: 'Callers who hang up within so many seconds count as short abandons too.',
  }),
  adminToken: setting({
    env: 'FLOORCAST_ADMIN_TOKEN',
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'give printable characters without spaces, e.g. from `openssl rand -hex 24`'),
    default: null,
    unset: 'no token',
    about:
      'Bearer token with every right, for automation, and the way back in when no administrator can sign in. Secret.',
  }),
  publicUrl: setting({
    env: 'FLOORCAST_PUBLIC_URL',
    schema: safeUrl('the address that browsers use, such as https://floor.example.com').transform(
      (text) => new URL(text).origin,
    ),
    default: null,
    unset: 'none',
    about:
      'Address under which browsers reach Floorcast. Single sign-on needs it: register `…/sign-in/return` under it with the identity provider.',
  }),
  oidcIssuer: setting({
    env: 'FLOORCAST_OIDC_ISSUER',
    schema: safeUrl('the issuer of your identity provider'),
    default: null,
    unset: 'people sign in with a password',
    about:
      'Issuer of an OpenID Connect provider, where people sign in. Who gets in is decided in Floorcast: an administrator adds the login (`preferred_username` or `email`) first.',
  }),
  oidcClientId: setting({
    env: 'FLOORCAST_OIDC_CLIENT_ID',
    schema: z.string().min(1),
    default: null,
    unset: 'none',
    about: 'Name under which Floorcast is registered with the identity provider.',
  }),
  oidcClientSecret: setting({
    env: 'FLOORCAST_OIDC_CLIENT_SECRET',
    schema: z.string().min(1),
    default: null,
    unset: 'a public client',
    about: 'What Floorcast shows the identity provider. Secret.',
  }),
  proxies: setting({
    env: 'FLOORCAST_PROXIES',
    schema: proxies,
    default: '127.0.0.1 ::1',
    about:
      'Addresses or networks of proxies in front, separated by spaces or commas, that are believed about whom they serve (`X-Forwarded-For`): what the audit log shows, and who is slowed down after wrong passwords.',
  }),
  roles: setting({
    env: 'FLOORCAST_ROLES',
    schema: roles,
    default: '',
    unset: 'all',
    about: `What this process does, separated by spaces or commas: \`source\` holds the connections to the PBX, \`site\` folds and commits, \`gateway\` serves, \`history\` writes what is over into PostgreSQL. Several processes need one \`REDIS_URL\` and, for history, one \`DATABASE_URL\`; without \`source\` and \`FLOORCAST_SOURCES\` a process works on the sites that others have registered there.`,
  }),
  redisUrl: setting({
    env: 'REDIS_URL',
    schema: redisUrl,
    default: null,
    unset: 'an embedded Redis',
    about:
      'Redis to use: `redis://`, `rediss://` or `unix://`, for a Redis Cluster `redis+cluster://` or `rediss+cluster://` with some of its nodes separated by commas. May hold a secret. The demo centre is site `demo` there, so that it never counts into a real `main`.',
  }),
  databaseUrl: setting({
    env: 'DATABASE_URL',
    schema: databaseUrl,
    default: null,
    unset: 'an embedded PostgreSQL; with REDIS_URL none',
    about:
      'PostgreSQL (15 or newer) for history and settings. May hold a secret. While it is away boards go on and history waits in Redis.',
  }),
  retainContactDays: setting({
    env: 'FLOORCAST_RETAIN_CONTACTS_DAYS',
    schema: days(1),
    default: '400',
    about: 'Days for which finished contacts are kept.',
  }),
  retainSegmentDays: setting({
    env: 'FLOORCAST_RETAIN_SEGMENTS_DAYS',
    schema: days(1),
    default: '400',
    about: "Days for which agents' states are kept.",
  }),
  retainIntervalDays: setting({
    env: 'FLOORCAST_RETAIN_INTERVALS_DAYS',
    schema: days(1),
    default: '1100',
    about: 'Days for which the counters of quarter hours are kept. They name nobody, and forecasts live on them.',
  }),
  retainCorrectionDays: setting({
    env: 'FLOORCAST_RETAIN_CORRECTIONS_DAYS',
    schema: days(1),
    default: '400',
    about: 'Days for which gaps and corrections are kept.',
  }),
  retainCallerDays: setting({
    env: 'FLOORCAST_RETAIN_CALLERS_DAYS',
    schema: days(0),
    default: '90',
    about: "Days after which callers' numbers and names are taken out of history; `0` never writes them.",
  }),
  logFormat: setting({
    env: 'FLOORCAST_LOG_FORMAT',
    schema: z.enum(LOG_FORMATS, `give one of ${LOG_FORMATS.join(', ')}`),
    default: 'text',
    about: '`text` for people, `json` for log collectors.',
  }),
  logLevel: setting({
    env: 'FLOORCAST_LOG_LEVEL',
    schema: z.enum(LOG_LEVELS, `give one of ${LOG_LEVELS.join(', ')}`),
    default: 'info',
    about: `One of ${LOG_LEVELS.map((level) => `\`${level}\``).join(', ')}.`,
  }),
  demoSeed: setting({
    env: 'FLOORCAST_DEMO_SEED',
    schema: wholeNumber(0, 999_999_999, 'give a whole number'),
    default: '1',
    about: 'Seed of the demo centre: the same seed makes the same day.',
  }),
} as const;

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

/** For logs and as the id of the source: everything but the secret. */
function describeSource(source: SourceConfig): string {
  return source.kind === 'ami' ? describeAmiUrl(source.address) : `queue-log://${source.address.path}`;
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

/** Text of docs/configuration.md. */
export function configurationPage(): string {
  const rows = Object.values(SETTINGS).map(
    ({ env, default: fallback, unset, about }: Setting<unknown>) =>
      `| \`${env}\` | ${unset ?? `\`${fallback}\``} | ${about} |`,
  );
  return [
    '# Configuration',
    '',
    'Made from `server/config.ts`; a test keeps them equal (`npx vitest run server/config.test.ts -u` writes it anew).',
    '',
    'Settings are environment variables, read once at start. An empty variable counts as unset. All problems are reported',
    'together and stop the start; an unknown `FLOORCAST_*` variable is a warning. `node server/main.ts --print-config` shows',
    'what is in force, with secrets hidden.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
