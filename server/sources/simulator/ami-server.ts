// The server's side of AMI over a real TCP socket: banner, login, list answers and a broadcast of events, with the faults
// of a real network on demand. What it answers comes from a `Pbx`; what it broadcasts is handed to it byte by byte.
import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { AmiAction } from './action-framing.ts';
import { AmiSession } from './ami-session.ts';
import { type AmiFaults, createFaultInjector, type Greeting } from './faults.ts';
import type { Pbx } from './pbx.ts';

export interface AmiServerOptions {
  pbx: Pbx;
  secret: string;
  username?: string;
  /** Classes of `write` in manager.conf; all unless said otherwise. */
  write?: readonly string[];
  /** Loopback unless said otherwise. */
  host?: string;
  /** 0 (the default) takes any free port. */
  port?: number;
  maxQueuedBytes?: number;
  challenge?: () => string;
  /** Decides what a new connection meets, before the fault switch does. */
  onConnect?: () => Greeting | undefined;
  /** After the login answer (and FullyBooted) was sent. */
  onLogin?: (clients: number) => void;
  /** After an action of a logged-in client was answered. */
  onAnswered?: (action: AmiAction) => void;
  /** After a logged-in client is gone; `clients` is how many logged-in ones are left. */
  onLogout?: (clients: number) => void;
}

export interface AmiServer {
  readonly host: string;
  readonly port: number;
  /** `ami://user:secret@host:port`, as FLOORCAST_SOURCES wants it. */
  readonly url: string;
  readonly faults: AmiFaults;
  /** Logged-in clients. */
  clients(): number;
  /** Event blocks to every logged-in client; text is UTF-8. */
  broadcast(blocks: readonly (string | Buffer)[]): void;
  /** Resolves when every client can take more, or has no more than so many bytes to come; without clients at once. */
  ready(queuedBytes?: number): Promise<void>;
  /** Any bytes, whole message or not, to every logged-in client. */
  inject(bytes: string | Buffer): void;
  /** Closes every connection: at once, or (`end`) after what was sent. */
  dropAll(how?: 'now' | 'end'): void;
  /** Closes the listener (connection refused) and opens it again on the same port. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  stop(): Promise<void>;
}

const READY_BELOW_BYTES = 64 * 1024;
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

export async function startAmiServer(options: AmiServerOptions): Promise<AmiServer> {
  const { pbx, secret, username = 'floorcast', host = '127.0.0.1' } = options;
  const sessions = new Set<AmiSession>();
  const loggedIn = (): AmiSession[] => [...sessions].filter((session) => session.isLive);
  const faults = createFaultInjector(() => {
    for (const session of sessions) session.release();
  });

  let listener: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    const opened = createServer((socket) => {
      const session = new AmiSession(socket, {
        pbx,
        credentials: { username, secret },
        write: options.write ? new Set(options.write) : null,
        faults,
        greeting: options.onConnect?.() ?? faults.greeting,
        maxQueuedBytes: options.maxQueuedBytes ?? MAX_QUEUED_BYTES,
        challenge: options.challenge ?? (() => String(randomInt(100_000_000, 1_000_000_000))),
        onLogin: () => options.onLogin?.(loggedIn().length),
        onAnswered: (_, action) => options.onAnswered?.(action),
        onClosed: (closed) => {
          sessions.delete(closed);
          if (closed.loggedIn) options.onLogout?.(loggedIn().length);
        },
      });
      sessions.add(session);
    });
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject);
      opened.listen({ port, host }, () => {
        opened.off('error', reject);
        resolve();
      });
    });
    listener = opened;
    return (opened.address() as AddressInfo).port;
  };
  const unlisten = (): Promise<void> => {
    const closing = listener;
    listener = undefined;
    // close() alone would wait for the live connections; it stops listening at once all the same.
    closing?.close();
    return Promise.resolve();
  };

  const port = await listen(options.port ?? 0);
  const urlHost = host.includes(':') ? `[${host}]` : host;

  return {
    host,
    port,
    url: `ami://${encodeURIComponent(username)}:${encodeURIComponent(secret)}@${urlHost}:${port}`,
    faults,
    clients: () => loggedIn().length,
    broadcast: (blocks) => {
      const clients = loggedIn();
      if (clients.length === 0) return;
      const bytes = faults.duplicate(blocks.map((b) => (typeof b === 'string' ? Buffer.from(b, 'utf8') : b)));
      for (const session of clients) session.sendEvents(bytes);
    },
    ready: async (queuedBytes = READY_BELOW_BYTES) => {
      await Promise.all(loggedIn().map((session) => session.ready(queuedBytes)));
    },
    inject: (bytes) => {
      for (const session of loggedIn()) session.send(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
    },
    dropAll: (how = 'now') => {
      for (const session of sessions) how === 'end' ? session.end() : session.drop();
    },
    refuse: unlisten,
    accept: async () => {
      if (listener === undefined) await listen(port);
    },
    stop: async () => {
      const closing = listener;
      listener = undefined;
      const closed = new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
      for (const session of sessions) session.drop();
      await closed;
    },
  };
}
