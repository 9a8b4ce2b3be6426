/**
 * Live channels over Socket.IO (docs/spec/live.md). What must hold:
 * - a socket gets a channel's snapshot before any delta made after it, because both are emitted in the order of commits
 *   and a socket enters the room in the same step in which its snapshot leaves;
 * - a frame is encoded once per channel, however many screens show it;
 * - a socket that does not keep up is skipped, and gets snapshots when it has drained: memory per socket is bounded.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as Connection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { ChannelDelta, ChannelSnapshot } from '../../shared/delta.ts';
import type { ErrorCode } from '../../shared/error.ts';
import {
  type ClientToServer,
  handshakeSchema,
  PROTOCOL_VERSION,
  type ServerToClient,
  SOCKET_PATH,
  type SubscribeAnswer,
  subscribeSchema,
  TIP_EVERY_MS,
} from '../../shared/protocol.ts';
import type { Channel } from '../../shared/view.ts';
import { AppError, answerTo } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Mirror } from './mirror.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_MESSAGES = 50;
const MESSAGE_WINDOW_MS = 10_000;
const MAX_CHANNELS = 32;
/** More than this unsent: the socket is skipped. Drained to a quarter of it: it is served again. */
const LAG_BYTES = 256 * 1024;
const DRAINED_BYTES = LAG_BYTES / 4;
const DRAIN_CHECK_MS = 100;
/** At the end open connections get so long to say good-bye; a screen that is off would take half a minute. */
const GOODBYE_MS = 250;
/** Room of the sockets that are skipped. No channel room can have this name: those hold a bar. */
const LAGGING = 'lagging';

interface PerSocket {
  readonly rooms: Set<string>;
  messages: number;
  windowEndsAt: number;
}

type Io = Server<ClientToServer, ServerToClient, Record<string, never>, PerSocket>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, PerSocket>;

export interface SocketOptions {
  readonly mirror: Pick<Mirror, 'sites' | 'snapshot' | 'revs'>;
  readonly now: () => number;
  readonly log: Logger;
  readonly onFrame: (channel: Channel, kind: 'delta' | 'snapshot', frame: ChannelDelta | ChannelSnapshot) => void;
  readonly onSkip: () => void;
  /** Bytes above which a socket is skipped; tests lower it. */
  readonly lagBytes?: number;
}

export interface LiveSockets {
  delta(site: string, channel: Channel, delta: ChannelDelta): void;
  reset(site: string, channel: Channel): void;
  count(): number;
  /** Closes the HTTP server too, with all its connections. */
  stop(): Promise<void>;
}

const roomOf = (site: string, channel: Channel): string => `${site}|${channel}`;

export function attachSockets(server: HttpServer, options: SocketOptions): LiveSockets {
  const { mirror, now, log } = options;
  const connections = new Set<Connection>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  const lagBytes = options.lagBytes ?? LAG_BYTES;
  const drainedBytes = Math.min(DRAINED_BYTES, lagBytes / 4);
  const io: Io = new Server(server, {
    path: SOCKET_PATH,
    serveClient: false,
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) =>
      decide(isSameOrigin(request) ? null : 'cross-site request', isSameOrigin(request)),
  });
  // The first request of a socket is of no use afterwards and weighs more than the socket.
  io.engine.on('connection', (raw: { request: IncomingMessage | null }) => {
    raw.request = null;
  });

  /** Sockets that wait for a snapshot, by room. They are served together, so a storm of screens costs one encoding. */
  const waiting = new Map<string, { site: string; channel: Channel; sockets: Set<LiveSocket> }>();
  let flushTimer: NodeJS.Immediate | null = null;

  const want = (socket: LiveSocket, site: string, channel: Channel) => {
    const room = roomOf(site, channel);
    const entry = waiting.get(room) ?? { site, channel, sockets: new Set() };
    entry.sockets.add(socket);
    waiting.set(room, entry);
    flushTimer ??= setImmediate(flush);
  };
  const flush = () => {
    flushTimer = null;
    for (const room of [...waiting.keys()]) serve(room);
  };
  const serve = (room: string) => {
    const entry = waiting.get(room);
    if (!entry) return;
    waiting.delete(room);
    const ready = [...entry.sockets].filter(
      (socket) => socket.connected && socket.data.rooms.has(room) && !socket.rooms.has(LAGGING),
    );
    const snapshot = mirror.snapshot(entry.site, entry.channel);
    for (const socket of ready) void socket.join(room);
    // Before the site's first commit there is nothing to send; the reset that follows it will.
    if (snapshot === null || ready.length === 0) return;
    options.onFrame(entry.channel, 'snapshot', snapshot);
    io.to(ready.map((socket) => socket.id)).emit('snapshot', entry.site, entry.channel, snapshot);
    skipLagging(ready);
  };

  const skipLagging = (sockets: Iterable<LiveSocket>) => {
    for (const socket of sockets) {
      if (unsentBytes(socket) <= lagBytes || socket.rooms.has(LAGGING)) continue;
      void socket.join(LAGGING);
      options.onSkip();
      log.debug({ socket: socket.id }, 'socket.skipped');
    }
  };
  const inRoom = function* (room: string): Generator<LiveSocket> {
    for (const id of io.of('/').adapter.rooms.get(room) ?? []) {
      const socket = io.of('/').sockets.get(id);
      if (socket) yield socket;
    }
  };
  const resume = () => {
    for (const socket of [...inRoom(LAGGING)]) {
      if (unsentBytes(socket) > drainedBytes) continue;
      void socket.leave(LAGGING);
      for (const room of socket.data.rooms) {
        // Out of the room until its snapshot leaves: a delta in between would come before it.
        void socket.leave(room);
        const [site = '', channel] = room.split('|') as [string, Channel];
        want(socket, site, channel);
      }
    }
  };

  const sendTips = () => io.except(LAGGING).emit('tip', { serverAt: now(), revs: mirror.revs() });
  const timers = [setInterval(sendTips, TIP_EVERY_MS), setInterval(resume, DRAIN_CHECK_MS)];

  io.on('connection', (socket) => {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success || handshake.data.version !== PROTOCOL_VERSION) {
      socket.emit('reload', PROTOCOL_VERSION);
      socket.disconnect(true);
      return;
    }
    socket.data = { rooms: new Set(), messages: 0, windowEndsAt: 0 };
    socket.use((event, next) => {
      if (isWithinRate(socket.data, now())) return next();
      refuse(event.at(-1), 'request.tooMany');
      if (socket.data.messages > 4 * MAX_MESSAGES) socket.disconnect(true);
    });
    socket.on('subscribe', (request, answer) => {
      const parsed = subscribeSchema.safeParse(request);
      if (!parsed.success) return refuse(answer, 'request.invalid');
      const { site, channel } = parsed.data;
      if (!mirror.sites.includes(site)) return refuse(answer, 'site.unknown');
      const room = roomOf(site, channel);
      if (!socket.data.rooms.has(room) && socket.data.rooms.size >= MAX_CHANNELS)
        return refuse(answer, 'channel.tooMany');
      socket.data.rooms.add(room);
      if (typeof answer === 'function') answer({ ok: true });
      want(socket, site, channel);
    });
    socket.on('unsubscribe', (request) => {
      const parsed = subscribeSchema.safeParse(request);
      if (!parsed.success) return;
      const room = roomOf(parsed.data.site, parsed.data.channel);
      socket.data.rooms.delete(room);
      void socket.leave(room);
    });
    // A screen knows the server's clock and revisions from its first moment on.
    socket.emit('tip', { serverAt: now(), revs: mirror.revs() });
  });

  return {
    delta(site, channel, delta) {
      const room = roomOf(site, channel);
      options.onFrame(channel, 'delta', delta);
      skipLagging(inRoom(room));
      io.to(room).except(LAGGING).emit('delta', site, channel, delta);
    },
    reset(site, channel) {
      const snapshot = mirror.snapshot(site, channel);
      if (snapshot === null) return;
      const room = roomOf(site, channel);
      options.onFrame(channel, 'snapshot', snapshot);
      skipLagging(inRoom(room));
      io.to(room).except(LAGGING).emit('snapshot', site, channel, snapshot);
    },
    count: () => io.of('/').sockets.size,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      if (flushTimer) clearImmediate(flushTimer);
      io.disconnectSockets(true);
      const closed = io.close();
      const goodbye = setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, GOODBYE_MS);
      await closed;
      clearTimeout(goodbye);
    },
  };
}

/** Browsers always say where a WebSocket comes from; another site's page must not read the boards with a user's rights. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}

function isWithinRate(data: PerSocket, now: number): boolean {
  if (now >= data.windowEndsAt) {
    data.windowEndsAt = now + MESSAGE_WINDOW_MS;
    data.messages = 0;
  }
  data.messages++;
  return data.messages <= MAX_MESSAGES;
}

/** Answers only who asked for an answer: the callback comes from the wire. */
function refuse(answer: unknown, code: ErrorCode): void {
  if (typeof answer !== 'function') return;
  const { body } = answerTo(new AppError(code));
  answer({ ok: false, ...body.error } satisfies SubscribeAnswer);
}

/**
 * What was emitted and has not left the process: packets that wait in the engine and bytes that wait in the WebSocket.
 * Both are inner fields of engine.io and ws, covered by a test; without them a lagging socket could not be seen.
 */
function unsentBytes(socket: LiveSocket): number {
  const { writeBuffer, transport } = socket.conn as unknown as {
    writeBuffer: readonly { data?: string | Buffer }[];
    transport: { socket?: { bufferedAmount?: number } };
  };
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}
