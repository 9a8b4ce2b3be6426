/**
 * The live protocol over Socket.IO. Sockets may lose anything; revisions make it right (D4):
 * a client that sees `delta.from` differ from its revision, or a tip ahead of it, asks for a snapshot again.
 */
import { z } from 'zod';
import type { ChannelDelta, ChannelSnapshot } from './delta.ts';
import { type Channel, channelNames } from './view.ts';

/** Bump on any change of a message, a table's columns or their meaning. A client of another version reloads itself. */
export const PROTOCOL_VERSION = 2;

export const SOCKET_PATH = '/live';

/** How often the server says where every channel stands, also when nothing happens. */
export const TIP_EVERY_MS = 2_000;
/** A source is stale when its newest proof of life is older than this; so is a screen without a tip. */
export const STALE_AFTER_MS = 10_000;

export const handshakeSchema = z.object({ version: z.int() });

export const subscribeSchema = z.object({
  site: z.string().min(1).max(64),
  channel: z.enum(channelNames as [Channel, ...Channel[]]),
});
export type Subscribe = z.infer<typeof subscribeSchema>;

/** Where the server stands. `serverAt` is its wall clock when sent; clients keep an offset from it. */
export interface Tip {
  readonly serverAt: number;
  readonly revs: readonly { readonly site: string; readonly channel: Channel; readonly rev: number }[];
}

export interface ServerToClient {
  delta: (site: string, channel: Channel, delta: ChannelDelta) => void;
  /** Sent in answer to `subscribe`, and unasked when the server had to skip or reset this client. */
  snapshot: (site: string, channel: Channel, snapshot: ChannelSnapshot) => void;
  tip: (tip: Tip) => void;
  /** The client is of another PROTOCOL_VERSION and must load the page anew. */
  reload: (serverVersion: number) => void;
}

export type SubscribeAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface ClientToServer {
  /** Joins the channel and asks for its snapshot; asking again is how a client resyncs. */
  subscribe: (request: Subscribe, answer: (answer: SubscribeAnswer) => void) => void;
  unsubscribe: (request: Subscribe) => void;
}
