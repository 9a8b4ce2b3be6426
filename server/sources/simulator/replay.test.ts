import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { blockText, loadRecording, type Recording } from './recording.ts';
import { type Replay, type ReplayOptions, startReplay } from './replay.ts';
import { connectClient, type TestClient } from './testing-client.ts';

const CAPTURE = new URL('../../testing/capture/', import.meta.url).pathname;
const MAX = Number.POSITIVE_INFINITY;
const FULL_RUN_MS = 30_000;
const opened: (() => Promise<void> | void)[] = [];
let capture: Recording;
let liveTexts: string[];

beforeAll(async () => {
  capture = await loadRecording(CAPTURE);
  liveTexts = capture.connections.flatMap((c) => c.blocks.filter((b) => b.kind === 'live').map((b) => blockText(c, b)));
});

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(recording: Recording, options: Partial<ReplayOptions> = {}): Promise<Replay> {
  const replay = await startReplay({ recording, secret: 'secret', speed: MAX, ...options });
  opened.push(replay.stop);
  return replay;
}

/** A reader as it should be: comes back after each loss, waits for FullyBooted, takes its snapshot. */
async function readOn(
  replay: Replay,
  seen: (message: string) => boolean | undefined,
): Promise<{ connections: number; resets: number }> {
  let connections = 0;
  let resets = 0;
  for (;;) {
    const c = await comeBack(replay, () => resets++);
    connections++;
    try {
      for (;;) {
        const message = await c.next();
        if (message.startsWith('Event: FullyBooted')) askForSnapshot(c);
        if (message.includes('ActionID: mine')) continue;
        if (seen(message) === false) return { connections, resets };
      }
    } catch {
      await c.closed;
    }
  }
}

async function comeBack(replay: Replay, onReset: () => void = () => {}): Promise<TestClient> {
  for (;;) {
    const c = await connectClient(replay.port).catch(() => undefined);
    const answer = await c?.login('secret').catch(() => undefined);
    if (c === undefined || answer === undefined) {
      onReset();
      continue;
    }
    opened.push(c.close);
    return c;
  }
}

function askForSnapshot(c: TestClient): void {
  c.send('Action: QueueStatus\r\nActionID: mine-q\r\n\r\nAction: CoreShowChannels\r\nActionID: mine-c\r\n\r\n');
}

const raw = (bytes: Buffer): string[] => bytes.toString('latin1').split('\r\n\r\n');

test(
  '[SIM70] at full speed a reader gets every recorded live event once, byte by byte, and the recorded losses',
  async () => {
    const replay = await start(capture);
    const seen: string[] = [];
    const { connections, resets } = await readOn(replay, (message) => {
      if (message.includes('\r\nTimestamp: ')) seen.push(Buffer.from(message).toString('latin1'));
      return seen.length < capture.liveEvents;
    });
    expect(seen).toEqual(liveTexts);
    expect(connections).toBe(4);
    // Connections 3 and 5 of the recording.
    expect(resets).toBeGreaterThanOrEqual(2);
    expect(await replay.done).toBe('finished');
    expect(replay.position()).toEqual({ connection: 6, events: 111_994, of: 111_994, atMs: 1_795_283_406_576 });
  },
  FULL_RUN_MS,
);

test(
  '[SIM71] a connection begins with the recorded answers under the own ActionID, later ones come from the mirror',
  async () => {
    const replay = await start(capture);
    const c = await comeBack(replay);
    await c.until(/FullyBooted/);
    const status = await c.ask('QueueStatus');
    const [connection] = capture.connections;
    const recorded = connection?.answers.find((a) => a.action === 'queuestatus');
    const texts = recorded?.blocks.map((i) =>
      connection ? blockText(connection, connection.blocks[i] ?? fail()) : '',
    );
    expect(status).toEqual(texts?.map((text) => text.replace('QueueStatus-1-2', 't-1')));
    expect(await c.ask('QueueSummary')).toHaveLength(8);
    expect(await c.ask('CoreShowChannels')).toHaveLength(2);
    // 28 s of log-ins later there are more members than in the recorded first answer, and the mirror knows them.
    await c.until(/^Event: QueueCallerJoin/);
    const later = await c.ask('QueueStatus');
    expect(later.length).toBeGreaterThan(status.length);
  },
  FULL_RUN_MS,
);

function fail(): never {
  throw new Error('no such block');
}

test('[SIM72] nothing flows before the snapshot was taken', async () => {
  const replay = await start(capture);
  const c = await comeBack(replay);
  await c.until(/FullyBooted/);
  await c.ask('QueueStatus');
  await c.ask('Ping');
  expect(replay.position().events).toBe(0);
  await c.ask('CoreShowChannels');
  expect(await c.next()).toContain('Event: DeviceStateChange');
});

test(
  '[SIM73] held for a reader that vanished: it hears the overlap again and misses nothing else',
  async () => {
    const overlap = 25_000;
    const replay = await start(capture, { onDisconnect: 'hold', overlap });
    const first = await comeBack(replay);
    await first.until(/FullyBooted/);
    askForSnapshot(first);
    let heard = 0;
    while (heard < 3000) if ((await first.next()).includes('\r\nTimestamp: ')) heard++;
    first.close();
    await first.closed;

    const second = await comeBack(replay);
    await second.until(/FullyBooted/);
    const heldAt = replay.position().events;
    expect(heldAt).toBeGreaterThanOrEqual(heard);
    const joined = (await second.ask('QueueStatus')).filter((m) => m.startsWith('Event: QueueMember\r\n'));
    expect(joined.length).toBeGreaterThan(24);
    await second.ask('CoreShowChannels');
    const again = [];
    while (again.length < 100) {
      const message = await second.next();
      if (message.includes('\r\nTimestamp: ')) again.push(message);
    }
    const from = Math.max(0, heldAt - overlap);
    expect(again).toEqual(liveTexts.slice(from, from + 100));
  },
  FULL_RUN_MS,
);

test('[SIM73] who vanishes again and again hears the overlap of the farthest place, not of where the last one left', async () => {
  const recording = await small(Array.from({ length: 200 }, (_, i) => 1000 + i));
  const replay = await start(recording, { onDisconnect: 'hold', overlap: 10, speed: 50 });
  const firstHeardBy = async (events: number): Promise<number> => {
    const c = await comeBack(replay);
    askForSnapshot(c);
    const numbers: number[] = [];
    while (numbers.length < events) {
      const number = /\r\nNumber: (\d+)/.exec(await c.next())?.[1];
      if (number !== undefined) numbers.push(Number(number));
    }
    c.close();
    await c.closed;
    return numbers[0] ?? Number.NaN;
  };
  expect(await firstHeardBy(30)).toBe(0);
  const again = await firstHeardBy(1);
  expect(again).toBeGreaterThanOrEqual(20);
  expect(await firstHeardBy(1)).toBeGreaterThanOrEqual(again);
});

test('[SIM74] gone on without a reader, as a PBX does', async () => {
  const recording = await small([1000, 1010, 1020]);
  const replay = await start(recording, { onDisconnect: 'continue', speed: 50 });
  const c = await comeBack(replay);
  askForSnapshot(c);
  expect(await c.until(/Number/)).toContain('Number: 0');
  c.close();
  expect(await replay.done).toBe('finished');
  expect(replay.position().events).toBe(3);
});

test('[SIM75] cut writes and duplicates: the same events, some of them twice in a row', async () => {
  const recording = await small(Array.from({ length: 300 }, (_, i) => 1000 + i));
  const replay = await start(recording, { cuts: 3, duplicates: { seed: 4, probability: 0.2 } });
  const c = await comeBack(replay);
  askForSnapshot(c);
  await replay.done;
  await c.until(/Number: 299/);
  await c.ask('Ping');
  const numbers = raw(c.bytes()).flatMap((text) => /Number: (\d+)/.exec(text)?.[1] ?? []);
  expect(numbers.length).toBeGreaterThan(330);
  expect([...new Set(numbers)]).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
});

test('[SIM76] real time scaled by speed; a clock shift moves every time and nothing else', async () => {
  const recording = await small([1000, 1030]);
  const shiftS = 500;
  const replay = await start(recording, { speed: 100, clockShiftMs: shiftS * 1000 + 200 });
  const c = await comeBack(replay);
  askForSnapshot(c);
  expect(await c.until(/Number: 0/)).toContain('Timestamp: 1500.000000');
  const startedAt = performance.now();
  const last = await c.until(/Number: 1/);
  // 30 s at a hundredfold: 300 ms, give or take a busy machine.
  expect(performance.now() - startedAt).toBeGreaterThan(200);
  expect(last).toContain('Timestamp: 1530.000000');
  expect((await c.ask('Ping'))[0]).toContain('Timestamp: 1530.000000');
});

test('[SIM77] stopped in mid-play it closes everything', async () => {
  const replay = await start(capture, { speed: 1 });
  const c = await comeBack(replay);
  await replay.stop();
  await c.closed;
  expect(await replay.done).toBe('stopped');
});

test('[SIM78] logged in before the boot: events flow, lists are unknown, then the flow waits for the snapshot', async () => {
  const recording = await small([1000, 1001, 1002, 1003], 2);
  const replay = await start(recording);
  const c = await comeBack(replay);
  expect(await c.until(/Number: 0/)).not.toContain('FullyBooted');
  // The whole stretch before the boot is out by now, the boot included.
  expect((await c.until(/FullyBooted/)).startsWith('Event: FullyBooted\r\nPrivilege: system,all\r\nTimestamp')).toBe(
    true,
  );
  expect((await c.ask('QueueStatus')).at(-1)).toContain('QueueStatusComplete');
  expect(replay.position().events).toBe(3);
  await c.ask('CoreShowChannels');
  expect(await c.next()).toContain('Number: 2');
});

/** A recording of one connection with an event at each of these seconds; booted at login, or else before one of them. */
async function small(seconds: readonly number[], bootBefore?: number): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'floorcast-replay-'));
  opened.push(() => rm(folder, { recursive: true }));
  const booted =
    'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 5\r\nLastReload: 5\r\nStatus: Fully Booted\r\n\r\n';
  const events = seconds.map((s, i) => {
    const boot = `Event: FullyBooted\r\nPrivilege: system,all\r\nTimestamp: ${s}.000000\r\n\r\n`;
    const event = `Event: Test\r\nPrivilege: call,all\r\nTimestamp: ${s}.000000\r\nNumber: ${i}\r\nName: 王小明\r\n\r\n`;
    return i === bootBefore ? boot + event : event;
  });
  const file = join(folder, 'x.txt');
  await writeFile(file, `Asterisk Call Manager/12.0.0\r\n${bootBefore === undefined ? booted : ''}${events.join('')}`);
  return loadRecording(file);
}

test('[SIM79] the recorded queue_log comes in step with the events, whole at the end, on the clock of the replay', {
  timeout: FULL_RUN_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replay-log-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'queue_log');
  const replay = await start(capture, { queueLog: { path: file }, clockShiftMs: 3_600_000 });
  const newestAt = () => Number(readFileSync(file, 'latin1').trimEnd().split('\n').at(-1)?.split('|')[0] ?? 0) * 1_000;
  let looks = 0;
  await readOn(replay, (message) => {
    if (!message.includes('\r\nTimestamp: ')) return undefined;
    if (looks++ % 2_000 === 0) expect(newestAt()).toBeLessThanOrEqual(replay.position().atMs);
    return looks < capture.liveEvents;
  });
  expect(await replay.done).toBe('finished');
  const lines = readFileSync(file, 'latin1').trimEnd().split('\n');
  expect(lines).toHaveLength(5_341);
  expect(lines[0]).toBe('1795285782|NONE|NONE|NONE|QUEUESTART|');
});
