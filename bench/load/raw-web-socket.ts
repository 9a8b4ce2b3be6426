/**
 * The least that is a WebSocket client: an upgrade, masked text out, frame boundaries in. Thousands of them must cost so
 * little that the server is what is measured. No fragments, no extensions: the server uses neither.
 */
import { connect, type Socket } from 'node:net';

export interface RawWebSocket {
  send(text: string): void;
  destroy(): void;
}

export interface RawWebSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `payload` is a view that holds during the call only; `wireBytes` counts the frame with its header. */
  readonly onFrame: (payload: Buffer, isBinary: boolean, wireBytes: number) => void;
  readonly onEnd: () => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const OP_BINARY = 2;
const OP_CLOSE = 8;
const NOTHING = Buffer.alloc(0);
/** One buffer for every socket of the process: what is not a whole frame is copied out of it. */
const shared = Buffer.allocUnsafe(256 * 1_024);

export function openRawWebSocket(options: RawWebSocketOptions): RawWebSocket {
  const { host, port, path, onFrame } = options;
  let isOpen = false;
  /** Parts of a frame that has not ended, and the bytes that it needs to go on. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = 0;

  const take = (chunk: Buffer): void => {
    if (heldBytes > 0) {
      held.push(Buffer.from(chunk));
      heldBytes += chunk.length;
      if (heldBytes < neededBytes) return;
    }
    const data = heldBytes > 0 ? Buffer.concat(held) : chunk;
    held = [];
    heldBytes = 0;
    const rest = isOpen ? frames(data) : upgrade(data);
    if (rest.length === 0) return;
    held = [Buffer.from(rest)];
    heldBytes = rest.length;
  };

  const upgrade = (data: Buffer): Buffer => {
    const end = data.indexOf(HEAD_END);
    neededBytes = 0;
    if (end === -1) return data;
    if (!data.toString('latin1', 0, 12).endsWith('101')) throw new Error(data.toString('latin1', 0, end));
    isOpen = true;
    return frames(data.subarray(end + HEAD_END.length));
  };

  const frames = (data: Buffer): Buffer => {
    let at = 0;
    for (;;) {
      const left = data.length - at;
      neededBytes = 10;
      if (left < 2) break;
      const opcode = (data[at] as number) & 15;
      let length = (data[at + 1] as number) & 127;
      let head = 2;
      if (length === 126) {
        if (left < 4) break;
        length = data.readUInt16BE(at + 2);
        head = 4;
      } else if (length === 127) {
        if (left < 10) break;
        length = Number(data.readBigUInt64BE(at + 2));
        head = 10;
      }
      neededBytes = head + length;
      if (left < neededBytes) break;
      if (opcode < OP_CLOSE) onFrame(data.subarray(at + head, at + head + length), opcode === OP_BINARY, head + length);
      at += head + length;
    }
    if (at === data.length) return NOTHING;
    // A short header may wait for fewer than ten bytes: the next chunk is looked at in any case.
    if (neededBytes === 10 && data.length - at < 10) neededBytes = 0;
    return data.subarray(at);
  };

  const socket: Socket = connect({
    host,
    port,
    onread: {
      buffer: shared,
      callback: (size, buffer) => {
        take((buffer as Buffer).subarray(0, size));
        return true;
      },
    },
  });
  socket.setNoDelay();
  socket.on('connect', () => {
    const head = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
  });
  socket.on('error', () => {});
  socket.on('close', options.onEnd);
  return {
    send: (text) => void socket.write(masked(text)),
    destroy: () => void socket.destroy(),
  };
}

/** A text frame; the mask is zero, which is one. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const isShort = payload.length < 126;
  const frame = Buffer.alloc((isShort ? 6 : 8) + payload.length);
  frame[0] = 0x81;
  if (isShort) frame[1] = 0x80 | payload.length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(payload.length, 2);
  }
  payload.copy(frame, frame.length - payload.length);
  return frame;
}
