// npm run replay -- FOLDER-or-FILE [--speed N|max] [--port P] [--shift-to-now]
// Plays a recorded AMI session as if it were a PBX, for whoever wants to look at it or to reproduce what happened in it.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadRecording, RecordingError } from '../server/sources/simulator/recording.ts';
import { type Replay, startReplay } from '../server/sources/simulator/replay.ts';

const USAGE = `Usage: npm run replay -- FOLDER-or-FILE [options]

  FOLDER            holds the raw bytes per connection (*conn1.txt or .txt.gz) and *session.ndjson
  FILE              the raw bytes of a single connection
  --speed N|max     1 is real time (default); max is as fast as the reader takes it
  --port P          port to listen on (default: any free one)
  --shift-to-now    makes the recording happen now instead of when it did
  --repeat-last N   a reader that comes back after a loss hears the last N events again (default 0)`;

/** A mistake of whoever typed the command: the message says what to do. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Starts a replay from command-line arguments; the returned `url` is a source for FLOORCAST_SOURCES. */
export async function replayFromArguments(args: string[], log: (message: string) => void): Promise<Replay> {
  const { path, speed, port, shiftToNow, overlap } = parseArguments(args);
  const recording = await loadRecording(path);
  return startReplay({
    recording,
    speed,
    port,
    overlap,
    clockShiftMs: shiftToNow ? Date.now() - recording.startedAtMs : 0,
    secret: randomBytes(12).toString('hex'),
    log,
  });
}

interface Arguments {
  path: string;
  speed: number;
  port: number;
  shiftToNow: boolean;
  overlap: number;
}

function parseArguments(args: string[]): Arguments {
  let parsed: ReturnType<typeof readOptions>;
  try {
    parsed = readOptions(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { positionals, values } = parsed;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('Name one recording to play.');
  const speed = values.speed === 'max' ? Number.POSITIVE_INFINITY : Number(values.speed);
  if (!(speed > 0)) throw new UsageError(`--speed ${values.speed}: a positive number or "max", please.`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`--port ${values.port}: 0 to 65535, please.`);
  const overlap = Number(values['repeat-last']);
  if (!Number.isInteger(overlap) || overlap < 0) throw new UsageError('--repeat-last: a whole number, please.');
  return { path, speed, port, overlap, shiftToNow: values['shift-to-now'] };
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
    },
  });
}

async function main(): Promise<void> {
  const replay = await replayFromArguments(process.argv.slice(2), (message) => console.log(message));
  console.log(`Ready. Start Floorcast with this source:\n\n  FLOORCAST_SOURCES=${replay.url}?site=replay\n`);
  const report = (): void => {
    const { events, of, connection, atMs } = replay.position();
    const time = new Date(atMs).toISOString().slice(11, 19);
    console.log(
      `connection ${connection}: ${events} of ${of} events (${Math.floor((100 * events) / of)} %), ${time} UTC`,
    );
  };
  const progress = setInterval(report, 5000);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void replay.stop());
  const how = await replay.done;
  clearInterval(progress);
  report();
  if (how === 'finished') console.log('All of it was played. The connection stays open; Ctrl-C ends it.');
}

function explain(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof RecordingError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'That port is taken. Choose another with --port, or leave it out.';
  if (code === 'EACCES') return 'That port is not allowed here. Ports from 1024 on usually are.';
  return undefined;
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const message = explain(error);
    if (message === undefined) throw error;
    console.error(message);
    process.exitCode = 2;
  });
}
