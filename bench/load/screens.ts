/** Screens in a process of their own: each subscribes to everything and tells when it saw which marker. */
import { io } from 'socket.io-client';
import type { ChannelDelta } from '../../shared/delta.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { column } from '../../shared/view.ts';

export type ScreensReport =
  | { readonly is: 'ready' }
  | { readonly is: 'seen'; readonly sentAt: number; readonly at: number }
  | { readonly is: 'latencies'; readonly ms: readonly number[]; readonly bytes: number; readonly frames: number };

const [url, count] = [process.argv[2] ?? '', Number(process.argv[3])];
const tell = (report: ScreensReport): void => {
  process.send?.(report);
};
const NAME = column('agents', 'name');

let latencies: number[] = [];
let bytes = 0;
let frames = 0;
let snapshots = 0;

function look(delta: ChannelDelta, isFirstScreen: boolean): void {
  const now = Date.now();
  const change = delta.tables.agents;
  if (!change) return;
  const names: unknown[] = (change.add ?? []).map((row) => row[2 + NAME]);
  for (const row of change.set ?? []) {
    for (let i = 1; i < row.length; i += 2) if (row[i] === NAME) names.push(row[i + 1]);
  }
  for (const name of names) {
    if (typeof name !== 'string' || !/^M\d{13}$/.test(name)) continue;
    const sentAt = Number(name.slice(1));
    latencies.push(now - sentAt);
    if (isFirstScreen) tell({ is: 'seen', sentAt, at: now });
  }
}

for (let n = 0; n < count; n++) {
  const socket = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { version: PROTOCOL_VERSION },
    forceNew: true,
  });
  socket.on('connect', () => {
    for (const channel of ['board', 'agents']) socket.emit('subscribe', { site: 'main', channel }, () => {});
    socket.io.engine.on('data', (data: unknown) => {
      if (typeof data !== 'string') return;
      bytes += data.length;
      frames++;
    });
  });
  socket.on('snapshot', () => {
    snapshots++;
    if (snapshots === 2 * count) tell({ is: 'ready' });
  });
  socket.on('delta', (_site: string, _channel: string, delta: ChannelDelta) => look(delta, n === 0));
}

process.on('message', (order: 'collect' | 'clear') => {
  if (order === 'collect') tell({ is: 'latencies', ms: latencies, bytes, frames });
  latencies = [];
  bytes = 0;
  frames = 0;
});
process.on('disconnect', () => process.exit(0));
