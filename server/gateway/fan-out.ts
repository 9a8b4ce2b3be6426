/**
 * Messages for many screens: framed once, however many get them, and one write for all that leaves at one moment.
 *
 * A frame goes straight to the WebSocket where nothing of the same socket waits before it, else (long polling, a busy
 * moment) through the engine, so the order of messages is kept either way. This uses inner fields of engine.io and ws,
 * those that Socket.IO's own broadcast uses; a test fails when they are gone.
 */
import type { Socket as TcpConnection } from 'node:net';

/** A Socket.IO socket's `conn`, as far as it is used here. */
export interface Connection {
  readonly readyState: string;
  readonly transport: { readonly name: string; readonly socket?: unknown };
  write(payload: Buffer, options: object): unknown;
}

/** One message as the engine takes it, and as the WebSocket frame that the engine would make of it. */
export interface Message {
  readonly payload: Buffer;
  readonly wire: Buffer;
}

/** Messages that leave together. */
export interface Parcel {
  readonly messages: readonly Message[];
  readonly wire: Buffer;
}

/** The WebSocket of `ws` below a connection. */
interface Wire {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly _sender: { sendFrame(list: readonly Buffer[]): void };
  readonly _socket: TcpConnection;
}

const OPEN = 1;
const NOT_COMPRESSED = { compress: false };

export function messageOf(bytes: Uint8Array): Message {
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { payload, wire: Buffer.concat([frameHead(payload.length), payload]) };
}

export function parcelOf(messages: readonly Message[]): Parcel {
  const [only] = messages;
  const wire = messages.length === 1 && only ? only.wire : Buffer.concat(messages.map((message) => message.wire));
  return { messages, wire };
}

/** False, and nothing posted, when more than `maxUnsent` bytes of what was posted before have not left the process. */
export function post(connection: Connection, { messages, wire }: Parcel, maxUnsent: number): boolean {
  const direct = waiting(connection).length > 0 ? null : wireOf(connection);
  if ((direct ? direct.bufferedAmount : unsentBytes(connection)) > maxUnsent) return false;
  if (direct) direct._sender.sendFrame([wire]);
  else for (const { payload } of messages) connection.write(payload, NOT_COMPRESSED);
  return true;
}

/** The WebSocket of a connection; null for long polling and when it is closing. */
export function wireOf({ transport, readyState }: Connection): Wire | null {
  if (readyState !== 'open' || transport.name !== 'websocket') return null;
  const wire = transport.socket as Wire;
  return wire.readyState === OPEN ? wire : null;
}

/** Bytes that were posted and have not left the process: packets that wait in the engine, and what waits in the WebSocket. */
export function unsentBytes(connection: Connection): number {
  const wire = connection.transport.socket as Partial<Wire> | undefined;
  let bytes = wire?.bufferedAmount ?? 0;
  for (const { data } of waiting(connection)) bytes += data?.length ?? 0;
  return bytes;
}

const waiting = (connection: Connection): readonly { readonly data?: string | Buffer }[] =>
  (connection as unknown as { writeBuffer: readonly { data?: string | Buffer }[] }).writeBuffer;

/** The head of a final, unmasked binary frame (RFC 6455, section 5.2). */
function frameHead(length: number): Buffer {
  if (length < 126) return Buffer.from([0x82, length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeUIntBE(length, 4, 6);
  return head;
}
