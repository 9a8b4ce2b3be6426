/**
 * One AMI client in a process of its own, ours or one from npm: logs in, reads the recorded session to its end and tells
 * what that cost. Its argument says which; each order is one more run over a new connection.
 */
import { connect, type Socket } from 'node:net';
import { createFramer } from '../../server/sources/ami/framing.ts';
import { createTranslator } from '../../server/sources/ami/translate.ts';
import { LAST_EVENT, LOGIN } from './ami-recording.ts';

export const CLIENTS = [
  'ours',
  'ours, unfiltered',
  'asterisk-manager',
  'asterisk-ami-client',
  'asterisk-ami-events-stream',
] as const;
export type ClientName = (typeof CLIENTS)[number];
export interface ClientOrder {
  readonly port: number;
}
export type ClientReport =
  | { readonly is: 'ready' }
  /** CPU from the first event to the last. `messages`: what was handed to us, which a filter makes fewer. */
  | { readonly is: 'read'; readonly cpuSeconds: number; readonly messages: number };

const HOST = '127.0.0.1';

/** Calls `onMessage` for each event with its name; resolves with how to disconnect. */
type Client = (port: number, onMessage: (name: string) => void) => Promise<() => void>;

const loggedIn = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.write(LOGIN);
      resolve(socket);
    });
  });

/** What a translator asks of a message, and a little more. */
const HEADERS = ['Timestamp', 'Uniqueid', 'Queue', 'Interface', 'DestUniqueid', 'MemberName', 'Status', 'HoldTime'];

const ours =
  (isFiltered: boolean): Client =>
  async (port, onMessage) => {
    const wanted = isFiltered ? new Set([...createTranslator().wantedEvents, LAST_EVENT]) : undefined;
    const framer = createFramer({ wanted });
    let read = 0;
    const socket = await loggedIn(port);
    socket.on('data', (chunk) =>
      framer.push(chunk, (message) => {
        if (isFiltered) for (const header of HEADERS) read += message.get(header)?.length ?? 0;
        else for (const [, value] of message.headers()) read += value.length;
        if (message.kind === 'event') onMessage(message.name);
      }),
    );
    return () => {
      if (read === 0) throw new Error('no header was read');
      socket.destroy();
    };
  };

const IMPLEMENTATIONS: Readonly<Record<ClientName, Client>> = {
  ours: ours(true),
  'ours, unfiltered': ours(false),
  async 'asterisk-manager'(port, onMessage) {
    const { default: createManager } = await import('asterisk-manager');
    const manager = createManager(port, HOST, 'bench', 'bench', true);
    manager.on('error', () => {});
    manager.on('managerevent', ({ event }) => onMessage(event));
    return () => manager.disconnect();
  },
  async 'asterisk-ami-client'(port, onMessage) {
    const { default: AmiClient } = await import('asterisk-ami-client');
    const client = new AmiClient({ keepAlive: false, reconnect: false });
    client.on('event', ({ Event }) => onMessage(Event));
    await client.connect('bench', 'bench', { host: HOST, port });
    return () => client.disconnect();
  },
  async 'asterisk-ami-events-stream'(port, onMessage) {
    const { default: AmiEventsStream } = await import('asterisk-ami-events-stream');
    const stream = new AmiEventsStream();
    stream.on('amiEvent', ({ Event }) => onMessage(Event));
    stream.resume();
    const socket = await loggedIn(port);
    socket.pipe(stream);
    return () => socket.destroy();
  },
};

async function read(client: Client, port: number): Promise<{ cpuSeconds: number; messages: number }> {
  let before: NodeJS.CpuUsage | null = null;
  let messages = 0;
  const { promise, resolve } = Promise.withResolvers<NodeJS.CpuUsage>();
  const disconnect = await client(port, (name) => {
    before ??= process.cpuUsage();
    messages++;
    if (name === LAST_EVENT) resolve(process.cpuUsage(before));
  });
  const { user, system } = await promise;
  disconnect();
  return { cpuSeconds: (user + system) / 1e6, messages };
}

const name = process.argv[2];
if (name !== undefined && process.send) {
  const client = IMPLEMENTATIONS[name as ClientName];
  process.on('message', ({ port }: ClientOrder) => {
    void read(client, port).then((result) => process.send?.({ is: 'read', ...result } satisfies ClientReport));
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ is: 'ready' } satisfies ClientReport);
}
