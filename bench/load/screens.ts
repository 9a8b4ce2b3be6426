/**
 * The live protocol as a screen speaks it, for screens that are counted by the thousand: what is said, what a screen asks
 * for, and what a frame holds. The only part of the benchmarks that knows the wire.
 */
import { applyFrame, type ChannelCopy, emptyCopy, type Frame as LiveFrame, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { type Channel, column } from '../../shared/view.ts';

/** What the wall and the supervisor's floor subscribe to. */
export const CHANNELS_OF = {
  wall: ['board', 'counts'],
  floor: ['board', 'counts', 'agents'],
} as const satisfies Record<string, readonly Channel[]>;
export type ScreenKind = keyof typeof CHANNELS_OF;

export const ENGINE_PATH = `${SOCKET_PATH}/?EIO=4&transport=websocket`;
export const PONG = '3';
/** What a screen wants goes with its greeting, as a real one does it. */
export const helloText = (site: string, kind: ScreenKind): string =>
  `40${JSON.stringify({ version: PROTOCOL_VERSION, subscribe: CHANNELS_OF[kind].map((channel) => ({ site, channel })) })}`;

export interface Frame {
  readonly kind: 'opened' | 'connected' | 'ping' | 'snapshot' | 'delta' | 'other';
  /** Instants that marks in it carry: when they were sent. See `Traffic.mark`. */
  readonly marks: readonly number[];
}

const OPENED: Frame = { kind: 'opened', marks: [] };
const CONNECTED: Frame = { kind: 'connected', marks: [] };
const PING: Frame = { kind: 'ping', marks: [] };
const OTHER: Frame = { kind: 'other', marks: [] };
/** Screens get the same bytes within a moment of each other. */
const REMEMBERED = 64;
const MARK_QUEUE = /^mark-/;
const SINCE = column('queues', 'oldestWaitingSince');

/** Reads each payload once, however many screens get it. One reader serves the screens of one server. */
export class FrameReader {
  readonly #recent: { readonly payload: Buffer; readonly frame: Frame }[] = [];
  readonly #channels = new Map<number, Channel>();
  /** One copy of the board for all screens: the first one that gets a frame applies it. */
  #board: ChannelCopy = { ...emptyCopy('board'), rev: -1 };
  readonly #shown = new Map<string, number>();

  read(payload: Buffer, isBinary: boolean): Frame {
    if (!isBinary) {
      if (payload[0] === 0x30) return OPENED;
      if (payload[0] === 0x32 && payload.length === 1) return PING;
      return payload[0] === 0x34 && payload[1] === 0x30 ? CONNECTED : OTHER;
    }
    for (let i = this.#recent.length - 1; i >= 0; i--) {
      const known = this.#recent[i];
      if (known && known.payload.length === payload.length && known.payload.equals(payload)) return known.frame;
    }
    const frame = this.#parse(payload);
    this.#recent.push({ payload: Buffer.from(payload), frame });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    return frame;
  }

  #parse(payload: Buffer): Frame {
    const message = readMessage(payload);
    if (message.is === 'name') this.#channels.set(message.number, message.channel);
    if (message.is !== 'frame') return OTHER;
    const kind = readHead(message.frame).from === null ? 'snapshot' : 'delta';
    const isBoard = this.#channels.get(message.number) === 'board';
    return { kind, marks: isBoard ? this.#marksOf(message.frame, kind) : [] };
  }

  #marksOf(frame: LiveFrame, kind: 'snapshot' | 'delta'): number[] {
    const { from, to } = readHead(frame);
    const isNext = from === null ? to > this.#board.rev : from === this.#board.rev;
    if (!isNext) return [];
    applyFrame(this.#board, frame);
    const marks: number[] = [];
    for (const [id, row] of this.#board.tables.queues?.entries() ?? []) {
      const since = row[SINCE];
      if (!MARK_QUEUE.test(id) || typeof since !== 'number' || this.#shown.get(id) === since) continue;
      this.#shown.set(id, since);
      if (kind === 'delta') marks.push(since);
    }
    return marks;
  }
}
