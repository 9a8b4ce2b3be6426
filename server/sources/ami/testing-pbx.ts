/**
 * A PBX for tests of the connection: a real socket whose every answer the test writes by hand, so that it can also do
 * what no PBX should. A test awaits the client's actions instead of sleeping.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { createFramer } from './framing.ts';
import type { AmiMessage } from './message.ts';

export interface ScriptedPbx {
  readonly port: number;
  /** The next connection, in the order they came. */
  connection(): Promise<PbxConnection>;
  close(): Promise<void>;
}

export interface PbxConnection {
  readonly socket: Socket;
  /** The next action of that name; others before it are dropped. */
  action(name: string): Promise<PbxAction>;
  /** Names of all actions so far. */
  readonly actions: readonly string[];
  send(...blocks: readonly string[]): void;
  readonly closed: Promise<unknown>;
}

export interface PbxAction {
  get(header: string): string | undefined;
  /** Answers it: `Response: Success`, its ActionID and the given lines. */
  succeed(...lines: readonly string[]): void;
  fail(message: string): void;
  /** A list answer: rows get the ActionID after their first line, as CoreShowChannel has it. */
  list(rows: readonly string[], complete: string, items?: number): void;
}

/** `Event: A|B: c` → a block, for short tests. */
const block = (text: string): string => `${text.split('|').join('\r\n')}\r\n\r\n`;

export async function startScriptedPbx(tls?: TlsOptions): Promise<ScriptedPbx> {
  const waiting = createQueue<PbxConnection>();
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    waiting.put(createConnection(socket));
  };
  const server = tls ? createTlsServer({ ...tls, noDelay: true }, accept) : createServer({ noDelay: true }, accept);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connection: () => waiting.take(),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function createConnection(socket: Socket): PbxConnection {
  const received = createQueue<PbxAction & { readonly name: string }>();
  const actions: string[] = [];
  const framer = createFramer();
  socket.on('data', (chunk) => {
    // An action looks like a response to the framer when it gets that header.
    const text = chunk.toString('latin1').replaceAll(/^Action:/gm, 'Response:');
    framer.push(Buffer.from(text, 'latin1'), (message) => {
      actions.push(message.name);
      received.put(createAction(message, (text) => socket.write(text)));
    });
  });
  return {
    socket,
    actions,
    closed: once(socket, 'close'),
    send: (...blocks) => socket.write(blocks.map(block).join('')),
    async action(name) {
      for (;;) {
        const action = await received.take();
        if (action.name === name) return action;
      }
    },
  };
}

function createAction(message: AmiMessage, write: (text: string) => void): PbxAction & { readonly name: string } {
  const id = `ActionID: ${message.get('ActionID') ?? ''}`;
  return {
    name: message.name,
    get: (header) => message.get(header),
    succeed: (...lines) => write(block(['Response: Success', id, ...lines].join('|'))),
    fail: (text) => write(block(`Response: Error|${id}|Message: ${text}`)),
    list(rows, complete, items = rows.length) {
      const first = block(`Response: Success|${id}|EventList: start|Message: will follow`);
      const blocks = rows.map((row) => block(row.replace(/^([^|]*)/, `$1|${id}`)));
      const last = block(`Event: ${complete}|${id}|EventList: Complete|ListItems: ${items}`);
      write([first, ...blocks, last].join(''));
    },
  };
}

interface Queue<T> {
  put(item: T): void;
  take(): Promise<T>;
}

function createQueue<T>(): Queue<T> {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    put(item) {
      const taker = takers.shift();
      if (taker) taker(item);
      else items.push(item);
    },
    take: () =>
      items.length > 0 ? Promise.resolve(items.shift() as T) : new Promise((resolve) => takers.push(resolve)),
  };
}
