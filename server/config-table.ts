/** The table of settings: name, form, default and meaning of each. docs/configuration.md is made from it. */
import { isIP } from 'node:net';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { SOURCE_EXAMPLE, sources, words } from './config-sources.ts';
import { LOG_FORMATS, LOG_LEVELS } from './log.ts';
import { parseRedisUrl, REDIS_URL_FORMS } from './redis/address.ts';

export const ROLES = ['source', 'site', 'gateway', 'history'] as const;
export type Role = (typeof ROLES)[number];

/** An address is a network of one. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

const wholeNumber = (min: number, max: number, hint: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, hint)
    .transform(Number)
    .refine((n) => n >= min && n <= max, hint);

const timeZone = z.string().refine((zone) => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}, 'give an IANA time zone such as Asia/Shanghai');

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

export const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

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

export interface Setting<T> {
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

export const SETTINGS = {
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

/** Text of docs/configuration.md. */
export function configurationPage(): string {
  const rows = Object.values(SETTINGS).map(
    ({ env, default: fallback, unset, about }: Setting<unknown>) =>
      `| \`${env}\` | ${unset ?? `\`${fallback}\``} | ${about} |`,
  );
  return [
    '# Configuration',
    '',
    'Made from `server/config-table.ts`; a test keeps them equal (`npx vitest run server/config.test.ts -u` writes it anew).',
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
