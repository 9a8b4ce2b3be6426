/**
 * A server, in a process of its own, that answers a log-in and then writes the recorded session of a real Asterisk as
 * fast as it is read, to each connection anew.
 */
import { createServer, type Socket } from 'node:net';
import { loadRecording } from '../../server/sources/simulator/recording.ts';

export type RecordingReport = { readonly is: 'listening'; readonly port: number; readonly messages: number };

/** Comes after the recording. */
export const LAST_EVENT = 'BenchEnd';
export const LOGIN = 'Action: Login\r\nActionID: 1\r\nUsername: bench\r\nSecret: bench\r\n\r\n';

const CAPTURE = new URL('../../server/testing/capture/', import.meta.url).pathname;
const PIECE_BYTES = 64 * 1_024;
/** So that the client's answer to the log-in is not in the same read as the first event. */
const AFTER_LOGIN_MS = 100;

/** Live events of the longest connection. */
async function recordedEvents(): Promise<{ bytes: Buffer; messages: number }> {
  const { connections } = await loadRecording(CAPTURE);
  const longest = connections.reduce((best, one) => (one.bytes.length > best.bytes.length ? one : best));
  const live = longest.blocks.filter(({ kind }) => kind === 'live');
  const parts = live.map(({ start, end }) => longest.bytes.subarray(start, end));
  const last = Buffer.from(`Event: ${LAST_EVENT}\r\nPrivilege: system,all\r\n\r\n`);
  return { bytes: Buffer.concat([...parts, last]), messages: live.length + 1 };
}

async function serve(): Promise<void> {
  const { bytes, messages } = await recordedEvents();
  const write = (socket: Socket): void => {
    let at = 0;
    const more = (): void => {
      while (at < bytes.length) {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        at += piece.length;
        if (socket.write(piece)) continue;
        socket.once('drain', more);
        return;
      }
    };
    more();
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('Asterisk Call Manager/12.0.0\r\n');
    let asked = '';
    socket.on('data', (chunk) => {
      asked += chunk.toString('latin1');
      if (!/\r\n\r\n$/.test(asked)) return;
      const id = /ActionID: (\S+)/i.exec(asked)?.[1];
      const isLogin = /Action: login/i.test(asked);
      asked = '';
      if (!isLogin) return;
      const idLine = id === undefined ? '' : `ActionID: ${id}\r\n`;
      socket.write(`Response: Success\r\n${idLine}Message: Authentication accepted\r\n\r\n`);
      setTimeout(() => write(socket), AFTER_LOGIN_MS);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    process.send?.({ is: 'listening', port, messages } satisfies RecordingReport);
  });
  process.on('disconnect', () => process.exit(0));
}

if (import.meta.main) await serve();
