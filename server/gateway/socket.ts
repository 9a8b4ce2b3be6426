/**
 * Live channels over Socket.IO (docs/spec/live.md): who may connect, what a screen may ask for and how often. What screens
 * are sent is in broadcast.ts.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as TcpConnection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { ErrorCode } from '../../shared/error.ts';
import { mayJoin, seesSite } from '../../shared/policy.ts';
import {
  type ClientToServer,
  handshakeSchema,
  PROTOCOL_VERSION,
  type Refusal,
  type ServerToClient,
  SOCKET_PATH,
  subscribeSchema,
} from '../../shared/protocol.ts';
import type { Channel } from '../../shared/view.ts';
import { AppError, answerTo } from '../errors.ts';
import type { Screen } from './audience.ts';
import { Broadcast, type BroadcastOptions } from './broadcast.ts';
import { type Connection, wireOf } from './fan-out.ts';
import { type Admission, Identities } from './identities.ts';
import type { IdentityPort } from './identity.ts';
import type { ChannelFrame, Mirror } from './mirror.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_MESSAGES = 50;
const MESSAGE_WINDOW_MS = 10_000;
/** At the end open connections get so long to say good-bye; a screen that is off would take half a minute. */
const GOODBYE_MS = 250;

type Io = Server<ClientToServer, ServerToClient, Record<string, never>, Screen>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Screen>;

export interface SocketOptions extends BroadcastOptions {
  readonly mirror: Pick<Mirror, 'sites' | 'snapshot' | 'revs' | 'view'>;
  readonly identity: IdentityPort;
}

export interface LiveSockets {
  /** Sends what one commit changed. */
  commit(site: string, frames: readonly ChannelFrame[]): void;
  reset(site: string, channel: Channel): void;
  /** Whether a screen sees a part of the site only: commits then say what they touched. */
  isScoped(site: string): boolean;
  /** Makes a TV ask what is wanted of it. */
  call(credential: string): void;
  /** Makes the screens of a site ask for its notices. */
  tellNotices(site: string): void;
  count(): number;
  /** Closes the HTTP server too, with all its connections. */
  stop(): Promise<void>;
}

export function attachSockets(server: HttpServer, options: SocketOptions): LiveSockets {
  const { mirror, now, log } = options;
  const broadcast = new Broadcast(options);
  const connections = new Set<TcpConnection>();
  function onClose(this: TcpConnection) {
    connections.delete(this);
  }
  server.on('connection', (connection: TcpConnection) => {
    connections.add(connection);
    connection.on('close', onClose);
  });
  const io: Io = new Server(server, {
    path: SOCKET_PATH,
    serveClient: false,
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) => {
      const isAllowed = isSameOrigin(request);
      if (isAllowed && request.headers.upgrade !== undefined) broadcast.gather(request.socket);
      decide(isAllowed ? null : 'cross-site request', isAllowed);
    },
  });
  const requests = firstRequests(io);
  const identities = new Identities(options.identity, now, cut);
  const admissions = new WeakMap<LiveSocket, Admission>();
  let isStoreAway = false;

  const admit = async (socket: LiveSocket): Promise<void> => {
    const request = requests.get(socket.conn);
    // Who leaves the namespace and comes again over the same connection is not known any more.
    requests.delete(socket.conn);
    if (!isCurrent(socket)) return;
    const admission = request ? await identities.of(request) : null;
    isStoreAway = false;
    if (admission === null) throw denial('auth.needed');
    admissions.set(socket, admission);
    const wire = wireOf(socket.conn as unknown as Connection);
    if (wire) broadcast.gather(wire._socket);
  };
  io.use((socket, next) => {
    admit(socket).then(
      () => next(),
      (error: Error) => {
        if (!('data' in error)) {
          if (!isStoreAway) log.warn({ err: error }, 'socket.identityAway');
          isStoreAway = true;
          // Nobody was refused: a connection that ends makes every client come again by itself.
          socket.conn.close();
        }
        next(error);
      },
    );
  });

  /** What hung on the credential is over. The client comes again by itself and is judged anew. */
  function cut(credential: string): void {
    for (const socket of io.of('/').sockets.values()) {
      if (socket.data.credential !== credential) continue;
      for (const request of broadcast.wantedBy(socket.data)) socket.emit('refused', request, refusal('auth.needed'));
      socket.disconnect(true);
    }
  }

  /** The refusal, or null and the screen gets the channel. */
  const subscribe = (screen: Screen, request: unknown): Refusal | null => {
    const parsed = subscribeSchema.safeParse(request);
    if (!parsed.success) return refusal('request.invalid');
    const { site, channel } = parsed.data;
    if (!mirror.sites.includes(site) || !seesSite(screen.subject, site)) return refusal('site.unknown');
    if (!mayJoin(screen.subject, site, channel)) return refusal('auth.forbidden');
    return broadcast.want(screen, parsed.data) ? null : refusal('channel.tooMany');
  };

  // One function for all sockets, each called on its own: closures per socket would weigh as much as the rest of it.
  const isWithinRate = (socket: LiveSocket): boolean => {
    const { data } = socket;
    if (now() >= data.windowEndsAt) {
      data.windowEndsAt = now() + MESSAGE_WINDOW_MS;
      data.messages = 0;
    }
    data.messages++;
    if (data.messages > 4 * MAX_MESSAGES) socket.disconnect(true);
    return data.messages <= MAX_MESSAGES;
  };
  function onAny(this: LiveSocket, event: unknown) {
    if (event !== 'subscribe' && event !== 'unsubscribe') isWithinRate(this);
  }
  function onSubscribe(this: LiveSocket, request: unknown, answer: unknown) {
    const refused = isWithinRate(this) ? subscribe(this.data, request) : refusal('request.tooMany');
    // The callback comes from the wire.
    if (typeof answer === 'function') answer(refused ?? { ok: true });
  }
  function onUnsubscribe(this: LiveSocket, request: unknown) {
    const parsed = subscribeSchema.safeParse(request);
    if (!isWithinRate(this) || !parsed.success) return;
    broadcast.part(this.data, parsed.data);
  }
  function onDisconnect(this: LiveSocket) {
    broadcast.forget(this.data);
  }

  io.on('connection', (socket) => {
    const admission = admissions.get(socket);
    admissions.delete(socket);
    if (!admission) {
      socket.emit('reload', PROTOCOL_VERSION);
      socket.disconnect(true);
      return;
    }
    if (identities.hasEnded(admission)) {
      // In the moment since: it comes again and is asked for anew.
      socket.conn.close();
      return;
    }
    const { subscribe: wanted = [] } = handshakeSchema.parse(socket.handshake.auth);
    const { subject, credential } = admission;
    const screen: Screen = {
      connection: socket.conn as unknown as Connection,
      subject,
      credential,
      wanted: [],
      group: null,
      isSkipped: false,
      messages: 0,
      windowEndsAt: 0,
    };
    socket.data = screen;
    // Copies of what came with the first request.
    (socket as { handshake: unknown }).handshake = null;
    socket.onAny(onAny);
    socket.on('subscribe', onSubscribe);
    socket.on('unsubscribe', onUnsubscribe);
    socket.on('disconnect', onDisconnect);
    broadcast.serve(screen, []);
    for (const request of wanted) {
      const refused = subscribe(screen, request);
      if (refused) socket.emit('refused', request, refused);
    }
  });

  return {
    commit: (site, frames) => broadcast.commit(site, frames),
    reset: (site, channel) => broadcast.reset(site, channel),
    isScoped: (site) => broadcast.isScoped(site),
    call(credential) {
      for (const socket of io.of('/').sockets.values()) if (socket.data.credential === credential) socket.emit('wish');
    },
    tellNotices(site) {
      for (const socket of io.of('/').sockets.values())
        if (broadcast.wantedBy(socket.data).some((wanted) => wanted.site === site)) socket.emit('notices', site);
    },
    count: () => io.of('/').sockets.size,
    async stop() {
      broadcast.stop();
      identities.stop();
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

/**
 * The first request of each connection until somebody asks who sent it. It is of no use afterwards, nor is the answer that
 * the engine keeps for one with a WebSocket, and they weigh as much as the socket.
 */
function firstRequests({ engine }: Io): WeakMap<object, IncomingMessage> {
  const requests = new WeakMap<object, IncomingMessage>();
  const answers = new WeakMap<IncomingMessage, { req: IncomingMessage | null }>();
  engine.use((request: IncomingMessage, answer: { req: IncomingMessage | null }, next: () => void) => {
    if (request.headers.upgrade !== undefined) answers.set(request, answer);
    next();
  });
  engine.on('connection', (raw: { request: IncomingMessage | null }) => {
    if (!raw.request) return;
    requests.set(raw, raw.request);
    const answer = answers.get(raw.request);
    if (answer) answer.req = null;
    raw.request = null;
  });
  return requests;
}

function isCurrent({ handshake }: LiveSocket): boolean {
  const parsed = handshakeSchema.safeParse(handshake.auth);
  return parsed.success && parsed.data.version === PROTOCOL_VERSION;
}

/** Browsers always say where a WebSocket comes from; another site's page must not read the boards with a user's rights. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}

function refusal(code: ErrorCode): Refusal {
  return { ok: false, ...answerTo(new AppError(code)).body.error };
}

/** Reaches the client as `connect_error`, the refusal as its `data`. */
const denial = (code: ErrorCode): Error => Object.assign(new Error(code), { data: refusal(code) });
