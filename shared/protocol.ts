/**
 * The live protocol over Socket.IO. Sockets may lose anything; revisions make it right (D4): a client whose copy is not at
 * the revision a frame begins at, or that sees a tip stay ahead of it, asks for a snapshot again.
 */
import { z } from 'zod';
import { type Channel, channelNames } from './view.ts';

/** Bump on any change of a message, a table's columns or their meaning. A client of another version reloads itself. */
export const PROTOCOL_VERSION = 2;

export const SOCKET_PATH = '/live';

/** How often the server says where every channel stands, also when nothing happens. */
export const TIP_EVERY_MS = 2_000;
/** A source is stale when its newest proof of life is older than this; so is a screen without a tip. */
export const STALE_AFTER_MS = 10_000;

/**
 * How long changes of a channel may wait for others to travel with; 0: none longer than the commit. The first change
 * after as long a pause does not wait.
 */
export const CHANNEL_TICK_MS: Readonly<Record<Channel, number>> = {
  board: 0,
  agents: 0,
  counts: 1_000,
  integrity: 1_000,
};

/** Channels a screen may have; the server refuses more. */
export const MAX_CHANNELS = 32;

export const subscribeSchema = z.object({
  site: z.string().min(1).max(64),
  channel: z.enum(channelNames as [Channel, ...Channel[]]),
});
export type Subscribe = z.infer<typeof subscribeSchema>;

/** Socket.IO's `auth`. `subscribe` saves a screen that knows what it wants the way there and back. */
export const handshakeSchema = z.object({
  version: z.int(),
  subscribe: z.array(z.unknown()).max(MAX_CHANNELS).optional(),
});
export type Handshake = { readonly version: number; readonly subscribe: readonly Subscribe[] };

/** Also the `data` of the `connect_error` of a connection that is not let in. */
export const refusalSchema = z.object({ ok: z.literal(false), code: z.string(), message: z.string() });
export type Refusal = Readonly<z.infer<typeof refusalSchema>>;
export type SubscribeAnswer = { readonly ok: true } | Refusal;

export interface ServerToClient {
  /** One message of shared/live-message.ts. Snapshots come in answer to a subscription, and unasked after a skip or reset. */
  bytes: (message: ArrayBuffer | Uint8Array<ArrayBuffer>) => void;
  /** In answer to a channel of the handshake, and for each channel when the right to it has ended. */
  refused: (request: unknown, refusal: Refusal) => void;
  /** To a TV: something else is wanted of it, so it reports and is told. */
  wish: () => void;
  /** Other notices hold for the site than before: whoever shows them asks again. */
  notices: (site: string) => void;
  /** The client is of another PROTOCOL_VERSION and must load the page anew. */
  reload: (serverVersion: number) => void;
}

export interface ClientToServer {
  /** Joins the channel and asks for its snapshot; asking again is how a client resyncs. */
  subscribe: (request: Subscribe, answer: (answer: SubscribeAnswer) => void) => void;
  unsubscribe: (request: Subscribe) => void;
}
