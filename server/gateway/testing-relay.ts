/** For tests: a way to a server that keeps every byte the server sends, as it leaves on the wire. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly url: string;
  /** Everything that came from the server so far. */
  bytes(): Buffer;
  /** Forgets what came so far. */
  clear(): void;
  stop(): Promise<void>;
}

export async function startRelay(port: number): Promise<Relay> {
  let kept: Buffer[] = [];
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('data', (chunk: Buffer) => kept.push(chunk));
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      ends.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => Buffer.concat(kept),
    clear: () => {
      kept = [];
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const end of ends) end.destroy();
      await closed;
    },
  };
}
