/** A gateway on real stores, with a clock that stands until it is moved, and clients that speak to it as browsers and scripts do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { API, type Endpoint } from '../../shared/api.ts';
import type { newTokenBody, Person, personSchema, SessionAnswer } from '../../shared/api-access.ts';
import type { FleetScreen, pairScreenBody, Report, ScreenOptions } from '../../shared/api-screens.ts';
import { type ErrorCode, errorBodySchema } from '../../shared/error.ts';
import { EVERYWHERE, type Role, type Scope } from '../../shared/policy.ts';
import { parseConfig } from '../config.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import { createMetrics } from '../metrics.ts';
import { recordingLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { startServing } from '../roles/gateway.ts';

export const ADMIN_TOKEN = 'the-admin-token';
export const PASSWORD = 'correct horse battery';

/** The stores of a test file. */
export interface AccessStores {
  readonly redis: TestRedis;
  readonly db: TestDatabase;
  /** As new. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export async function startAccessStores(): Promise<AccessStores> {
  const [redis, db] = await Promise.all([startTestRedis(), createTestDatabase()]);
  const command = await redis.connect();
  return {
    redis,
    db,
    async empty() {
      await command.flushall();
      await db.database.query(
        `TRUNCATE people, api_tokens, screens, notices, queue_settings, agent_settings, break_settings, break_requests,
          contacts CASCADE`,
      );
      await db.database.query(
        `ALTER TABLE audit_log DISABLE TRIGGER ALL; TRUNCATE audit_log RESTART IDENTITY;
         ALTER TABLE audit_log ENABLE TRIGGER ALL; ALTER TABLE board_versions DISABLE TRIGGER USER;
         TRUNCATE boards CASCADE; ALTER TABLE board_versions ENABLE TRIGGER USER`,
      );
    },
    async stop() {
      await redis.stop();
      await db.drop();
    },
  };
}

export interface AccessApp {
  readonly url: string;
  /** Moves the clock of the server. */
  pass(ms: number): void;
  now(): number;
  readonly lines: readonly { readonly msg: string; readonly [field: string]: unknown }[];
  /** A browser on this machine, or on another one. */
  browser(from?: string): Client;
  script(token: string): Client;
  /** A browser in which the administrator has set the installation up. */
  setUp(): Promise<Client>;
  stop(): Promise<void>;
}

/** Serves the sites `main` and `north`, of which nothing is known yet. */
export async function startAccessApp(
  { redis, db }: AccessStores,
  env: Readonly<Record<string, string>> = {},
): Promise<AccessApp> {
  const startedAt = Date.now();
  let aheadMs = 0;
  const now = () => startedAt + aheadMs;
  const { log, lines } = recordingLog();
  const { config } = parseConfig(
    {
      FLOORCAST_PORT: '0',
      FLOORCAST_ADMIN_TOKEN: ADMIN_TOKEN,
      DATABASE_URL: db.url,
      REDIS_URL: redis.server.url,
      ...env,
    },
    { timeZone: 'Asia/Shanghai', resolve: path.resolve },
  );
  const clientDir = mkdtempSync(path.join(tmpdir(), 'floorcast-client-'));
  const command = await redis.connect();
  const node = { config, log, now, random: Math.random, metrics: createMetrics(), command, connect: redis.connect };
  const database = env.DATABASE_URL === '' ? null : db.database;
  const serving = await startServing(node, database, { clientDir, onBrokenAnswer: 'fail' });
  for (const site of ['main', 'north']) await serving.join(site);
  const { url } = serving;
  const browser = (from?: string) => new Client(url, from ? { 'x-forwarded-for': from } : {}, true);
  return {
    url,
    lines,
    now,
    pass(ms) {
      aheadMs += ms;
    },
    browser,
    script: (token) => new Client(url, { authorization: `Bearer ${token}` }, false),
    async setUp() {
      const client = browser();
      await client.ok(API.setUp, {}, { login: 'admin', name: '管理员', password: PASSWORD });
      return client;
    },
    async stop() {
      await serving.letGo();
      await serving.close();
      rmSync(clientDir, { recursive: true });
    },
  };
}

type Params = Readonly<Record<string, string>>;

export class Client {
  /** As the browser would send it; empty: none. */
  cookie = '';
  /** Set-Cookie of the last answer. */
  setCookie = '';
  retryAfterS = 0;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #isBrowser: boolean;

  constructor(url: string, headers: Readonly<Record<string, string>>, isBrowser: boolean) {
    this.#url = url;
    this.#headers = headers;
    this.#isBrowser = isBrowser;
  }

  async ask(
    { method, path }: Pick<Endpoint, 'method' | 'path'>,
    params: Params = {},
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string }> {
    const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'none'));
    const query = new URLSearchParams(Object.entries(params).filter(([name]) => !path.includes(`{${name}}`)));
    const response = await fetch(`${this.#url}${place}?${query}`, {
      method: method.toUpperCase(),
      headers: {
        ...this.#headers,
        ...(this.#isBrowser && { 'sec-fetch-site': 'same-origin' }),
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    this.setCookie = response.headers.get('set-cookie') ?? '';
    if (this.#isBrowser && this.setCookie !== '')
      this.cookie = this.setCookie.split(';')[0]?.replace(/^[^=]*=$/, '') ?? '';
    this.retryAfterS = Number(response.headers.get('retry-after') ?? 0);
    return { status: response.status, text: await response.text() };
  }

  /** The answer of a success, as its contract says. */
  async ok<R extends z.ZodType>(
    endpoint: Endpoint<z.ZodType, R>,
    params: Params = {},
    body?: unknown,
  ): Promise<z.output<R>> {
    const { status, text } = await this.ask(endpoint, params, body);
    if (status !== (endpoint.status ?? 200))
      throw new Error(`${endpoint.method} ${endpoint.path} answered ${status}: ${text}`);
    return endpoint.response.parse(JSON.parse(text));
  }

  /** The code of a refusal. */
  async refused(
    endpoint: Endpoint,
    params: Params = {},
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ErrorCode> {
    const { status, text } = await this.ask(endpoint, params, body, headers);
    if (status < 400) throw new Error(`${endpoint.method} ${endpoint.path} answered ${status}: ${text}`);
    return errorBodySchema.parse(JSON.parse(text)).error.code;
  }

  signIn(login: string, password: string, code?: string): Promise<SessionAnswer> {
    return this.ok(API.signIn, {}, { login, password, ...(code !== undefined && { code }) });
  }

  async isIn(): Promise<boolean> {
    return (await this.ok(API.session)).person !== null;
  }

  createPerson(login: string, role: Role, scope: Partial<Scope> = {}): Promise<z.output<typeof personSchema>> {
    const body = { login, name: login, password: PASSWORD, role, scope: { ...EVERYWHERE, ...scope } };
    return this.ok(API.createPerson, {}, body);
  }

  changePerson(person: Person, change: Readonly<Record<string, unknown>>): Promise<Person> {
    return this.ok(API.changePerson, { person: person.id }, changeOf(person, change));
  }

  /** A TV in whose browser this is, paired by somebody who may. */
  async pairBy(supervisor: Client, body: Partial<z.input<typeof pairScreenBody>> = {}): Promise<FleetScreen> {
    const { code, secret } = await this.ok(API.startPairing, {}, { width: 1920, height: 1080, language: 'zh-CN' });
    const screen = await supervisor.ok(API.pairScreen, {}, { ...PAIRED, code, ...body });
    await this.ok(API.claimPairing, {}, { secret });
    return screen;
  }

  createToken(body: Partial<z.input<typeof newTokenBody>> = {}) {
    const whole = { name: 'reports', rights: ['numbers.view'], scope: EVERYWHERE, expiresInDays: null, ...body };
    return this.ok(API.createToken, {}, whole);
  }
}

export const SCREEN_OPTIONS: ScreenOptions = {
  ...{ language: 'zh-CN', inches: null, metres: null, page: null, timeZone: null },
  ...{ dim: null, off: null, offShows: 'clock', hasChime: false },
};

const PAIRED = {
  ...{ name: '一楼东', site: 'main', queues: null, teams: null },
  ...{ board: 'standard', options: SCREEN_OPTIONS },
} as const;

export const REPORT: Report = {
  ...{ build: null, assignment: 1, width: 1920, height: 1080, paintAgeMs: 200, upMs: 5_000, heapBytes: 40_000_000 },
  ...{ freshness: 'fresh', board: 'standard', shows: 'board', isDimmed: false, sound: 'off', identified: null },
};

export const changeOf = (
  { version, name, role, scope, isActive }: Person,
  change: Readonly<Record<string, unknown>>,
): Record<string, unknown> => ({ version, name, role, scope, isActive, ...change });

export const NEW_PASSWORD = 'another horse battery';

/** A browser in which somebody new has signed in, with a password of the own choice. */
export async function signedIn(
  app: AccessApp,
  admin: Client,
  login: string,
  role: Role,
  scope: Partial<Scope> = {},
): Promise<{ client: Client; person: Person }> {
  const person = await admin.createPerson(login, role, scope);
  const client = app.browser();
  await client.signIn(login, PASSWORD);
  await client.ok(API.changePassword, {}, { current: PASSWORD, next: NEW_PASSWORD });
  const { people } = await admin.ok(API.people);
  return { client, person: people.find(({ id }) => id === person.id) ?? person };
}
