// A small AMI client for the tests of this folder: sends text, hands out messages one by one, keeps every byte.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface TestClient {
  readonly socket: Socket;
  /** Everything received so far. */
  bytes(): Buffer;
  /** The next message (without its empty line); the banner counts as one. */
  next(): Promise<string>;
  /** Skips to the next message that matches. */
  until(pattern: RegExp): Promise<string>;
  /** Sends an action and returns its answer: one Response, or a whole list. */
  ask(action: string, ...headers: string[]): Promise<string[]>;
  login(secret: string): Promise<string>;
  send(text: string): void;
  closed: Promise<void>;
  close(): void;
}

export async function connectClient(port: number, host = '127.0.0.1'): Promise<TestClient> {
  const socket = connect({ port, host, noDelay: true });
  await once(socket, 'connect');
  return wrapSocket(socket);
}

function wrapSocket(socket: Socket): TestClient {
  const chunks: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let bannerSeen = false;
  const messages: string[] = [];
  const waiting: { resolve: (message: string) => void; reject: (error: Error) => void }[] = [];
  let asked = 0;

  const deliver = (message: string): void => {
    const first = waiting.shift();
    if (first) first.resolve(message);
    else messages.push(message);
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!bannerSeen) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      bannerSeen = true;
      deliver(rest.subarray(0, end).toString());
      rest = rest.subarray(end + 2);
    }
    let from = 0;
    for (let end = rest.indexOf('\r\n\r\n', from); end >= 0; end = rest.indexOf('\r\n\r\n', from)) {
      deliver(rest.subarray(from, end).toString());
      from = end + 4;
    }
    rest = rest.subarray(from);
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      for (const { reject } of waiting.splice(0)) reject(new Error('closed'));
      resolve();
    });
  });

  const next = (): Promise<string> => {
    const message = messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (socket.destroyed) return Promise.reject(new Error('closed'));
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const message = await next();
      if (pattern.test(message)) return message;
    }
  };
  const send = (text: string): void => void socket.write(text);

  return {
    socket,
    closed,
    next,
    until,
    send,
    bytes: () => Buffer.concat(chunks),
    close: () => socket.destroy(),
    ask: async (action, ...headers) => {
      const id = `t-${++asked}`;
      send([`Action: ${action}`, `ActionID: ${id}`, ...headers, '', ''].join('\r\n'));
      const mine = new RegExp(`^ActionID: ${id}\r?$`, 'm');
      const answer = [await until(mine)];
      if (!answer[0]?.includes('EventList: start')) return answer;
      while (!answer.at(-1)?.includes('EventList: Complete')) answer.push(await until(mine));
      return answer;
    },
    login: async (secret) => {
      await until(/^Asterisk Call Manager/);
      send(`Action: Login\r\nUsername: floorcast\r\nSecret: ${secret}\r\nEvents: on\r\n\r\n`);
      return until(/^Response:/);
    },
  };
}
