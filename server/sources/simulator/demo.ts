// The demo: the simulated centre behind an AMI server on loopback, in real time. It opened some hours ago, and the first
// client is told all of it: the snapshot as of the opening, then every event until now in one burst, then live.
//
// States: waiting (time stands still until a client has taken its snapshot) -> running (bursts while behind the clock, then
// paces itself) -> waiting again only if the client is lost before the past was told. After that, a client that comes back
// finds the present, and what it missed is lost, as with a real PBX.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AmiServer, startAmiServer } from './ami-server.ts';
import { createCentre } from './centre.ts';
import { createSnapshotGate, type SnapshotGate } from './gate.ts';
import type { PhoneMessage } from './model.ts';
import { createQueueLogFile } from './queue-log-file.ts';

export interface DemoCentreOptions {
  /** Wall clock, epoch milliseconds. */
  now: () => number;
  seed: number | string;
  /** The AMI login is this secret of user `floorcast`; random per run, chosen by the caller. */
  secret: string;
  openedAtMs: number;
  /** What happened before is known to the caller: tell only what came after. */
  resumeFromMs?: number;
  /** Where to write the queue_log of this PBX; from the opening on, also where its past is not told. */
  queueLogPath?: string;
  /** Classes of `write` that the login has; all unless said otherwise. */
  write?: readonly string[];
  /** Aborting is the same as `stop()`. */
  signal?: AbortSignal;
  log?: (message: string) => void;
}

export interface DemoCentre {
  url: string;
  /** The fault switches of the PBX, for demonstrations and tests. */
  server: AmiServer;
  /** What phones were sent, oldest first. */
  messages(): readonly PhoneMessage[];
  stop(): Promise<void>;
}

/** Asterisk had been up for a day and a half when the centre opened: its uptime must not look like a restart. */
const UP_BEFORE_OPENING_MS = 37 * 3_600_000;
const STEP_MS = 30_000;
const TICK_MS = 20;
/** Stamps run up to some milliseconds ahead of their event's due time; this keeps them out of the future. */
const LAG_MS = 5;
const GATE_WAIT_MS = 1000;

export async function startDemoCentre(options: DemoCentreOptions): Promise<DemoCentre> {
  const { now, seed, secret, openedAtMs, log = () => {} } = options;
  const centre = createCentre({ seed, startAtMs: openedAtMs });
  const queueLog = options.queueLogPath === undefined ? undefined : createQueueLogFile(options.queueLogPath);
  centre.advance(Math.min(Math.max(openedAtMs, options.resumeFromMs ?? openedAtMs), now()));

  const stopping = new AbortController();
  let client = createClientWatch();
  const server = await startAmiServer({
    secret,
    pbx: {
      encoding: 'utf8',
      isBooted: () => true,
      bootedAtMs: () => openedAtMs - UP_BEFORE_OPENING_MS,
      nowMs: centre.nowMs,
      snapshot: centre.snapshot,
      act: centre.act,
    },
    ...(options.write && { write: options.write }),
    onAnswered: (action) => client.answered(action.name),
    onLogout: (clients) => {
      if (clients > 0) return;
      client.gone.abort();
      client.stop();
      client = createClientWatch();
    },
  });

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted && isBehind()) {
      const told = client;
      await told.queueStatusAsked;
      await told.gate.passed(GATE_WAIT_MS, AbortSignal.any([told.gone.signal, stopping.signal]));
      log(`demo: telling the past from ${new Date(centre.nowMs()).toISOString()}`);
      while (!stopping.signal.aborted && !told.gone.signal.aborted && isBehind()) await step();
    }
    log('demo: live');
    while (!stopping.signal.aborted) {
      await step();
      if (!isBehind()) await sleep(TICK_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const isBehind = (): boolean => now() - centre.nowMs() > STEP_MS / 10;
  const step = async (): Promise<void> => {
    const events = centre.advance(Math.max(centre.nowMs(), Math.min(centre.nowMs() + STEP_MS, now() - LAG_MS)));
    server.broadcast(events.map((event) => event.text));
    const lines = centre.takeLogLines();
    queueLog?.append(lines);
    // Only the past waits for its reader. Live, a reader that is stuck is dropped, as by a real PBX.
    if (!isBehind()) return;
    await server.ready();
    // ready() may resolve without a turn of the event loop; the burst must not starve who reads it.
    await new Promise((resolve) => setImmediate(resolve));
  };

  const running = run();
  const stop = async (): Promise<void> => {
    if (stopping.signal.aborted) return running;
    stopping.abort();
    client.stop();
    await server.stop();
    await running;
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  if (options.signal?.aborted) await stop();
  return { url: server.url, server, messages: centre.messages, stop };
}

interface ClientWatch {
  gate: SnapshotGate;
  gone: AbortController;
  queueStatusAsked: Promise<void>;
  answered(action: string): void;
  /** Ends the wait for a client that will not ask any more. */
  stop(): void;
}

/** What the present client (or, with none, the next one) has asked for. */
function createClientWatch(): ClientWatch {
  const gate = createSnapshotGate();
  const asked = Promise.withResolvers<void>();
  return {
    gate,
    gone: new AbortController(),
    queueStatusAsked: asked.promise,
    answered: (action) => {
      gate.answered(action);
      if (action.toLowerCase() === 'queuestatus') asked.resolve();
    },
    stop: asked.resolve,
  };
}
