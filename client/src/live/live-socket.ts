/** The part of a Socket.IO client this application uses; the test double has the same shape. */
import { io } from 'socket.io-client';
import { liveParser } from '../../../shared/live-parser.ts';
import { type ClientToServer, type Handshake, type ServerToClient, SOCKET_PATH } from '../../../shared/protocol.ts';

export interface LiveSocket {
  readonly connected: boolean;
  /** Asked at every connecting. */
  auth: { [key: string]: unknown } | ((tell: (handshake: Handshake) => void) => void);
  on<E extends keyof ServerToClient>(event: E, listener: ServerToClient[E]): unknown;
  on(event: 'connect' | 'disconnect', listener: () => void): unknown;
  /** `data` is the server's Refusal where it knows nobody by what the browser sent. */
  on(event: 'connect_error', listener: (error: { readonly data?: unknown }) => void): unknown;
  emit<E extends keyof ClientToServer>(event: E, ...args: Parameters<ClientToServer[E]>): unknown;
  connect(): unknown;
  disconnect(): unknown;
}

/** Nobody may be there to reload the page once the screen is let in again. */
const REFUSED_RETRY_MS = 5_000;

export function openLiveSocket(): LiveSocket {
  const socket = io({
    path: SOCKET_PATH,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    parser: liveParser,
    reconnectionDelay: 500,
    reconnectionDelayMax: 2_000,
    autoConnect: false,
  });
  socket.on('disconnect', (reason) => {
    // Socket.IO takes a disconnect by the server for a farewell; for an unattended screen it never is one.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 1_000 + Math.random() * 2_000);
  });
  socket.on('connect_error', () => {
    if (!socket.active) setTimeout(() => socket.connect(), REFUSED_RETRY_MS * (1 + Math.random()));
  });
  return socket as unknown as LiveSocket;
}
