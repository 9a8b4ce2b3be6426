/** A bare `ws` server in a process of its own: broadcasts given payloads, each framed once, at a steady rate. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { emptyCopy, encodeWhole } from '../../shared/frame.ts';
import { packMessage } from '../../shared/live-message.ts';
import { channelNames } from '../../shared/view.ts';

export type WsOrder =
  | {
      readonly do: 'broadcast';
      readonly payloads: readonly { readonly payload: Buffer; readonly isBinary: boolean }[];
      readonly framesPerSecond: number;
    }
  | { readonly do: 'pause' };
export type WsReport = { readonly is: 'listening'; readonly url: string };

/** Screens ask for an Engine.IO and Socket.IO greeting and a snapshot of each channel before they count as connected. */
const GREETING = [
  '0{}',
  '40{}',
  ...channelNames.map((name, i) => packMessage({ is: 'frame', number: i + 1, frame: encodeWhole(emptyCopy(name)) })),
];

const sockets = new Set<WebSocket>();
const http = createServer();
const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
wss.on('connection', (socket) => {
  sockets.add(socket);
  for (const text of GREETING) socket.send(text);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
});
http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as { port: number };
  process.send?.({ is: 'listening', url: `http://127.0.0.1:${port}` } satisfies WsReport);
});

/** A server's frame: final, unmasked. */
function framed({ payload, isBinary }: { payload: Buffer; isBinary: boolean }): Buffer {
  const opcode = 0x80 | (isBinary ? 2 : 1);
  if (payload.length < 126) return Buffer.concat([Buffer.from([opcode, payload.length]), payload]);
  if (payload.length < 65_536)
    return Buffer.concat([Buffer.from([opcode, 126, payload.length >> 8, payload.length & 255]), payload]);
  const head = Buffer.alloc(10);
  head[0] = opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

let timer: NodeJS.Timeout | null = null;

process.on('message', (order: WsOrder) => {
  if (timer) clearInterval(timer);
  timer = null;
  if (order.do === 'pause') return;
  let next = 0;
  timer = setInterval(() => {
    const one = order.payloads[next++ % order.payloads.length];
    if (one === undefined) return;
    const frame = framed({ payload: Buffer.from(one.payload), isBinary: one.isBinary });
    // Straight into the TCP socket: a field of ws that is not public, as everyone who sends one frame to many uses it.
    for (const socket of sockets) (socket as unknown as { _socket: Socket })._socket.write(frame);
  }, 1_000 / order.framesPerSecond);
});
process.on('disconnect', () => process.exit(0));
