/**
 * Every endpoint of the API, asked by everybody who must not get it. What an endpoint needs is read from its contract; what
 * may be open at all stands here, so that an endpoint which forgets its right is found.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { API, type Endpoint } from '../../shared/api.ts';
import { errorBodySchema } from '../../shared/error.ts';
import { RIGHTS, RIGHTS_OF } from '../../shared/policy.ts';
import { type Cell, CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { rowOf } from '../gateway/testing-feed.ts';
import { atField, revField, siteKeys } from '../redis/keys.ts';
import {
  type AccessApp,
  type AccessStores,
  type Client,
  changeOf,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const OPEN: readonly (keyof typeof API)[] = [
  ...(['health', 'readiness', 'session', 'signIn', 'signOut', 'setUp'] as const),
  ...(['startSignOn', 'finishSignOn'] as const),
  ...(['startPairing', 'claimPairing'] as const),
];
const ENDPOINTS = Object.entries(API) as [keyof typeof API, Endpoint][];
const GUARDED = ENDPOINTS.filter(([name]) => !OPEN.includes(name));

/** Names that somebody of another site, queue or team must never read. */
const OF_THE_QUEUE = ['geheim-queue', 'geheim-group', 'geheim-board'];
const OF_THE_AGENT = ['geheim-agent', 'geheim-team', '王芳'];
const OF_OTHERS = ['geheim-person', 'geheim-token', 'geheim-screen', 'geheim-notice'];
const BOARD = {
  ...{ schema: 1, profile: 'supervisors' },
  pages: [
    {
      ...{ id: 'p1', name: 'page', seconds: 20 },
      tiles: [
        {
          ...{ id: 't1', kind: 'number', x: 0, y: 0, w: 3, h: 3 },
          settings: { metric: 'waiting', scope: { of: 'queue', queue: 'geheim-queue' }, hasTarget: true },
        },
      ],
    },
  ],
};
const NOTICE = {
  ...{ id: randomUUID(), text: 'geheim-notice', level: 'info', minutes: 60 },
  ...{ queues: ['geheim-queue'], teams: ['geheim-team'] },
};
const AT = 1_795_380_000_000;
let stores: AccessStores;
let app: AccessApp;
let admin: Client;
/** What stands in for the names in a path: each exists, and is what the scoped ones must not see. */
let params: Record<string, string>;
/** Bodies that would be taken: what refuses them is the scope alone. */
let bodies: Partial<Record<keyof typeof API, unknown>>;

/** A view as the owner of a site writes it. */
async function putView(
  site: string,
  channel: Channel,
  rows: Readonly<Partial<Record<Table, readonly [string, Record<string, Cell>][]>>>,
) {
  const command = await stores.redis.connect();
  const keys = siteKeys(site);
  for (const table of CHANNELS[channel]) {
    for (const [index, [id, cells]] of (rows[table] ?? []).entries())
      await command.hset(keys.view(channel), `${table}:${index}`, JSON.stringify([id, ...rowOf(table, cells)]));
  }
  await command.hset(keys.meta, revField(channel), 1, atField(channel), AT);
}

beforeAll(async () => {
  stores = await startAccessStores();
  await putView('main', 'board', {
    site: [['main', { name: 'Main' }]],
    queues: [
      ['geheim-queue', { name: 'geheim-queue', group: 'geheim-group', thresholdMs: 20_000, shortAbandonMs: 5_000 }],
      ['open-queue', { name: 'open-queue', thresholdMs: 20_000, shortAbandonMs: 5_000 }],
    ],
    sources: [['pbx', { state: 'live', aliveAt: AT }]],
  });
  await putView('main', 'counts', { today: [['geheim-queue', {}]] });
  const agent = {
    presence: 'available',
    activity: 'idle',
    presenceSince: AT,
    activitySince: AT,
    canTakeCall: true,
    pausedIn: [],
  };
  await putView('main', 'agents', {
    agents: [
      [
        'geheim-agent',
        { ...agent, name: '王芳', team: 'geheim-team', queues: ['geheim-queue'], presenceReason: '', countedTo: AT },
      ],
    ],
  });
  await putView('main', 'integrity', {});
  app = await startAccessApp(stores);
  admin = await app.setUp();
  await admin.ok(
    API.changeQueueSettings,
    { site: 'main', queue: 'geheim-queue' },
    { version: 0, settings: { group: 'geheim-group' } },
  );
  await admin.ok(
    API.changeAgentSettings,
    { site: 'main', agent: 'geheim-agent' },
    { version: 0, settings: { name: '王芳', team: 'geheim-team' } },
  );
  const [person, token] = [
    await admin.createPerson('geheim-person', 'administrator'),
    await admin.createToken({ name: 'geheim-token' }),
  ];
  const pause = { do: 'pause', agent: 'geheim-agent', queue: 'geheim-queue', reason: 'geheim-queue' };
  const { command } = await admin.ok(API.placeCommand, { site: 'main' }, { id: randomUUID(), ...pause });
  await stores.db.database.query(
    `INSERT INTO contacts (site, id, call, queue, agent, offered_at, answered_at, ended_at, outcome, wait_ms, talk_ms, hold_ms, acw_ms,
       is_transferred, threshold_ms, short_abandon_ms, is_end_inferred, caller_number, entry_ms, entry_seq)
     SELECT 'main', 'geheim-queue-' || outcome, '1', 'geheim-queue', agent, to_timestamp($1), answered_at, to_timestamp($1), outcome, 1, talk_ms, 0, 0,
       false, 20000, 5000, false, '13912345678', 1, 0
     FROM (VALUES ('abandoned', NULL, NULL, NULL), ('answered', 'geheim-agent', now(), 1)) AS one (outcome, agent, answered_at, talk_ms)`,
    [AT / 1_000],
  );
  const aBreak = { id: randomUUID(), agent: 'geheim-agent', reason: 'geheim-queue' };
  const rest = await admin.ok(API.requestBreak, { site: 'main' }, aBreak);
  const screen = await app.browser('192.0.2.50').pairBy(admin, { name: 'geheim-screen' });
  const { code } = await app
    .browser('192.0.2.50')
    .ok(API.startPairing, {}, { width: 1920, height: 1080, language: 'en' });
  const board = await admin.ok(API.createBoard, {}, { site: 'main', name: 'geheim-board', board: BOARD });
  await admin.ok(API.publishBoard, { board: board.id }, { version: board.version });
  const notice = await admin.ok(API.createNotice, { site: 'main' }, NOTICE);
  params = {
    notice: notice.id,
    board: board.id,
    screen: screen.id,
    code,
    site: 'main',
    queue: 'geheim-queue',
    agent: 'geheim-agent',
    contact: 'geheim-queue-abandoned',
    person: person.id,
    token: token.id,
    command: command.id,
    request: rest.id,
  };
  bodies = {
    changeQueueSettings: { version: (await admin.ok(API.queueSettings, params)).version, settings: {} },
    changeAgentSettings: { version: (await admin.ok(API.agentSettings, params)).version, settings: {} },
    revealCaller: { reason: 'complaint' },
    callBack: { do: 'claim', version: 0 },
    changePerson: changeOf(person, { name: 'somebody else' }),
    placeCommand: { id: randomUUID(), ...pause },
    requestBreak: { ...aBreak, id: randomUUID() },
    stepBreak: { step: 'withdraw' },
    changeBreakSettings: { version: 0, settings: { quota: 9 } },
    changeScreen: {
      ...{ version: 1, name: 'another', site: 'main', queues: null, teams: null },
      ...{ board: screen.board, options: screen.options },
    },
    changeBoard: {
      version: board.version,
      name: 'another',
      board: { ...BOARD, pages: [{ ...BOARD.pages[0], tiles: [] }] },
    },
    publishBoard: { version: board.version },
    rollBackBoard: { number: 1 },
    createNotice: { ...NOTICE, id: randomUUID() },
    orderScreen: { order: 'blank' },
  };
});

// So many sign-ins at one moment would be too many of one address.
beforeEach(() => app.pass(2_000));

afterAll(async () => {
  await app.stop();
  await stores.stop();
});

/** With the names of its own path only. */
function ask(client: Client, endpoint: Endpoint, body: unknown = {}) {
  const named = Object.entries(params).filter(([name]) => endpoint.path.includes(`{${name}}`));
  return client.ask(endpoint, Object.fromEntries(named), endpoint.method === 'get' ? undefined : body);
}

/** Without a body that would do: whoever must not come in gets no further. */
async function answerOf(client: Client, endpoint: Endpoint, body?: unknown): Promise<string> {
  const { status, text } = await ask(client, endpoint, body);
  return status < 400 ? String(status) : `${status} ${errorBodySchema.parse(JSON.parse(text)).error.code}`;
}

test('[ACC21] what is open to everybody is known by name, everything else names its right', () => {
  expect(
    ENDPOINTS.filter(([, { right }]) => right === 'anybody')
      .map(([name]) => name)
      .toSorted(),
  ).toEqual(OPEN.toSorted());
  for (const [, { right }] of GUARDED) expect(['person', 'screen', ...RIGHTS]).toContain(right);
});

test('[ACC21] every endpoint is served: the administrator is never told that there is none, nor that it is forbidden', async () => {
  for (const [name, endpoint] of GUARDED.filter(([, { method }]) => method === 'get'))
    expect([name, await answerOf(admin, endpoint)]).toEqual([name, '200']);
  const harmless = GUARDED.filter(([, { method, body, right }]) => method !== 'get' && body && right !== 'screen');
  for (const [name, endpoint] of harmless)
    expect([name, await answerOf(admin, endpoint)]).toEqual([name, '400 request.invalid']);
});

test.each(GUARDED)(
  '[ACC21] %s is refused to nobody, to an ended session, and to a forged, expired or revoked token',
  async (_, endpoint) => {
    expect(await answerOf(app.browser(), endpoint)).toBe('401 auth.needed');
    expect(await answerOf(app.browser('192.0.2.1'), endpoint)).toBe('401 auth.needed');
    const ended = app.browser();
    await ended.signIn('admin', 'correct horse battery');
    const { cookie } = ended;
    await ended.ok(API.signOut);
    ended.cookie = cookie;
    expect(await answerOf(ended, endpoint)).toBe('401 auth.needed');
    const revoked = await admin.createToken({ rights: [...RIGHTS] });
    await admin.ok(API.revokeToken, { token: revoked.id });
    for (const token of [revoked.secret, `fc_${'A'.repeat(43)}`, 'the-admin-tokem'])
      expect(await answerOf(app.script(token), endpoint)).toBe('401 auth.tokenWrong');
  },
);

test('[ACC21] whoever lacks the right is refused, whatever the role', async () => {
  for (const role of ['viewer', 'teamLead', 'supervisor', 'analyst', 'manager'] as const) {
    const { client } = await signedIn(app, admin, role.toLowerCase(), role);
    for (const [name, endpoint] of GUARDED) {
      const isHeld = endpoint.right === 'person' || RIGHTS_OF[role].some((right) => right === endpoint.right);
      if (!isHeld) expect([role, name, await answerOf(client, endpoint)]).toEqual([role, name, '403 auth.forbidden']);
    }
  }
});

test('[ACC21] a token with every right but one is refused by the endpoints of that one, and is neither person nor TV', async () => {
  for (const right of RIGHTS) {
    const { secret } = await admin.createToken({ rights: RIGHTS.filter((one) => one !== right) });
    for (const [name, endpoint] of GUARDED.filter(([, { right: needed }]) =>
      [right, 'person', 'screen'].includes(needed),
    ))
      expect([name, await answerOf(app.script(secret), endpoint)]).toEqual([name, '403 auth.forbidden']);
  }
});

test('[ACC22] what the walk hides is there for who sees everything, but for whole numbers', async () => {
  for (const name of ['agentDay', 'contacts', 'agents', 'settings'] as const) {
    const { text } = await ask(admin, API[name]);
    expect([name, text]).toEqual([name, expect.stringContaining('geheim-agent')]);
    expect(text).not.toContain('13912345678');
  }
});

const BESIDES = { sites: ['north'], queues: ['open-queue'], teams: ['open-team'] };

test.each([
  [
    'another site',
    { sites: BESIDES.sites },
    ['site', 'person', 'token', 'screen', 'board', 'notice'],
    [...OF_THE_QUEUE, ...OF_THE_AGENT],
  ],
  [
    'another queue',
    { queues: BESIDES.queues },
    ['queue', 'agent', 'contact', 'person', 'token', 'screen', 'board', 'notice'],
    [...OF_THE_QUEUE, ...OF_THE_AGENT],
  ],
  ['another team', { teams: BESIDES.teams }, ['agent', 'person', 'token', 'screen', 'notice'], OF_THE_AGENT],
  [
    'nowhere',
    { sites: [], queues: [], teams: [] },
    ['site', 'person', 'token', 'screen', 'board', 'notice'],
    [...OF_THE_QUEUE, ...OF_THE_AGENT],
  ],
])(
  '[ACC22] somebody of %s who may do everything there reads and changes nothing elsewhere',
  async (where, scope, closed, hidden) => {
    const login = where.replace(/\W/g, '');
    const { client } = await signedIn(app, admin, login, 'administrator', scope);
    const before = await stores.db.database.query(STATE);
    for (const [name, endpoint] of GUARDED) {
      // Whom a command is about stands in its body.
      const isClosed =
        [...closed, 'command', 'request'].some((one) => endpoint.path.includes(`{${one}}`)) ||
        ['placeCommand', 'requestBreak', 'createNotice'].includes(name);
      if (!isClosed && endpoint.method !== 'get') continue;
      const { status, text } = await ask(client, endpoint, bodies[name]);
      for (const secret of [...hidden, ...OF_OTHERS]) expect([name, text.includes(secret)]).toEqual([name, false]);
      if (isClosed) expect([name, status]).toEqual([name, expect.toBeOneOf([403, 404])]);
      // As one that does not exist.
      if (closed.includes('site') && endpoint.path.includes('{site}'))
        expect([name, text]).toEqual([
          name,
          (await client.ask(endpoint, { ...params, site: 'nowhere' }, bodies[name])).text,
        ]);
    }
    expect(await stores.db.database.query(STATE)).toEqual(before);
  },
);

/** What the walk must leave as it was. */
const STATE = `SELECT (SELECT json_agg(q) FROM queue_settings q) AS queues, (SELECT json_agg(a) FROM agent_settings a) AS agents,
  (SELECT json_agg(c) FROM call_backs c) AS call_backs, (SELECT json_agg(l) FROM audit_log l WHERE act = 'caller.revealed') AS looks,
  (SELECT json_agg(p) FROM people p WHERE login = 'geheim-person') AS people,
  (SELECT json_agg(t) FROM api_tokens t WHERE name = 'geheim-token') AS tokens, (SELECT json_agg(s) FROM screens s) AS screens,
  (SELECT json_agg(r) FROM break_requests r) AS breaks, (SELECT json_agg(s) FROM break_settings s) AS break_settings,
  (SELECT json_agg(b) FROM boards b) AS boards, (SELECT json_agg(n) FROM notices n) AS notices, (SELECT json_agg(v) FROM board_versions v) AS versions,
  (SELECT count(*) FROM audit_log WHERE act = 'command.asked') AS commands`;
