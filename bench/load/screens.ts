/**
 * The live protocol as a screen speaks it, for screens that are counted by the thousand: what is said, what a screen asks
 * for, and what a frame holds. The only part of the benchmarks that knows the wire.
 */
import type { ChannelDelta, ChannelSnapshot } from '../../shared/delta.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { type Channel, column } from '../../shared/view.ts';

/** What the wall and the supervisor's floor subscribe to. */
export const CHANNELS_OF = {
  wall: ['board'],
  floor: ['board', 'agents'],
} as const satisfies Record<string, readonly Channel[]>;
export type ScreenKind = keyof typeof CHANNELS_OF;

export const ENGINE_PATH = `${SOCKET_PATH}/?EIO=4&transport=websocket`;
export const PONG = '3';
export const helloText = (): string => `40${JSON.stringify({ version: PROTOCOL_VERSION })}`;
export const subscribeText = (site: string, channel: string): string =>
  `42${JSON.stringify(['subscribe', { site, channel }])}`;

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
  #queueIds: (string | null)[] = [];

  read(payload: Buffer): Frame {
    if (payload[0] === 0x30) return OPENED;
    if (payload[0] === 0x32 && payload.length === 1) return PING;
    if (payload[0] === 0x34 && payload[1] === 0x30) return CONNECTED;
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
    const text = payload.toString('utf8');
    if (!text.startsWith('42')) return OTHER;
    const [event, , , body] = JSON.parse(text.slice(2)) as [string, string, Channel, unknown];
    if (event === 'snapshot') {
      const { queues } = (body as ChannelSnapshot).tables;
      if (queues) this.#queueIds = [...queues.ids];
      return { kind: 'snapshot', marks: [] };
    }
    if (event !== 'delta') return OTHER;
    return { kind: 'delta', marks: this.#marksOf((body as ChannelDelta).tables.queues) };
  }

  #marksOf(change: ChannelDelta['tables']['queues']): number[] {
    const marks: number[] = [];
    for (const [index, id, ...cells] of change?.add ?? []) {
      this.#queueIds[index] = id;
      const since = cells[SINCE];
      if (MARK_QUEUE.test(id) && typeof since === 'number') marks.push(since);
    }
    for (const row of change?.set ?? []) {
      if (!MARK_QUEUE.test(this.#queueIds[row[0] as number] ?? '')) continue;
      for (let i = 1; i < row.length; i += 2) {
        const since = row[i + 1];
        if (row[i] === SINCE && typeof since === 'number') marks.push(since);
      }
    }
    return marks;
  }
}
