// npm run replay -- FOLDER-or-FILE [--speed N|max] [--port P] [--shift-to-now] [--pbx-only]
// Plays a recorded AMI session as if it were a PBX and shows it on the boards, with data of its own that go when it ends.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadRecording, RecordingError } from '../server/sources/simulator/recording.ts';
import { type Replay, startReplay } from '../server/sources/simulator/replay.ts';

const USAGE = `Usage: npm run replay -- FOLDER-or-FILE [options]

  FOLDER            holds the raw bytes per connection (*conn1.txt or .txt.gz) and *session.ndjson
  FILE              the raw bytes of a single connection
  --speed N|max     1 is real time (default); max is as fast as the reader takes it
  --port P          port of the PBX (default: any free one); the boards are on FLOORCAST_PORT as always
  --shift-to-now    makes the recording happen now instead of when it did
  --repeat-last N   a reader that comes back after a loss hears the last N events again (default 0)
  --queue-log PATH  write the recorded queue_log there, in step, and let the boards read it too
  --pbx-only        only play, and say which FLOORCAST_SOURCES connects to it`;

/** A mistake of whoever typed the command: the message says what to do. */
class UsageError extends Error {
  override name = 'UsageError';
}

/** Starts a replay from command-line arguments; the returned `url` is a source for FLOORCAST_SOURCES. */
async function replayFromArguments(args: Arguments, log: (message: string) => void): Promise<Replay> {
  const { file, speed, port, shiftToNow, overlap, queueLogPath } = args;
  const recording = await loadRecording(file);
  if (queueLogPath !== null && recording.queueLog.length === 0)
    throw new UsageError(`--queue-log: ${file} holds no queue_log or queue_log.gz.`);
  return startReplay({
    recording,
    ...(queueLogPath !== null && { queueLog: { path: queueLogPath } }),
    speed,
    port,
    overlap,
    clockShiftMs: shiftToNow ? Date.now() - recording.startedAtMs : 0,
    secret: randomBytes(12).toString('hex'),
    log,
  });
}

interface Arguments {
  file: string;
  speed: number;
  port: number;
  shiftToNow: boolean;
  overlap: number;
  queueLogPath: string | null;
  isPbxOnly: boolean;
}

function parseArguments(args: string[]): Arguments {
  let parsed: ReturnType<typeof readOptions>;
  try {
    parsed = readOptions(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { positionals, values } = parsed;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('Name one recording to play.');
  const speed = values.speed === 'max' ? Number.POSITIVE_INFINITY : Number(values.speed);
  if (!(speed > 0)) throw new UsageError(`--speed ${values.speed}: a positive number or "max", please.`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`--port ${values.port}: 0 to 65535, please.`);
  const overlap = Number(values['repeat-last']);
  if (!Number.isInteger(overlap) || overlap < 0) throw new UsageError('--repeat-last: a whole number, please.');
  const queueLogPath = values['queue-log'] === undefined ? null : path.resolve(values['queue-log']);
  return {
    file,
    speed,
    port,
    overlap,
    queueLogPath,
    shiftToNow: values['shift-to-now'],
    isPbxOnly: values['pbx-only'],
  };
}

function readOptions(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      speed: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
      'shift-to-now': { type: 'boolean', default: false },
      'repeat-last': { type: 'string', default: '0' },
      'queue-log': { type: 'string' },
      'pbx-only': { type: 'boolean', default: false },
    },
  });
}

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2));
  const replay = await replayFromArguments(args, (message) => console.log(message));
  const log =
    args.queueLogPath === null
      ? ''
      : ` ${pathToFileURL(args.queueLogPath).href.replace('file:', 'queue-log:')}?site=replay`;
  const source = `${replay.url}?site=replay${log}`;
  // With boards, Ctrl-C reaches them too: they end first, in order, and the replay after them.
  const serving = args.isPbxOnly ? null : serve(source);
  if (args.isPbxOnly) console.log(`Ready. Start Floorcast with this source:\n\n  FLOORCAST_SOURCES='${source}'\n`);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => serving ?? void replay.stop());
  const report = (): void => {
    const { events, of, connection, atMs } = replay.position();
    const time = new Date(atMs).toISOString().slice(11, 19);
    console.log(
      `connection ${connection}: ${events} of ${of} events (${Math.floor((100 * events) / of)} %), ${time} UTC`,
    );
  };
  const progress = setInterval(report, 5000);
  const stopped = serving?.then(async (exitCode) => {
    process.exitCode = exitCode;
    await replay.stop();
  });
  const how = await replay.done;
  clearInterval(progress);
  report();
  if (how === 'finished') console.log('All of it was played. The connection stays open; Ctrl-C ends it.');
  await stopped;
}

/** The product against this source, in a folder that goes with it; resolves with its exit code. */
async function serve(source: string): Promise<number> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'floorcast-replay-'));
  try {
    const env = { ...process.env, FLOORCAST_SOURCES: source, FLOORCAST_DATA_DIR: dataDir };
    const server = spawn(process.execPath, [path.join(import.meta.dirname, '../server/main.ts')], {
      env,
      stdio: 'inherit',
    });
    process.on('SIGTERM', () => server.kill('SIGTERM'));
    const [code] = (await once(server, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function explain(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof RecordingError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'That port is taken. Choose another with --port, or leave it out.';
  if (code === 'EACCES') return 'That port is not allowed here. Ports from 1024 on usually are.';
  return undefined;
}

await main().catch((error: unknown) => {
  const message = explain(error);
  if (message === undefined) throw error;
  console.error(message);
  process.exitCode = 2;
});
