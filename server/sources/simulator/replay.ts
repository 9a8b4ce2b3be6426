// Plays a recorded AMI session to whoever logs in: every live event with its recorded bytes, paced by the clock or as fast as
// the reader takes them, the recorder's losses of connection included.
//
// A connection's flow begins when its reader has taken a snapshot. Where the recorder's connection ended, so does the
// reader's; what happened in the recorder's gap doesn't exist. The last connection stays open at the end.
import { type AmiServer, startAmiServer } from './ami-server.ts';
import type { AmiFaults } from './faults.ts';
import { createSnapshotGate } from './gate.ts';
import { createPlayback } from './playback.ts';
import { createDrip, createQueueLogFile } from './queue-log-file.ts';
import type { RecordedConnection, Recording } from './recording.ts';

export interface ReplayOptions {
  recording: Recording;
  secret: string;
  /** 1 is real time; Infinity is as fast as the reader takes it, without the waits between connections. */
  speed: number;
  host?: string;
  port?: number;
  /** Moves every time in the stream, in whole seconds: `Date.now() - recording.startedAtMs` makes it happen now. */
  clockShiftMs?: number;
  /** When the reader vanishes: wait for it, or go on without it as a PBX does. */
  onDisconnect?: 'hold' | 'continue';
  /** With `hold`: how many events before the last one written a returning reader hears again. */
  overlap?: number;
  /** Seed of the byte boundaries at which writes are cut. */
  cuts?: number;
  duplicates?: { seed: number; probability: number };
  /** The first event waits for it; a reader gets in before. */
  isAwaited?: Promise<void>;
  /** Writes the recorded queue_log there, in step with the clock of the events, or `lagMs` behind (negative: ahead of) it. */
  queueLog?: { path: string; lagMs?: number };
  log?: (message: string) => void;
}

export interface ReplayPosition {
  /** Number of the recorded connection. */
  connection: number;
  /** Live events written so far, and in all. */
  events: number;
  of: number;
  /** The recording's clock, shift included. */
  atMs: number;
}

export interface Replay {
  url: string;
  port: number;
  faults: AmiFaults;
  server: AmiServer;
  position(): ReplayPosition;
  /** Finished: the last event has left this process; the reader may still have to read it. */
  done: Promise<'finished' | 'stopped'>;
  stop(): Promise<void>;
}

const SNAPSHOT_WAIT_MS = 3000;
const BATCH_BYTES = 64 * 1024;
const MAX_SLEEP_MS = 1000;

export async function startReplay(options: ReplayOptions): Promise<Replay> {
  const { recording, secret, speed, onDisconnect = 'hold', overlap = 0, log = () => {} } = options;
  const playback = createPlayback(options.clockShiftMs ?? 0);
  const { queueLog } = options;
  const drip = queueLog
    ? createDrip(recording.queueLog, createQueueLogFile(queueLog.path), {
        shiftS: Math.round((options.clockShiftMs ?? 0) / 1000),
        lagMs: queueLog.lagMs ?? 0,
      })
    : () => {};
  const stopping = new AbortController();
  const position = { connection: 0, events: 0 };
  let gate = createSnapshotGate();
  /** What a new connection meets: the recorded gap and a recorded reset both reset it. */
  let door: 'open' | 'gap' | 'reset-next' = 'gap';
  const changes = createSignal();

  const server = await startAmiServer({
    secret,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    pbx: playback.pbx,
    onConnect: () => {
      const met = door;
      if (met === 'reset-next') door = 'gap';
      changes.fire();
      return met === 'open' ? undefined : 'reset';
    },
    onLogin: () => {
      gate = createSnapshotGate();
      changes.fire();
    },
    onAnswered: (action) => gate.answered(action.name),
    onLogout: changes.fire,
  });
  server.faults.setCuts(options.cuts);
  server.faults.setDuplicates(options.duplicates);

  /** Waits until something is so, the time is over, or the replay is stopped. */
  const until = async (isSo: () => boolean, waitMs = Number.POSITIVE_INFINITY): Promise<void> => {
    const end = performance.now() + waitMs;
    while (!isSo() && !stopping.signal.aborted && performance.now() < end) {
      await changes.next(Math.min(MAX_SLEEP_MS, Math.max(1, end - performance.now())), stopping.signal);
    }
  };
  const hasReader = (): boolean => server.clients() > 0;
  const isLost = (): boolean => onDisconnect === 'hold' && !hasReader();

  /** Until a reader is there and has taken its snapshot. Who must not wait for a reader waits for it as long as for that. */
  const awaitReader = async (mustWait: boolean): Promise<void> => {
    await until(hasReader, mustWait ? Number.POSITIVE_INFINITY : SNAPSHOT_WAIT_MS);
    if (!hasReader()) return;
    const gone = new AbortController();
    const watch = until(() => gone.signal.aborted || !hasReader()).then(() => gone.abort());
    await gate.passed(SNAPSHOT_WAIT_MS, AbortSignal.any([gone.signal, stopping.signal]));
    gone.abort();
    changes.fire();
    await watch;
  };

  async function play(connection: RecordedConnection): Promise<void> {
    const { blocks } = connection;
    playback.open(connection);
    door = 'open';
    log(`connection ${connection.conn}: waiting for a reader`);
    await until(hasReader, onDisconnect === 'hold' || position.events === 0 ? undefined : SNAPSHOT_WAIT_MS);
    await Promise.race([options.isAwaited, stopped]);
    let pace = startPace(connection.connectedAtMs, speed);
    let wasLost = false;
    /** The farthest place so far: a reader that comes and goes again has not heard what lies before it any less. */
    let farthest = { index: 0, events: 0 };
    for (let i = 0; i < blocks.length && !stopping.signal.aborted; ) {
      if (isLost()) {
        log('the reader is gone: holding');
        if (i > 0) playback.leaveStart();
        await until(hasReader);
        wasLost = true;
      }
      if (wasLost || playback.wantsSnapshotAt(i)) {
        await awaitReader(onDisconnect === 'hold');
        if (isLost()) continue;
        if (wasLost) {
          if (i > farthest.index) farthest = { index: i, events: position.events };
          const back = stepBack(connection, farthest.index, overlap);
          i = back.index;
          position.events = farthest.events - back.events;
        }
        wasLost = false;
        pace = startPace(blocks[i]?.atMs ?? 0, speed);
      }
      if (playback.pbx.isBooted()) playback.leaveStart();
      const batch: Buffer[] = [];
      let bytes = 0;
      while (i < blocks.length && bytes < BATCH_BYTES && pace.waitMs(blocks[i]?.atMs ?? 0) <= 0) {
        const block = playback.pass(i++);
        if (block) {
          batch.push(block);
          bytes += block.length;
        }
        if (playback.wantsSnapshotAt(i)) {
          // What was asked before the boot was answered with an error and doesn't count.
          gate = createSnapshotGate();
          break;
        }
      }
      server.broadcast(batch);
      drip(playback.atMs);
      position.events += batch.length;
      await Promise.race([server.ready(), stopped]);
      await new Promise((resolve) => setImmediate(resolve));
      const waitMs = pace.waitMs(blocks[i]?.atMs ?? 0);
      if (i < blocks.length && waitMs > 0) await until(isLost, waitMs);
    }
    playback.leaveStart();
  }

  async function playAll(): Promise<void> {
    for (const [n, connection] of recording.connections.entries()) {
      if (stopping.signal.aborted) return;
      position.connection = connection.conn;
      const next = recording.connections[n + 1];
      if (connection.hasBanner) await play(connection);
      else {
        door = 'reset-next';
        const gapMs = next ? (next.connectedAtMs - connection.connectedAtMs) / speed : 0;
        await until(
          () => door !== 'reset-next',
          onDisconnect === 'hold' ? undefined : Math.max(gapMs, SNAPSHOT_WAIT_MS),
        );
      }
      if (next === undefined || stopping.signal.aborted) continue;
      door = 'gap';
      server.dropAll('end');
      await until(() => false, Math.max(0, next.connectedAtMs - connection.lostAtMs) / speed);
    }
    await Promise.race([server.ready(0), stopped]);
    drip(Number.POSITIVE_INFINITY);
  }

  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const playing = playAll();
  const done = playing.then(() => (stopping.signal.aborted ? 'stopped' : 'finished') as 'finished' | 'stopped');
  return {
    url: server.url,
    port: server.port,
    faults: server.faults,
    server,
    done,
    position: () => ({ ...position, of: recording.liveEvents, atMs: playback.atMs }),
    stop: async () => {
      stopping.abort();
      await server.stop();
      await playing;
    },
  };
}

interface Pace {
  /** How long until a moment of the recording is due; negative when overdue. */
  waitMs(atMs: number): number;
}

function startPace(fromMs: number, speed: number): Pace {
  const startedAt = performance.now();
  return { waitMs: (atMs) => (atMs - fromMs) / speed - (performance.now() - startedAt) };
}

/** The place `count` live events before `index`, within the connection. */
function stepBack(connection: RecordedConnection, index: number, count: number): { index: number; events: number } {
  let events = 0;
  let at = index;
  while (at > 0 && events < count) {
    at--;
    if (connection.blocks[at]?.kind === 'live') events++;
  }
  return { index: at, events };
}

interface Signal {
  fire(): void;
  next(waitMs: number, signal: AbortSignal): Promise<void>;
}

/** "Something changed": wakes everybody who waits. */
function createSignal(): Signal {
  const waiting = new Set<() => void>();
  return {
    fire: () => {
      for (const wake of [...waiting]) wake();
    },
    next: (waitMs, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, waitMs);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      }),
  };
}
