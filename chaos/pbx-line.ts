/** The way between the PBX and its readers, which may be cut, closed by half, stalled or narrowed. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface PbxLine {
  readonly port: number;
  /** Resets every connection. */
  cut(): void;
  /** Resets every connection and every new one until allowed again. */
  refuse(isRefusing: boolean): void;
  /** The PBX's side ends; what the reader says still goes to the PBX, as after a half-closed connection. */
  halfClose(): void;
  /** Bytes stop in both directions while the connections stay, new ones included. */
  stall(isStalled: boolean): void;
  /** Bytes per second towards the reader; Infinity for no limit. */
  throttle(bytesPerSecond: number): void;
  stop(): Promise<void>;
}

const SLICE_MS = 20;

class Pair {
  readonly reader: Socket;
  readonly pbx: Socket;
  readonly #queue: Buffer[] = [];

  constructor(reader: Socket, pbx: Socket) {
    this.reader = reader;
    this.pbx = pbx;
    for (const socket of [reader, pbx]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    pbx.on('data', (chunk) => {
      this.#queue.push(chunk);
    });
    reader.on('data', (chunk) => pbx.write(chunk));
    pbx.on('end', () => reader.end());
    reader.on('end', () => pbx.end());
    reader.on('close', () => pbx.destroy());
    pbx.on('close', () => reader.destroySoon());
  }

  /** Passes on what the PBX said, at most so many bytes. */
  pump(room: number): void {
    for (let left = room; left > 0; ) {
      const chunk = this.#queue.shift();
      if (chunk === undefined) return;
      const part = chunk.subarray(0, left);
      if (part.length < chunk.length) this.#queue.unshift(chunk.subarray(part.length));
      this.reader.write(part);
      left -= part.length;
    }
  }

  stall(isStalled: boolean): void {
    for (const socket of [this.reader, this.pbx]) isStalled ? socket.pause() : socket.resume();
  }

  reset(): void {
    this.reader.resetAndDestroy();
    this.pbx.resetAndDestroy();
  }
}

export async function startLine(pbxPort: number): Promise<PbxLine> {
  const pairs = new Set<Pair>();
  let isRefusing = false;
  let isStalled = false;
  let bytesPerSecond = Number.POSITIVE_INFINITY;

  const server = createServer((reader) => {
    if (isRefusing) {
      reader.on('error', () => {});
      reader.resetAndDestroy();
      return;
    }
    const pair = new Pair(reader, connect(pbxPort, '127.0.0.1'));
    pairs.add(pair);
    reader.once('close', () => pairs.delete(pair));
    if (isStalled) pair.stall(true);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const timer = setInterval(() => {
    if (isStalled) return;
    for (const pair of pairs) pair.pump((bytesPerSecond * SLICE_MS) / 1_000);
  }, SLICE_MS);
  const cut = () => {
    for (const pair of pairs) pair.reset();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse(refusing) {
      isRefusing = refusing;
      if (refusing) cut();
    },
    halfClose() {
      for (const { reader } of pairs) reader.end();
    },
    stall(stalled) {
      isStalled = stalled;
      for (const pair of pairs) pair.stall(stalled);
    },
    throttle(limit) {
      bytesPerSecond = limit;
    },
    async stop() {
      clearInterval(timer);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const pair of pairs) pair.reset();
      await closed;
    },
  };
}
