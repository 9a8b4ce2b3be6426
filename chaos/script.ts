/** What a PBX lives through: the recorded session of a real one, or the simulated centre. Only `advance` moves its clock. */
import { createCentre } from '../server/sources/simulator/centre.ts';
import type { Pbx, PbxSnapshot } from '../server/sources/simulator/pbx.ts';
import { createPlayback } from '../server/sources/simulator/playback.ts';
import type { Recording } from '../server/sources/simulator/recording.ts';

export interface Script {
  readonly name: 'replay' | 'load';
  readonly encoding: Pbx['encoding'];
  /** Source time that passes in a second: both are far from busy enough for the short life of a round. */
  readonly speed: number;
  /** The same while a round waits for the end of every call that was not heard whole. */
  readonly haste: number;
  readonly nowMs: number;
  /** Event blocks until then, in order. */
  advance(toMs: number): readonly Buffer[];
  /** Lines of the PBX's own log, as byte strings, that are new since the last call. */
  log(): readonly string[];
  snapshot(): PbxSnapshot;
}

const REPLAY_SPEED = 8;
const REPLAY_HASTE = 14;
const LOAD_SPEED = 25;
const LOAD_HASTE = 150;
/** In the recording the agents have signed in by then, and nobody has called yet. */
const QUIET_START_MS = 33_000;

/** The first connection of the recording, from a moment on at which nobody waits or talks; stamps begin at `startAtMs`. */
export function recordedScript(recording: Recording, startAtMs: number): Script {
  const [connection] = recording.connections;
  if (!connection) throw new Error('an empty recording');
  const quietAtMs = connection.connectedAtMs + QUIET_START_MS;
  const shiftMs = Math.round((startAtMs - quietAtMs) / 1_000) * 1_000;
  const playback = createPlayback(shiftMs);
  playback.open(connection);
  let nowMs = connection.connectedAtMs + shiftMs;
  let next = 0;
  const advance = (toMs: number): Buffer[] => {
    const told: Buffer[] = [];
    for (; next < connection.blocks.length; next++) {
      if ((connection.blocks[next]?.atMs ?? 0) + shiftMs > toMs) break;
      const block = playback.pass(next);
      if (block) told.push(block);
    }
    nowMs = Math.max(nowMs, toMs);
    return told;
  };
  advance(quietAtMs + shiftMs);
  playback.leaveStart();
  let nextLine = 0;
  const log = (): string[] => {
    const told: string[] = [];
    for (; nextLine < recording.queueLog.length; nextLine++) {
      const line = recording.queueLog[nextLine] ?? '';
      const [seconds = '', ...rest] = line.split('|');
      const movedS = Number(seconds) + shiftMs / 1_000;
      if (movedS * 1_000 > nowMs) break;
      told.push([movedS, ...rest].join('|'));
    }
    return told;
  };
  return {
    name: 'replay',
    encoding: 'latin1',
    speed: REPLAY_SPEED,
    haste: REPLAY_HASTE,
    get nowMs() {
      return nowMs;
    },
    advance,
    log,
    snapshot: () => playback.pbx.snapshot(),
  };
}

/** The demo centre, opening at `startAtMs` with everybody at the desk and nobody waiting. */
export function simulatedScript(seed: string, startAtMs: number): Script {
  const centre = createCentre({ seed, startAtMs });
  return {
    name: 'load',
    encoding: 'utf8',
    speed: LOAD_SPEED,
    haste: LOAD_HASTE,
    get nowMs() {
      return centre.nowMs();
    },
    advance: (toMs) => centre.advance(toMs).map(({ text }) => Buffer.from(text, 'utf8')),
    log: () => centre.takeLogLines(),
    snapshot: () => centre.snapshot(),
  };
}
