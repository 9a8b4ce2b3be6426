import { expect, test } from 'vitest';
import { ConfigError, configurationPage, parseConfig, printableConfig } from './config.ts';

const machine = {
  timeZone: 'Europe/Berlin',
  resolve: (folder: string) => (folder.startsWith('/') ? folder : `/project/${folder}`),
};
const parse = (env: Record<string, string | undefined>) => parseConfig(env, machine);
const configOf = (env: Record<string, string | undefined>) => parse(env).config;

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('[CF2] an empty environment gives the documented defaults', () => {
  expect(parse({ FLOORCAST_PORT: '', FLOORCAST_SOURCES: ' ' })).toEqual({
    config: {
      port: 3000,
      host: '127.0.0.1',
      metricsPort: null,
      dataDir: '/project/data',
      sources: [],
      timeZone: 'Europe/Berlin',
      businessDayStart: '06:00',
      thresholdMs: 20_000,
      shortAbandonMs: 5_000,
      adminToken: null,
      identityProvider: null,
      proxies: [
        { address: '127.0.0.1', prefix: 32, family: 'ipv4' },
        { address: '::1', prefix: 128, family: 'ipv6' },
      ],
      roles: ['source', 'site', 'gateway', 'history'],
      redisUrl: null,
      databaseUrl: null,
      retention: { contactDays: 400, segmentDays: 400, intervalDays: 1100, correctionDays: 400, callerDays: 90 },
      logFormat: 'text',
      logLevel: 'info',
      demoSeed: 1,
    },
    warnings: [],
  });
});

test.each([
  [{ PORT: '8080' }, { port: 8080 }],
  [{ PORT: '8080', FLOORCAST_PORT: '9090' }, { port: 9090 }],
  [{ PORT: 'x', FLOORCAST_PORT: '9090' }, { port: 9090 }],
  [{ FLOORCAST_DATA_DIR: '/var/lib/floorcast' }, { dataDir: '/var/lib/floorcast' }],
  [{ FLOORCAST_TIME_ZONE: 'Asia/Shanghai' }, { timeZone: 'Asia/Shanghai' }],
  [{ FLOORCAST_BUSINESS_DAY_START: '00:00' }, { businessDayStart: '00:00' }],
  [
    { FLOORCAST_SL_THRESHOLD_S: '15', FLOORCAST_SHORT_ABANDON_S: '0' },
    { thresholdMs: 15_000, shortAbandonMs: 0 },
  ],
  [
    { FLOORCAST_ROLES: 'site', REDIS_URL: 'redis://r:6379' },
    { roles: ['site'], redisUrl: 'redis://r:6379' },
  ],
  [{ FLOORCAST_ROLES: 'site,gateway,source' }, { roles: ['source', 'site', 'gateway'] }],
  [{ REDIS_URL: 'unix:///run/redis.sock' }, { redisUrl: 'unix:///run/redis.sock' }],
  [{ REDIS_URL: 'redis+cluster://a:7000,b:7000' }, { redisUrl: 'redis+cluster://a:7000,b:7000' }],
  [{ DATABASE_URL: 'postgres:///fc?host=/run/pg' }, { databaseUrl: 'postgres:///fc?host=/run/pg' }],
  [{ FLOORCAST_RETAIN_CALLERS_DAYS: '0' }, { retention: { callerDays: 0, contactDays: 400 } }],
  [
    { FLOORCAST_LOG_FORMAT: 'json', FLOORCAST_LOG_LEVEL: 'debug' },
    { logFormat: 'json', logLevel: 'debug' },
  ],
])('[CF2] %o is read as %o', (env, expected) => {
  expect(configOf(env)).toMatchObject(expected);
});

test('[CF2] single sign-on is one thing, and its secret is not shown', () => {
  const config = configOf({
    FLOORCAST_PUBLIC_URL: 'https://floor.example.com/',
    FLOORCAST_OIDC_ISSUER: 'http://127.0.0.1:9000/realms/floor',
    FLOORCAST_OIDC_CLIENT_ID: 'floorcast',
    FLOORCAST_OIDC_CLIENT_SECRET: 'geheim',
  });
  expect(config.identityProvider).toEqual({
    issuer: 'http://127.0.0.1:9000/realms/floor',
    clientId: 'floorcast',
    clientSecret: 'geheim',
    returnUrl: 'https://floor.example.com/sign-in/return',
  });
  expect(JSON.stringify(printableConfig(config))).not.toContain('geheim');
});

test('[CF2] sources are split at white space and name their site', () => {
  const { sources } = configOf({ FLOORCAST_SOURCES: 'ami://u:p%2Fw@pbx  amis://u:p@10.0.0.2:5040?site=north' });
  expect(sources).toMatchObject([
    { site: 'main', address: { host: 'pbx', port: 5038, secret: 'p/w', tls: null } },
    { site: 'north', address: { host: '10.0.0.2', port: 5040, tls: { isVerified: true } } },
  ]);
});

test.each([
  [{ FLOORCAST_PORT: '70000' }, /^FLOORCAST_PORT: .*65535/],
  [{ PORT: '-1' }, /^PORT: /],
  [{ FLOORCAST_HOST: 'a b' }, /^FLOORCAST_HOST: /],
  [{ FLOORCAST_TIME_ZONE: 'Asia/Peking2' }, /^FLOORCAST_TIME_ZONE: .*Asia\/Shanghai/],
  [{ FLOORCAST_BUSINESS_DAY_START: '24:00' }, /^FLOORCAST_BUSINESS_DAY_START: .*06:00/],
  [{ FLOORCAST_SL_THRESHOLD_S: '0' }, /^FLOORCAST_SL_THRESHOLD_S: .*between 1 and 3600/],
  [{ FLOORCAST_SHORT_ABANDON_S: '5.5' }, /^FLOORCAST_SHORT_ABANDON_S: /],
  [{ FLOORCAST_ADMIN_TOKEN: 'two words' }, /^FLOORCAST_ADMIN_TOKEN: .*openssl/],
  [{ FLOORCAST_PUBLIC_URL: 'floor.example.com' }, /^FLOORCAST_PUBLIC_URL: .*https:\/\/floor/],
  [{ FLOORCAST_OIDC_ISSUER: 'http://login.example.com' }, /^FLOORCAST_OIDC_ISSUER: .*https:/],
  [
    { FLOORCAST_OIDC_ISSUER: 'https://login.example.com', FLOORCAST_PUBLIC_URL: 'https://f.cn' },
    /^FLOORCAST_OIDC_CLIENT_ID: /,
  ],
  [{ FLOORCAST_OIDC_ISSUER: 'https://login.example.com', FLOORCAST_OIDC_CLIENT_ID: 'f' }, /^FLOORCAST_PUBLIC_URL: /],
  [{ FLOORCAST_OIDC_CLIENT_SECRET: 's' }, /^FLOORCAST_OIDC_ISSUER: /],
  [{ FLOORCAST_PROXIES: '10.0.0.5 proxy' }, /^FLOORCAST_PROXIES: .*10\.1\.0\.0\/16/],
  [{ FLOORCAST_PROXIES: '10.0.0.0/33' }, /^FLOORCAST_PROXIES: /],
  [{ FLOORCAST_ROLES: 'gateway boss' }, /^FLOORCAST_ROLES: unknown role "boss"; use source, site, gateway/],
  [{ FLOORCAST_ROLES: 'gateway' }, /^FLOORCAST_ROLES: .*REDIS_URL/],
  [{ REDIS_URL: 'localhost:6379' }, /^REDIS_URL: give redis:/],
  [{ REDIS_URL: 'redis+cluster://a,,b' }, /^REDIS_URL: give .*redis\+cluster:/],
  [{ DATABASE_URL: 'mysql://db' }, /^DATABASE_URL: give postgres:/],
  [{ FLOORCAST_RETAIN_CONTACTS_DAYS: '0' }, /^FLOORCAST_RETAIN_CONTACTS_DAYS: .*between 1 and 36500/],
  [
    { FLOORCAST_SOURCES: 'sip://u:p@h' },
    /^FLOORCAST_SOURCES: source 1 of 1: unknown scheme sip:\/\/; use ami:\/\/ or amis:\/\//,
  ],
  [{ FLOORCAST_SOURCES: 'pbx:5038' }, /^FLOORCAST_SOURCES: source 1 of 1: not a URL/],
  [{ FLOORCAST_SOURCES: 'queue-log://var/q' }, /^FLOORCAST_SOURCES: source 1 of 1: three slashes before the path/],
  [
    { FLOORCAST_SOURCES: 'queue-log:///a ami://u:p@h queue-log:///b?site=main' },
    /^FLOORCAST_SOURCES: site "main" has two logs; give each PBX a site of its own/,
  ],
  [
    { FLOORCAST_SOURCES: 'queue-log:///a ami://u:p@h ami://u:p@i ami://u:p@j?site=b queue-log:///c?site=b' },
    /^FLOORCAST_SOURCES: site "main" has a log beside two PBXs; give each PBX with its log a site of its own/,
  ],
  [{ FLOORCAST_SOURCES: 'ami://u:p@h ami://h' }, /^FLOORCAST_SOURCES: source 2 of 2: .*user/],
  [{ FLOORCAST_LOG_LEVEL: 'loud' }, /^FLOORCAST_LOG_LEVEL: give one of/],
])('[CF1] %o is refused with what to do', (env, problem) => {
  expect(problemsOf(env as unknown as Record<string, string>)).toEqual([expect.stringMatching(problem)]);
});

test('[CF1] all problems are reported together', () => {
  const problems = problemsOf({
    FLOORCAST_PORT: 'x',
    FLOORCAST_TIME_ZONE: 'Mars',
    FLOORCAST_SOURCES: 'sip://a:b@c ami://x',
    REDIS_URL: 'http://r',
  });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'FLOORCAST_PORT',
    'FLOORCAST_SOURCES',
    'FLOORCAST_SOURCES',
    'FLOORCAST_TIME_ZONE',
    'REDIS_URL',
  ]);
});

test('[CF1] neither problems nor the printed config hold a secret', () => {
  const env = {
    FLOORCAST_SOURCES: 'ami://user:hunter2@h:99999',
    REDIS_URL: 'http://:hunter2@r',
    DATABASE_URL: 'mysql://:hunter2@r',
    FLOORCAST_ADMIN_TOKEN: 'hunter2 x',
  };
  expect(problemsOf(env).join()).not.toContain('hunter2');
  const config = configOf({
    FLOORCAST_SOURCES: 'ami://user:hunter2@h',
    REDIS_URL: 'redis://:hunter2@r',
    DATABASE_URL: 'postgres://u:hunter2@r/db?password=hunter2',
    FLOORCAST_ADMIN_TOKEN: 'hunter2',
  });
  expect(JSON.stringify(printableConfig(config))).not.toContain('hunter2');
});

test.each([
  ['FLOORCAST_PROT', 'FLOORCAST_PORT'],
  ['FLOORCAST_SOURCE', 'FLOORCAST_SOURCES'],
  ['FLOORCAST_REDIS_URL', 'REDIS_URL'],
  ['FLOORCAST_TIMEZONE', 'FLOORCAST_TIME_ZONE'],
])('[CF3] %s is a warning that names %s', (name, nearest) => {
  expect(parse({ [name]: 'x' }).warnings).toEqual([expect.stringContaining(`did you mean ${nearest}?`)]);
});

test('[CF3] a host open to the network is a warning', () => {
  expect(parse({ FLOORCAST_HOST: '0.0.0.0' }).warnings).toEqual([expect.stringContaining('with TLS')]);
  for (const host of ['localhost', '127.0.0.1', '::1']) expect(parse({ FLOORCAST_HOST: host }).warnings).toEqual([]);
});

test('[CF5] docs/configuration.md is what the settings say', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../docs/configuration.md');
});
