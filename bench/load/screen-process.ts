/** Screens by the thousand in a process of their own: they connect, subscribe and note what arrives when. */
import { SITE } from './product.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-web-socket.ts';
import { CHANNELS_OF, ENGINE_PATH, FrameReader, helloText, PONG, type ScreenKind, subscribeText } from './screens.ts';
import { quantile } from './statistics.ts';

export type ScreensOrder =
  /** So many screens more; every `floorEvery`-th is a floor, the others are walls. 0: none is. */
  | { readonly do: 'open'; readonly url: string; readonly count: number; readonly floorEvery: number }
  /** All of them vanish and come back at once. */
  | { readonly do: 'reopen' }
  | { readonly do: 'drop' }
  /** What was collected so far is forgotten. */
  | { readonly do: 'clear' }
  | { readonly do: 'collect' };
export type ScreensReport =
  /** Every screen has every snapshot it asked for; time since the first of them began to connect. */
  | { readonly is: 'ready'; readonly ms: number }
  | { readonly is: 'dropped' }
  /** First sight of a mark on the first screen. */
  | { readonly is: 'seen'; readonly mark: number; readonly at: number }
  | ({ readonly is: 'collected' } & Collected);

export interface Collected {
  readonly screens: number;
  readonly frames: number;
  readonly deltas: number;
  readonly snapshotBytes: number;
  /** With WebSocket headers, snapshots included. */
  readonly bytes: number;
  /** Screens that lost their connection by no will of ours. */
  readonly lost: number;
  /** From a mark's sending to its arrival, one sample a screen and mark. */
  readonly latency: { readonly samples: number; readonly p50: number; readonly p99: number; readonly max: number };
  readonly marks: number;
  /** Payloads that the first screen received, in order. */
  readonly payloads: readonly { readonly payload: Buffer; readonly isBinary: boolean }[];
}

interface Screen {
  readonly kind: ScreenKind;
  readonly socket: RawWebSocket;
}

/** Connections that are being made at once, except where a storm is wanted: a queue of the kernel must not overflow. */
const AT_ONCE = 100;
const KEPT_PAYLOADS = 200;

const tell = (report: ScreensReport): void => {
  process.send?.(report);
};

let reader = new FrameReader();
let screens: Screen[] = [];
let target = '';
let missing = 0;
let connecting = 0;
let startedAt = 0;
let queue: ScreenKind[] = [];
let generation = 0;
const fresh = () => ({
  frames: 0,
  deltas: 0,
  bytes: 0,
  snapshotBytes: 0,
  lost: 0,
  latencies: [] as number[],
  marks: new Set<number>(),
  payloads: [] as { payload: Buffer; isBinary: boolean }[],
});
let seen = fresh();

function openOne(kind: ScreenKind): void {
  const { hostname, port } = new URL(target);
  const mine = generation;
  const isFirst = screens.length === 0;
  const channels = CHANNELS_OF[kind];
  let snapshots = 0;
  const socket = openRawWebSocket({
    host: hostname,
    port: Number(port),
    path: ENGINE_PATH,
    onEnd: () => {
      if (mine === generation) seen.lost++;
    },
    onFrame: (payload, isBinary, wireBytes) => {
      const frame = reader.read(payload);
      seen.bytes += wireBytes;
      switch (frame.kind) {
        case 'opened':
          socket.send(helloText());
          return;
        case 'connected':
          for (const channel of channels) socket.send(subscribeText(SITE, channel));
          connecting--;
          openMore();
          return;
        case 'ping':
          socket.send(PONG);
          return;
        case 'snapshot':
          seen.snapshotBytes += wireBytes;
          snapshots++;
          if (snapshots === channels.length && --missing === 0)
            tell({ is: 'ready', ms: performance.now() - startedAt });
          break;
        default:
          break;
      }
      seen.frames++;
      if (frame.kind === 'delta') seen.deltas++;
      if (isFirst && seen.payloads.length < KEPT_PAYLOADS)
        seen.payloads.push({ payload: Buffer.from(payload), isBinary });
      if (frame.marks.length === 0) return;
      const at = Date.now();
      for (const mark of frame.marks) {
        seen.latencies.push(at - mark);
        if (!isFirst || seen.marks.has(mark)) continue;
        seen.marks.add(mark);
        tell({ is: 'seen', mark, at });
      }
    },
  });
  screens.push({ kind, socket });
}

function openMore(): void {
  while (connecting < AT_ONCE) {
    const kind = queue.shift();
    if (kind === undefined) return;
    connecting++;
    openOne(kind);
  }
}

function open(kinds: readonly ScreenKind[]): void {
  missing = kinds.length;
  startedAt = performance.now();
  queue = [...kinds];
  openMore();
}

function drop(): ScreenKind[] {
  generation++;
  const kinds = screens.map(({ kind }) => kind);
  for (const { socket } of screens) socket.destroy();
  screens = [];
  connecting = 0;
  queue = [];
  return kinds;
}

function collected(): Collected {
  const { latencies, marks, ...rest } = seen;
  const latency = {
    samples: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: latencies.reduce((a, b) => Math.max(a, b), 0),
  };
  return { ...rest, screens: screens.length, latency, marks: marks.size };
}

process.on('message', (order: ScreensOrder) => {
  switch (order.do) {
    case 'open':
      if (order.url !== target) reader = new FrameReader();
      target = order.url;
      open(
        Array.from({ length: order.count }, (_, n) =>
          order.floorEvery > 0 && n % order.floorEvery === order.floorEvery - 1 ? 'floor' : 'wall',
        ),
      );
      return;
    case 'reopen': {
      const kinds = drop();
      missing = kinds.length;
      startedAt = performance.now();
      for (const kind of kinds) {
        connecting++;
        openOne(kind);
      }
      return;
    }
    case 'drop':
      drop();
      tell({ is: 'dropped' });
      return;
    case 'clear':
      seen = fresh();
      return;
    case 'collect':
      tell({ is: 'collected', ...collected() });
      return;
  }
});
process.on('disconnect', () => process.exit(0));
