/// <reference types="node" />
/**
 * A live server for developing and photographing screens: `node client/dev/mock-live.ts [port]`, default 3000.
 * Its sites are the cases worth looking at: `?site=main`, `breach`, `stale`, `late`, `closed`, `starting`, `big`,
 * `hostile`, `set` (all that people can set, and suspects), `gaps`, `split` (one of two sources lost), `uncounted`
 * (counts that never come). Serves client/dist under the strict Content-Security-Policy when it was built.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import process from 'node:process';
import { Server, type Socket } from 'socket.io';
import type { SessionAnswer } from '../../shared/api-access.ts';
import { type TableDelta, updateTable } from '../../shared/delta.ts';
import { emptyCopy, encodeDelta, encodeWhole } from '../../shared/frame.ts';
import { type LiveMessage, packMessage } from '../../shared/live-message.ts';
import { EVERYWHERE, RIGHTS } from '../../shared/policy.ts';
import {
  type ClientToServer,
  type Handshake,
  PROTOCOL_VERSION,
  type ServerToClient,
  SOCKET_PATH,
  type Subscribe,
  type SubscribeAnswer,
  TIP_EVERY_MS,
} from '../../shared/protocol.ts';
import { CHANNELS, channelNames, type Table } from '../../shared/view.ts';
import { type FloorPlan, MockFloor } from './mock-floor.ts';

const TICK_MS = 250;
const port = Number(process.argv[2] ?? 3000);
const dist = join(import.meta.dirname, '../dist');
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗'];
const GIVEN = [
  '伟',
  '芳',
  '娜',
  '秀英',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '洋',
  '艳',
  '勇',
  '军',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀兰',
  '霞',
  '梓涵',
  '雨桐',
];
const chineseName = (i: number): string =>
  `${SURNAMES[(i * 7) % SURNAMES.length]}${GIVEN[(i * 5 + Math.floor(i / 20)) % GIVEN.length]}`;
const many = (count: number, name: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => name(i));
const BUSINESS = ['订单查询', '售后服务', '技术支持', '会员专席', '投诉处理', '英语专线'];
const REASONS = ['小休', '洗手间', '小休', '整理工单', ''];

const usual: FloorPlan = {
  name: '华东客服中心',
  queueNames: BUSINESS,
  agentNames: many(60, chineseName),
  reasons: REASONS,
  load: 0.72,
  flooded: [],
};
const PLANS: Record<string, FloorPlan> = {
  main: usual,
  breach: { ...usual, load: 0.8, flooded: [1, 4] },
  stale: usual,
  late: usual,
  closed: { ...usual, isClosed: true },
  starting: usual,
  uncounted: usual,
  set: {
    ...usual,
    load: 0.8,
    flooded: [1],
    groups: ['售前', '售后'],
    teams: ['一班', '二班', '夜班'],
    variants: [undefined, 'slExclShortAbandons', undefined, 'slOfAnswered', 'slAnyOutcome'],
    hasSuspects: true,
  },
  gaps: {
    ...usual,
    gaps: [
      { fromMin: 200, toMin: 150, isFilled: true },
      { fromMin: 95, toMin: 38, isFilled: false },
      { fromMin: 20, toMin: 12, isFilled: false },
    ],
  },
  split: {
    ...usual,
    flooded: [1, 2],
    sources: ['east-pbx', 'west-pbx'],
    gaps: [{ fromMin: 0, toMin: null, isFilled: false }],
  },
  big: {
    ...usual,
    name: '全国联络中心',
    queueNames: many(200, (i) => `${BUSINESS[i % BUSINESS.length]} ${String(i + 1).padStart(3, '0')}`),
    agentNames: many(2000, (i) => `${chineseName(i)}${i > 440 ? i : ''}`),
  },
  hostile: {
    ...usual,
    name: '<script>document.title="owned"</script>',
    queueNames: [
      '<img src=x onerror="document.title=1">',
      'مركز الاتصال 12',
      '👩‍💻🔥 超级无敌长的队列名称用来测试省略号是否正确工作的一个例子',
      'a'.repeat(300),
      '\u202Egnitset',
      '售后\n服务',
    ],
    agentNames: many(
      60,
      (i) => [chineseName(i), '<b>Bob</b>', '😀'.repeat(40), '\u202Eevil', 'x'.repeat(200), 'אבג 123'][i % 6] ?? '',
    ),
    reasons: ['<i>lunch</i>', '🍜🍜🍜', 'r'.repeat(120), '\u202Ekaerb'],
  },
};

/** Mulberry32: the same floor at every start. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whoever opens it is the administrator. */
const SESSION: SessionAnswer = {
  ...{ isSetUp: true, canSetUp: false, needsSetUpCode: false, hasSingleSignOn: false },
  who: { kind: 'person', id: '1', name: '王芳', rights: [...RIGHTS], scope: EVERYWHERE },
  person: { login: 'wangfang', role: 'administrator', isLocal: true, hasTotp: false, mustChangePassword: false },
};

const startedAt = Date.now();
const floors = Object.entries(PLANS).map(([site, plan], i) => ({
  site,
  floor: new MockFloor(plan, startedAt, seeded(i + 11)),
  copies: channelNames.map((name, c) => ({ ...emptyCopy(name), rev: 1, number: 1 + i * channelNames.length + c })),
}));

const http = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  response.setHeader('Content-Security-Policy', CSP);
  if (path === '/api/v1/sites') {
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify({ asOf: Date.now(), sites: floors.map(({ site }) => ({ id: site, name: PLANS[site]?.name })) }),
    );
    return;
  }
  if (path === '/api/v1/session') {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(SESSION));
    return;
  }
  const wanted = join(dist, path);
  const file = wanted.startsWith(dist) && extname(wanted) && existsSync(wanted) ? wanted : join(dist, 'index.html');
  const types: Record<string, string> = {
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
    '.woff2': 'font/woff2',
    '.html': 'text/html',
  };
  response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(file)
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
});
const io = new Server<ClientToServer, ServerToClient>(http, { path: SOCKET_PATH, serveClient: false });

/** Past the encoder of Socket.IO, as the real server does. */
const send = ({ conn }: Pick<Socket, 'conn'>, message: LiveMessage) => conn.write(Buffer.from(packMessage(message)));
const tell = (room: string, message: LiveMessage) => {
  for (const id of io.of('/').adapter.rooms.get(room) ?? []) {
    const socket = io.of('/').sockets.get(id);
    if (socket) send(socket, message);
  }
};

io.on('connection', (socket) => {
  const { version, subscribe: wanted } = socket.handshake.auth as Handshake;
  if (version !== PROTOCOL_VERSION) socket.emit('reload', PROTOCOL_VERSION);
  const subscribe = ({ site, channel }: Subscribe): SubscribeAnswer => {
    const copy = floors.find((one) => one.site === site)?.copies.find((one) => one.channel === channel);
    if (!copy) return { ok: false, code: 'site.unknown', message: `no site ${site}` };
    void socket.join(`${copy.number}`);
    if (site === 'starting' || (site === 'uncounted' && channel === 'counts')) return { ok: true };
    send(socket, { is: 'name', number: copy.number, site, channel });
    send(socket, { is: 'frame', number: copy.number, frame: encodeWhole(copy) });
    return { ok: true };
  };
  socket.on('subscribe', (request, answer) => answer(subscribe(request)));
  for (const request of wanted ?? []) {
    const answer = subscribe(request);
    if (!answer.ok) socket.emit('refused', request, answer);
  }
});

function step(): void {
  const now = Date.now();
  for (const { site, floor, copies } of floors) {
    // A floor that nobody looks at stands still.
    const isWatched = copies.some(({ number }) => io.of('/').adapter.rooms.has(`${number}`));
    if (!isWatched && copies.every(({ rev }) => rev > 1)) continue;
    const isLost = site === 'stale' && now - startedAt > 3_000;
    const isLate = site === 'late' && now - startedAt > 3_000;
    if (!isLost && !isLate) floor.step(now);
    const lost = { state: 'lost', aliveAt: startedAt, lostAt: startedAt + 3_000, cause: 'closed' };
    const alive = {
      state: 'live',
      aliveAt: isLate ? now - 8_000 : Math.floor(now / 1000) * 1000,
      lostAt: null,
      cause: null,
    };
    const rows = floor.rows((id) => (isLost || (id === 'east-pbx' && now - startedAt > 3_000) ? lost : alive));
    for (const copy of copies) {
      const changes: Partial<Record<Table, TableDelta>> = {};
      for (const name of CHANNELS[copy.channel] as readonly Table[]) {
        const table = copy.tables[name];
        const change = table && updateTable(table, rows[name]);
        if (change) changes[name] = change;
      }
      if (Object.keys(changes).length === 0) continue;
      const frame = encodeDelta(copy, copy.rev + 1, now, changes);
      copy.rev++;
      copy.at = now;
      tell(`${copy.number}`, { is: 'frame', number: copy.number, frame });
    }
  }
}

step();
setInterval(step, TICK_MS);
setInterval(() => {
  const revs = floors.flatMap(({ copies }) => copies.map(({ number, rev }) => [number, rev] as const));
  for (const socket of io.of('/').sockets.values()) send(socket, { is: 'tip', serverAt: Date.now(), revs });
}, TIP_EVERY_MS);
http.listen(port, () => process.stdout.write(`mock live server on http://localhost:${port}\n`));
