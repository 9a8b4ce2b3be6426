// A recorded AMI session, as a recorder left it in a folder: the raw bytes of each connection (`*conn<N>.txt`, gzipped or
// not), `*session.ndjson` with connects, losses and the actions that were sent, and maybe the `queue_log` of the time. A single
// raw file is a recording too.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface RecordedBlock {
  /** Place in the connection's bytes, closing empty line included. */
  start: number;
  end: number;
  /** Its Timestamp header, or else the last one seen before it. */
  atMs: number;
  /** Live: sent to whoever listens. Answer: sent to the recorder. Greeting: FullyBooted as part of a login. */
  kind: 'live' | 'answer' | 'greeting';
}

export interface RecordedAnswer {
  /** Lower-cased name of the action; from the recorder's log, or what the answer itself gives away. */
  action: string;
  actionId: string;
  blocks: number[];
}

export interface RecordedConnection {
  conn: number;
  connectedAtMs: number;
  lostAtMs: number;
  bytes: Buffer;
  /** False: accepted, then reset before the banner. */
  hasBanner: boolean;
  blocks: RecordedBlock[];
  answers: RecordedAnswer[];
  /** Uptime that Asterisk gave at login; undefined when it wasn't fully booted yet. */
  uptimeAtLoginS: number | undefined;
}

export interface Recording {
  name: string;
  connections: RecordedConnection[];
  liveEvents: number;
  /** Lines of Asterisk's own log of the same time, as byte strings. */
  queueLog: readonly string[];
  startedAtMs: number;
  endedAtMs: number;
}

/** What is wrong with a recording, in words for whoever typed its path. */
export class RecordingError extends Error {
  override name = 'RecordingError';
}

interface Session {
  connectedAtMs: Map<number, number>;
  lostAtMs: Map<number, number>;
  actions: Map<string, string>;
}

const RAW_FILE = /conn(\d+)\.txt(\.gz)?$/;
const EMPTY_LINE = Buffer.from('\r\n\r\n');

export async function loadRecording(path: string): Promise<Recording> {
  const info = await stat(path).catch(() => {
    throw new RecordingError(`${path}: no such file or folder`);
  });
  const files = info.isDirectory()
    ? await listFolder(path)
    : { raw: [{ conn: 1, path }], session: undefined, queueLog: undefined };
  if (files.raw.length === 0)
    throw new RecordingError(`${path}: holds no raw connection file (*conn1.txt or *conn1.txt.gz)`);
  const session = parseSession(files.session === undefined ? '' : await readFile(files.session, 'utf8'));

  const connections: RecordedConnection[] = [];
  for (const file of files.raw) connections.push(parseConnection(file.conn, await readRaw(file.path), session));
  const liveEvents = connections.reduce((n, c) => n + c.blocks.filter((b) => b.kind === 'live').length, 0);
  if (liveEvents === 0) throw new RecordingError(`${path}: no AMI events in it`);
  return {
    name: basename(path),
    connections,
    liveEvents,
    queueLog: files.queueLog === undefined ? [] : linesOf(await readRaw(files.queueLog)),
    startedAtMs: connections[0]?.connectedAtMs ?? 0,
    endedAtMs: connections.at(-1)?.lostAtMs ?? 0,
  };
}

/** The bytes of one recorded block as a byte string, without the closing empty line. */
export function blockText(connection: RecordedConnection, block: RecordedBlock): string {
  return connection.bytes.toString('latin1', block.start, block.end - EMPTY_LINE.length);
}

/** Name and headers matter line by line only: a header's first value, or undefined. */
export function headerOf(text: string, key: string): string | undefined {
  const at = text.startsWith(`${key}: `) ? 0 : text.indexOf(`\r\n${key}: `) + 2;
  if (at === 1) return undefined;
  const end = text.indexOf('\r\n', at);
  return text.slice(at + key.length + 2, end < 0 ? undefined : end);
}

interface RecordingFiles {
  raw: { conn: number; path: string }[];
  session: string | undefined;
  queueLog: string | undefined;
}

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');

async function listFolder(folder: string): Promise<RecordingFiles> {
  const names = await readdir(folder);
  const raw = names.flatMap((name) => {
    const conn = RAW_FILE.exec(name)?.[1];
    return conn === undefined ? [] : [{ conn: Number(conn), path: join(folder, name) }];
  });
  const session = names.find((name) => name.endsWith('session.ndjson'));
  const queueLog = names.find((name) => name === 'queue_log' || name === 'queue_log.gz');
  return {
    raw: raw.sort((a, b) => a.conn - b.conn),
    session: session && join(folder, session),
    queueLog: queueLog && join(folder, queueLog),
  };
}

async function readRaw(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return promisify(gunzip)(bytes).catch((cause: unknown) => {
    throw new RecordingError(`${path}: broken gzip file`, { cause });
  });
}

function parseSession(text: string): Session {
  const session: Session = { connectedAtMs: new Map(), lostAtMs: new Map(), actions: new Map() };
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const {
      ev,
      conn,
      t_ms: at,
      msg,
    } = JSON.parse(line) as {
      ev: string;
      conn: number;
      t_ms: number;
      msg?: { Action: string; ActionID?: string };
    };
    if (ev === 'connected') session.connectedAtMs.set(conn, at);
    if (ev === 'lost') session.lostAtMs.set(conn, at);
    if (ev === 'sent' && msg?.ActionID) session.actions.set(msg.ActionID, msg.Action.toLowerCase());
  }
  return session;
}

function parseConnection(conn: number, bytes: Buffer, session: Session): RecordedConnection {
  const firstLine = bytes.indexOf('\r\n');
  const hasBanner = firstLine >= 0 && bytes.toString('latin1', 0, firstLine).startsWith('Asterisk Call Manager/');
  if (!hasBanner && bytes.length > 0)
    throw new RecordingError(`connection ${conn} doesn't begin with Asterisk's banner`);
  const connection: RecordedConnection = {
    conn,
    connectedAtMs: session.connectedAtMs.get(conn) ?? 0,
    lostAtMs: 0,
    bytes,
    hasBanner,
    blocks: [],
    answers: [],
    uptimeAtLoginS: undefined,
  };
  const answers = new Map<string, RecordedAnswer>();
  let atMs = connection.connectedAtMs;
  for (let start = hasBanner ? firstLine + 2 : 0; start < bytes.length; ) {
    const found = bytes.indexOf(EMPTY_LINE, start);
    // A last message without its end was cut by the loss of the connection; it was never a whole one.
    if (found < 0) break;
    const block: RecordedBlock = { start, end: found + EMPTY_LINE.length, atMs, kind: 'live' };
    start = block.end;
    const text = blockText(connection, block);
    if (text.trim() === '') continue;
    const stamp = headerOf(text, 'Timestamp');
    if (stamp !== undefined) atMs = Math.max(atMs, Math.floor(Number(stamp) * 1000));
    block.atMs = atMs;
    connection.blocks.push(block);
    classify(connection, block, text, stamp !== undefined, session, answers);
  }
  connection.answers = [...answers.values()];
  if (connection.connectedAtMs === 0) backdate(connection);
  connection.lostAtMs = session.lostAtMs.get(conn) ?? atMs;
  return connection;
}

/** Without a session log, a connection begins with its first stamp, and so does what came before it. */
function backdate(connection: RecordedConnection): void {
  const first = connection.blocks.find((block) => block.atMs > 0)?.atMs ?? 0;
  connection.connectedAtMs = first;
  for (const block of connection.blocks) block.atMs = Math.max(block.atMs, first);
}

/** OriginateResponse has an ActionID and even a `Response` header, but is live: an answer's list items have no Timestamp. */
function classify(
  connection: RecordedConnection,
  block: RecordedBlock,
  text: string,
  hasStamp: boolean,
  session: Session,
  answers: Map<string, RecordedAnswer>,
): void {
  const actionId = headerOf(text, 'ActionID');
  const isMine = actionId !== undefined && session.actions.has(actionId);
  if (text.startsWith('Response: ') || (actionId !== undefined && !hasStamp) || isMine) {
    block.kind = 'answer';
    const key = actionId ?? '';
    const answer = answers.get(key) ?? { action: session.actions.get(key) ?? '', actionId: key, blocks: [] };
    if (answer.action === '') answer.action = /^Event: (\w+)Complete\r?$/m.exec(text)?.[1]?.toLowerCase() ?? '';
    answer.blocks.push(connection.blocks.length - 1);
    answers.set(key, answer);
  } else if (text.startsWith('Event: FullyBooted') && !hasStamp) {
    block.kind = 'greeting';
    connection.uptimeAtLoginS = Number(headerOf(text, 'Uptime') ?? 0);
  }
}
