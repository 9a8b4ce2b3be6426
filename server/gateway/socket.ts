/**
 * Live channels over Socket.IO (docs/spec/live.md). What must hold:
 * - a screen gets a channel's snapshot before any delta made after it, because both leave in the order of commits and a
 *   screen joins the channel's audience in the same step in which its snapshot leaves;
 * - what a commit changed is framed once per group of screens, and is one write to each;
 * - a screen that does not keep up is skipped, and gets snapshots when it has drained: memory per screen is bounded.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as TcpConnection } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { ErrorCode } from '../../shared/error.ts';
import type { Frame } from '../../shared/frame.ts';
import { packMessage } from '../../shared/live-message.ts';
import {
  type ClientToServer,
  handshakeSchema,
  MAX_CHANNELS,
  PROTOCOL_VERSION,
  type Refusal,
  type ServerToClient,
  SOCKET_PATH,
  subscribeSchema,
  TIP_EVERY_MS,
} from '../../shared/protocol.ts';
import type { Channel } from '../../shared/view.ts';
import { AppError, answerTo } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Audience, type Group, type Screen } from './audience.ts';
import {
  type Connection,
  type Message,
  messageOf,
  type Parcel,
  parcelOf,
  post,
  unsentBytes,
  wireOf,
} from './fan-out.ts';
import type { ChannelFrame, Mirror } from './mirror.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_MESSAGES = 50;
const MESSAGE_WINDOW_MS = 10_000;
/** More than this unsent: the socket is skipped. Drained to a quarter of it: it is served again. */
const LAG_BYTES = 256 * 1024;
const DRAINED_BYTES = LAG_BYTES / 4;
const DRAIN_CHECK_MS = 100;
/** How long a tip waits for a commit to travel with. */
const TIP_WAITS_MS = 200;
/** At the end open connections get so long to say good-bye; a screen that is off would take half a minute. */
const GOODBYE_MS = 250;

type Io = Server<ClientToServer, ServerToClient, Record<string, never>, Screen>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Screen>;

export interface SocketOptions {
  readonly mirror: Pick<Mirror, 'sites' | 'snapshot' | 'revs'>;
  readonly now: () => number;
  readonly log: Logger;
  readonly onFrame: (channel: Channel, kind: 'delta' | 'snapshot', bytes: number) => void;
  readonly onSkip: () => void;
  /** Bytes above which a screen is skipped; tests lower it. */
  readonly lagBytes?: number;
}

export interface LiveSockets {
  /** Sends what one commit changed. */
  commit(site: string, frames: readonly ChannelFrame[]): void;
  reset(site: string, channel: Channel): void;
  count(): number;
  /** Closes the HTTP server too, with all its connections. */
  stop(): Promise<void>;
}

export function attachSockets(server: HttpServer, options: SocketOptions): LiveSockets {
  const { mirror, now, log } = options;
  const connections = new Set<TcpConnection>();
  function onClose(this: TcpConnection) {
    connections.delete(this);
  }
  server.on('connection', (connection: TcpConnection) => {
    connections.add(connection);
    connection.on('close', onClose);
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
    allowRequest: (request, decide) => {
      const isAllowed = isSameOrigin(request);
      if (isAllowed && request.headers.upgrade !== undefined) gather(request.socket);
      decide(isAllowed ? null : 'cross-site request', isAllowed);
    },
  });
  letGoOfRequests(io);

  io.use((socket, next) => {
    const wire = wireOf(socket.conn as unknown as Connection);
    if (wire) gather(wire._socket);
    next();
  });

  const audience = new Audience();
  const skipped = new Set<Screen>();
  /** Screens that wait for snapshots; no channels: for the greeting alone. They are served together, so a storm of screens
   * costs one encoding. */
  const waiting = new Map<Screen, Set<number>>();
  /** Connections whose words of this turn leave in one write: answers to upgrades, greetings, first snapshots. */
  let gathered: TcpConnection[] = [];
  let turn: NodeJS.Immediate | null = null;
  const endTurn = () => {
    turn = null;
    serve();
    const corked = gathered;
    gathered = [];
    for (const connection of corked) connection.uncork();
  };
  const gather = (connection: TcpConnection) => {
    connection.cork();
    gathered.push(connection);
    turn ??= setImmediate(endTurn);
  };

  const want = (screen: Screen, numbers: Iterable<number>) => {
    const asked = waiting.get(screen) ?? new Set();
    for (const number of numbers) asked.add(number);
    waiting.set(screen, asked);
    turn ??= setImmediate(endTurn);
  };
  const serve = () => {
    const parcels = new Map<string, { parcel: Parcel; numbers: readonly number[] }>();
    for (const [screen, asked] of waiting) {
      if (screen.isSkipped) continue;
      const key = `${screen.group === null}|${[...asked].join()}`;
      let known = parcels.get(key);
      if (!known) {
        const numbers = [...asked];
        const messages = numbers.flatMap(snapshotMessages);
        if (screen.group === null) messages.unshift(tip([]));
        known = { parcel: parcelOf(messages), numbers };
        parcels.set(key, known);
      }
      audience.join(screen, known.numbers);
      if (known.parcel.messages.length > 0) deliver(screen, known.parcel);
    }
    waiting.clear();
  };
  const snapshots = new WeakMap<Frame, Message[]>();
  /** None before the site's first commit: the reset that follows it brings the snapshot. */
  const snapshotMessages = (number: number): Message[] => {
    const { site, channel } = audience.channelOf(number);
    const snapshot = mirror.snapshot(site, channel);
    if (snapshot === null) return [];
    const packed = snapshots.get(snapshot);
    if (packed) return packed;
    options.onFrame(channel, 'snapshot', snapshot.length);
    const messages = [
      messageOf(packMessage({ is: 'name', number, site, channel })),
      messageOf(packMessage({ is: 'frame', number, frame: snapshot })),
    ];
    snapshots.set(snapshot, messages);
    return messages;
  };
  const tip = (revs: readonly (readonly [number: number, rev: number])[]): Message =>
    messageOf(packMessage({ is: 'tip', serverAt: now(), revs }));

  const deliver = (screen: Screen, parcel: Parcel) => {
    if (post(screen.connection, parcel, lagBytes)) return;
    audience.leave(screen);
    screen.isSkipped = true;
    skipped.add(screen);
    options.onSkip();
    log.debug({ unsent: unsentBytes(screen.connection) }, 'socket.skipped');
  };
  /** Sends each group its part of the messages, by number of channel. */
  const publish = (messages: ReadonlyMap<number, readonly Message[]>) => {
    for (const group of [...audience.groups()]) {
      const mine = group.numbers.flatMap((number) => messages.get(number) ?? []);
      if (mine.length > 0) sendTo(group, mine);
    }
  };
  const sendTo = (group: Group, messages: readonly Message[]) => {
    const parcel = parcelOf(group.isTipDue ? [...messages, tipOf(group)] : messages);
    group.isTipDue = false;
    for (const screen of group.screens) deliver(screen, parcel);
  };
  const tipOf = ({ numbers }: Group): Message => {
    const revs = new Map(mirror.revs().map(({ site, channel, rev }) => [audience.numberOf(site, channel), rev]));
    return tip(numbers.map((number) => [number, revs.get(number) ?? 0]));
  };
  /** A tip travels with the next commit, or alone when none comes soon: a write of its own costs as much as a frame. */
  let lateTips: NodeJS.Timeout | undefined;
  const callTips = () => {
    for (const group of audience.groups()) group.isTipDue = true;
    lateTips = setTimeout(sendTips, TIP_WAITS_MS);
  };
  const sendTips = () => {
    for (const group of [...audience.groups()]) if (group.isTipDue) sendTo(group, []);
  };
  const resume = () => {
    for (const screen of skipped) {
      if (unsentBytes(screen.connection) > drainedBytes) continue;
      skipped.delete(screen);
      screen.isSkipped = false;
      want(screen, screen.wanted);
    }
  };
  const timers = [setInterval(callTips, TIP_EVERY_MS), setInterval(resume, DRAIN_CHECK_MS)];

  /** The refusal, or null and the screen gets the channel. */
  const subscribe = (screen: Screen, request: unknown): Refusal | null => {
    const parsed = subscribeSchema.safeParse(request);
    if (!parsed.success) return refusal('request.invalid');
    const { site, channel } = parsed.data;
    if (!mirror.sites.includes(site)) return refusal('site.unknown');
    const number = audience.numberOf(site, channel);
    if (!screen.wanted.includes(number)) {
      if (screen.wanted.length >= MAX_CHANNELS) return refusal('channel.tooMany');
      screen.wanted = [...screen.wanted, number];
    }
    if (!screen.isSkipped) want(screen, [number]);
    return null;
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
    const number = audience.numberOf(parsed.data.site, parsed.data.channel);
    this.data.wanted = this.data.wanted.filter((one) => one !== number);
    waiting.get(this.data)?.delete(number);
    audience.part(this.data, number);
  }
  function onDisconnect(this: LiveSocket) {
    audience.leave(this.data);
    skipped.delete(this.data);
    waiting.delete(this.data);
  }

  io.on('connection', (socket) => {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success || handshake.data.version !== PROTOCOL_VERSION) {
      socket.emit('reload', PROTOCOL_VERSION);
      socket.disconnect(true);
      return;
    }
    const screen: Screen = {
      connection: socket.conn as unknown as Connection,
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
    // A screen knows the server's clock from its first moment on.
    want(screen, []);
    for (const request of handshake.data.subscribe ?? []) {
      const refused = subscribe(screen, request);
      if (refused) socket.emit('refused', request, refused);
    }
  });

  return {
    commit(site, frames) {
      const messages = new Map<number, Message[]>();
      for (const { channel, frame } of frames) {
        options.onFrame(channel, 'delta', frame.length);
        const number = audience.numberOf(site, channel);
        messages.set(number, [messageOf(packMessage({ is: 'frame', number, frame }))]);
      }
      publish(messages);
    },
    reset(site, channel) {
      const number = audience.numberOf(site, channel);
      publish(new Map([[number, snapshotMessages(number)]]));
    },
    count: () => io.of('/').sockets.size,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      clearTimeout(lateTips);
      if (turn) clearImmediate(turn);
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
 * The first request of a socket, and the answer that the engine keeps for one with a WebSocket, are of no use once it is
 * connected and weigh as much as the socket.
 */
function letGoOfRequests({ engine }: Io): void {
  const answers = new WeakMap<IncomingMessage, { req: IncomingMessage | null }>();
  engine.use((request: IncomingMessage, answer: { req: IncomingMessage | null }, next: () => void) => {
    if (request.headers.upgrade !== undefined) answers.set(request, answer);
    next();
  });
  engine.on('connection', (raw: { request: IncomingMessage | null }) => {
    const answer = raw.request && answers.get(raw.request);
    if (answer) answer.req = null;
    raw.request = null;
  });
}

/** Browsers always say where a WebSocket comes from; another site's page must not read the boards with a user's rights. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}

function refusal(code: ErrorCode): Refusal {
  return { ok: false, ...answerTo(new AppError(code)).body.error };
}
