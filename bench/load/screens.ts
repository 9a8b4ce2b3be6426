/** Screens in a process of their own: each subscribes to everything and tells when it saw which marker. */
import { io } from 'socket.io-client';
import { applyFrame, type ChannelCopy, emptyCopy, type Frame, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { liveParser } from '../../shared/live-parser.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { type Channel, channelNames, column } from '../../shared/view.ts';

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

/** One copy of the agents for all screens: whoever gets a frame first applies it and notes what it was to show. */
const agents: ChannelCopy = { ...emptyCopy('agents'), rev: -1 };
const shown = new Map<number, readonly number[]>();
const names = new Map<string, unknown>();

/** When the markers of a frame were sent: an agent's name tells. */
function markersOf(frame: Frame): readonly number[] {
  const { from, to } = readHead(frame);
  if (from === agents.rev || (from === null && to > agents.rev)) {
    applyFrame(agents, frame);
    const sentAts: number[] = [];
    for (const [id, row] of agents.tables.agents?.entries() ?? []) {
      if (names.get(id) === row[NAME]) continue;
      names.set(id, row[NAME]);
      if (/^M\d{13}$/.test(String(row[NAME]))) sentAts.push(Number(String(row[NAME]).slice(1)));
    }
    shown.set(to, sentAts);
  }
  return from === null ? [] : (shown.get(to) ?? []);
}

for (let n = 0; n < count; n++) {
  const socket = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { version: PROTOCOL_VERSION, subscribe: channelNames.map((channel) => ({ site: 'main', channel })) },
    parser: liveParser,
    forceNew: true,
  });
  const channels = new Map<number, Channel>();
  socket.on('bytes', (received: Uint8Array) => {
    bytes += received.length;
    const message = readMessage(received);
    if (message.is === 'name') channels.set(message.number, message.channel);
    if (message.is !== 'frame') return;
    frames++;
    if (readHead(message.frame).from === null && ++snapshots === channelNames.length * count) tell({ is: 'ready' });
    if (channels.get(message.number) !== 'agents') return;
    const now = Date.now();
    for (const sentAt of markersOf(message.frame)) {
      latencies.push(now - sentAt);
      if (n === 0) tell({ is: 'seen', sentAt, at: now });
    }
  });
}

process.on('message', (order: 'collect' | 'clear') => {
  if (order === 'collect') tell({ is: 'latencies', ms: latencies, bytes, frames });
  latencies = [];
  bytes = 0;
  frames = 0;
});
process.on('disconnect', () => process.exit(0));
