/** Screens by the thousand in a process of their own: they connect, subscribe and note what arrives when. */
import { SITE } from './product.ts';
import { openRawWebSocket, type RawWebSocket } from './raw-web-socket.ts';
import { CHANNELS_OF, ENGINE_PATH, FrameReader, helloText, PONG, type ScreenKind } from './screens.ts';
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

/** Connections that are being made at once, except where a storm is wanted: a queue of the kernel must not overflow. */
const AT_ONCE = 100;
const KEPT_PAYLOADS = 200;
/** As the real client waits before it tries again. */
const RETRY_MS = 500;

const tell = (report: ScreensReport): void => {
  process.send?.(report);
};

let reader = new FrameReader();
let screens: Screen[] = [];
let target = '';
let missing = 0;
let connecting = 0;
let startedAt = 0;
let queue: Screen[] = [];
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

class Screen {
  readonly kind: ScreenKind;
  readonly #isFirst: boolean;
  #socket: RawWebSocket | null = null;
  /** Snapshots it still waits for. */
  #missing = 0;
  #isDropped = false;

  constructor(kind: ScreenKind, isFirst: boolean) {
    this.kind = kind;
    this.#isFirst = isFirst;
  }

  open(): void {
    const { hostname, port } = new URL(target);
    this.#missing = CHANNELS_OF[this.kind].length;
    this.#socket = openRawWebSocket({
      host: hostname,
      port: Number(port),
      path: ENGINE_PATH,
      onFrame: (payload, isBinary, wireBytes) => this.#onFrame(payload, isBinary, wireBytes),
      onEnd: () => this.#onEnd(),
    });
  }

  drop(): void {
    this.#isDropped = true;
    this.#socket?.destroy();
  }

  #onEnd(): void {
    if (this.#isDropped) return;
    seen.lost++;
    if (this.#missing === 0) missing++;
    setTimeout(() => this.#isDropped || this.open(), RETRY_MS * (1 + Math.random()));
  }

  #onFrame(payload: Buffer, isBinary: boolean, wireBytes: number): void {
    if (this.#isDropped) return;
    const frame = reader.read(payload, isBinary);
    seen.bytes += wireBytes;
    switch (frame.kind) {
      case 'opened':
        this.#socket?.send(helloText(SITE, this.kind));
        return;
      case 'connected':
        connecting--;
        openMore();
        return;
      case 'ping':
        this.#socket?.send(PONG);
        return;
      case 'snapshot':
        seen.snapshotBytes += wireBytes;
        if (this.#missing > 0 && --this.#missing === 0 && --missing === 0)
          tell({ is: 'ready', ms: performance.now() - startedAt });
        break;
      default:
        break;
    }
    seen.frames++;
    if (frame.kind === 'delta') seen.deltas++;
    if (this.#isFirst && seen.payloads.length < KEPT_PAYLOADS)
      seen.payloads.push({ payload: Buffer.from(payload), isBinary });
    if (frame.marks.length > 0) this.#note(frame.marks);
  }

  #note(marks: readonly number[]): void {
    const at = Date.now();
    for (const mark of marks) {
      seen.latencies.push(at - mark);
      if (!this.#isFirst || seen.marks.has(mark)) continue;
      seen.marks.add(mark);
      tell({ is: 'seen', mark, at });
    }
  }
}

function openMore(): void {
  while (connecting < AT_ONCE) {
    const screen = queue.shift();
    if (screen === undefined) return;
    connecting++;
    screen.open();
  }
}

function newScreens(kinds: readonly ScreenKind[]): Screen[] {
  const added = kinds.map((kind, n) => new Screen(kind, screens.length + n === 0));
  screens.push(...added);
  missing = added.length;
  startedAt = performance.now();
  return added;
}

function drop(): ScreenKind[] {
  const kinds = screens.map(({ kind }) => kind);
  for (const screen of screens) screen.drop();
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
      queue = newScreens(
        Array.from({ length: order.count }, (_, n) =>
          order.floorEvery > 0 && n % order.floorEvery === order.floorEvery - 1 ? 'floor' : 'wall',
        ),
      );
      openMore();
      return;
    case 'reopen':
      for (const screen of newScreens(drop())) {
        connecting++;
        screen.open();
      }
      return;
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
