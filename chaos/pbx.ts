/**
 * The PBX of a round: speaks AMI over a real socket, waits for nobody, and keeps its own account of what it told. Beside the
 * calls of its script it tells a *mark* several times a second: an agent of its own pauses with the time as reason. What
 * mark a screen shows says how old the screen's truth is, whatever the screen itself believes.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { type AmiServer, startAmiServer } from '../server/sources/simulator/ami-server.ts';
import type { MemberRow, PbxSnapshot, QueueRow } from '../server/sources/simulator/pbx.ts';
import { renderBlock, renderStamp } from '../server/sources/simulator/wire.ts';
import type { Script } from './script.ts';
import { Tally } from './tally.ts';

export const MARK_AGENT = 'Local/mark@chaos';
export const MARK_QUEUE = 'chaos';
const TICK_MS = 20;
const MARK_EVERY_MS = 200;
/** Longer than any judgement from silence: what a mark so far ahead follows is settled. */
const SETTLE_AHEAD_MS = 10_000;
const STAMP = /(\r\nTimestamp: )(\d+)/;

export interface RoundPbx {
  /** `ami://user:secret@host:port`. */
  readonly url: string;
  readonly port: number;
  readonly tally: Tally;
  /** How many clients are logged in. */
  clients(): number;
  /** Calls begin; before and after, only marks are told. */
  run(): void;
  /** Goes on faster, as the script allows. */
  hasten(): void;
  freeze(): void;
  /** The PBX's clock jumps. */
  jump(ms: number): void;
  /** Age of what a screen shows that shows this mark: time since the PBX told the next one. Null for no mark. */
  ageOf(mark: string | null): number | null;
  /** After `freeze`: the mark that is told from now on, behind everything else and late enough to settle every judgement. */
  settle(): string;
  /** Its clock goes on by so much at once, and so does what it tells next. */
  skip(ms: number): void;
  stop(): Promise<void>;
}

/** `logPath`: where it keeps its queue_log. */
export async function startPbx(script: Script, logPath: string): Promise<RoundPbx> {
  const tally = new Tally();
  const marks: { readonly name: string; readonly at: number }[] = [];
  const placeOf = new Map<string, number>();
  let aheadMs = 0;
  let microMarks = 0;
  let isRunning = false;
  let runAt = 0;
  let runFromMs = 0;
  let { speed } = script;
  let markedAt = 0;
  let settled: string | null = null;

  const nowMs = (): number => script.nowMs + aheadMs;
  /** Up for so long by real time, however fast the script goes. */
  const bootedAt = performance.now() - 7 * 3_600_000;
  const server: AmiServer = await startAmiServer({
    secret: 'chaos',
    // A stalled reader is the round's business: what it leaves unread waits in the socket.
    maxQueuedBytes: Number.POSITIVE_INFINITY,
    pbx: {
      encoding: script.encoding,
      isBooted: () => true,
      bootedAtMs: () => nowMs() - (performance.now() - bootedAt),
      nowMs,
      snapshot: () => withMark(script.snapshot(), marks.at(-1)?.name ?? ''),
    },
  });

  const shifted = (block: Buffer): Buffer => {
    if (aheadMs === 0) return block;
    const moved = block
      .toString('latin1')
      .replace(STAMP, (_, key: string, seconds: string) => `${key}${Number(seconds) + aheadMs / 1_000}`);
    return Buffer.from(moved, 'latin1');
  };
  const mark = (): void => {
    markedAt = performance.now();
    const name = settled ?? `m${marks.length}`;
    if (!placeOf.has(name)) {
      placeOf.set(name, marks.length);
      marks.push({ name, at: markedAt });
    }
    server.broadcast([markBlock(name, nowMs() * 1_000 + ++microMarks)]);
  };
  const live = (toMs: number): void => {
    const blocks = script.advance(toMs);
    for (const block of blocks) tally.count(block);
    if (blocks.length > 0) server.broadcast(blocks.map(shifted));
    const lines = script.log().map((line) => line.replace(/^\d+/, (s) => String(Number(s) + aheadMs / 1_000)));
    if (lines.length > 0) appendFileSync(logPath, `${lines.join('\n')}\n`, 'latin1');
  };
  const tick = (): void => {
    // Whole milliseconds: stamps are made of them.
    if (isRunning) live(Math.floor(runFromMs + (performance.now() - runAt) * speed));
    if (performance.now() - markedAt >= MARK_EVERY_MS) mark();
  };
  writeFileSync(logPath, '');
  mark();
  const timer = setInterval(tick, TICK_MS);

  return {
    url: server.url,
    port: server.port,
    tally,
    clients: () => server.clients(),
    run() {
      isRunning = true;
      runAt = performance.now();
      runFromMs = script.nowMs;
    },
    hasten() {
      tick();
      speed = script.haste;
      runAt = performance.now();
      runFromMs = script.nowMs;
    },
    freeze() {
      tick();
      isRunning = false;
      // The log knows whole seconds: it and the events end together.
      live((Math.floor(script.nowMs / 1_000) + 1) * 1_000 - 1);
    },
    jump(ms) {
      aheadMs += ms;
      microMarks = 0;
    },
    ageOf(name) {
      const place = name === null ? undefined : placeOf.get(name);
      if (place === undefined) return null;
      const next = marks[place + 1];
      return next === undefined ? 0 : performance.now() - next.at;
    },
    settle() {
      aheadMs += SETTLE_AHEAD_MS;
      settled = 'settled';
      return settled;
    },
    skip(ms) {
      aheadMs += ms;
    },
    async stop() {
      clearInterval(timer);
      await server.stop();
    },
  };
}

const FIELDS = {
  penalty: 0,
  callsTaken: 0,
  lastCall: 0,
  lastPause: 0,
  loginTime: 0,
  inCall: 0,
  wrapuptime: 0,
} as const;

function markBlock(reason: string, micros: number): string {
  return renderBlock([
    ['Event', 'QueueMemberPause'],
    ['Privilege', 'agent,all'],
    ['Timestamp', renderStamp(micros)],
    ['Queue', MARK_QUEUE],
    ['MemberName', 'Mark'],
    ['Interface', MARK_AGENT],
    ['StateInterface', MARK_AGENT],
    ['Membership', 'static'],
    ['Penalty', 0],
    ['CallsTaken', 0],
    ['LastCall', 0],
    ['LastPause', 0],
    ['LoginTime', 0],
    ['InCall', 0],
    ['Status', 1],
    ['Paused', 1],
    ['PausedReason', reason],
    ['Ringinuse', 0],
    ['Wrapuptime', 0],
  ]);
}

function withMark({ queues, channels }: PbxSnapshot, reason: string): PbxSnapshot {
  const member: MemberRow = {
    name: 'Mark',
    location: MARK_AGENT,
    stateInterface: MARK_AGENT,
    membership: 'static',
    status: 1,
    paused: 1,
    pausedReason: reason,
    ...FIELDS,
  };
  const queue: QueueRow = {
    queue: MARK_QUEUE,
    max: 0,
    strategy: 'ringall',
    holdtime: 0,
    talkTime: 0,
    completed: 0,
    abandoned: 0,
    serviceLevel: 20,
    servicelevelPerf: '0.0',
    servicelevelPerf2: '0.0',
    weight: 0,
    members: [member],
    entries: [],
  };
  return { queues: [...queues, queue], channels };
}
