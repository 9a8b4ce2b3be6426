/**
 * What a server sends to screens as bytes: frames under a short number of their channel, what the numbers mean, and tips.
 * Any number of them may leave in one write; each is a message of its own. Everything else on the socket is JSON.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Frame } from './frame.ts';
import { type Channel, channelNames } from './view.ts';

/**
 * - `name`: from here on this connection, `number` stands for the channel. Comes before each snapshot.
 * - `frame`: a snapshot or a delta of the channel.
 * - `tip`: where the server stands with the channels this screen has, and its wall clock when it said so.
 */
export type LiveMessage =
  | { readonly is: 'name'; readonly number: number; readonly site: string; readonly channel: Channel }
  | { readonly is: 'frame'; readonly number: number; readonly frame: Frame }
  | {
      readonly is: 'tip';
      readonly serverAt: number;
      readonly revs: readonly (readonly [number: number, rev: number])[];
    };

const NOT_A_CHANNEL = 0;
const TIP = 0;
const NAME = 1;

const out = new ByteWriter();

export function packMessage(message: LiveMessage): Frame {
  switch (message.is) {
    case 'frame':
      out.varint(message.number);
      out.bytes(message.frame);
      break;
    case 'name':
      out.varint(NOT_A_CHANNEL);
      out.varint(NAME);
      out.varint(message.number);
      out.varint(channelNames.indexOf(message.channel));
      out.units(message.site);
      break;
    case 'tip':
      out.varint(NOT_A_CHANNEL);
      out.varint(TIP);
      out.varint(message.serverAt);
      for (const [number, rev] of message.revs) {
        out.varint(number);
        out.varint(rev);
      }
      break;
  }
  return out.take();
}

/** Throws a RangeError for bytes that are no message. */
export function readMessage(bytes: Uint8Array): LiveMessage {
  const reader = new ByteReader(bytes);
  const number = reader.varint();
  if (number !== NOT_A_CHANNEL) return { is: 'frame', number, frame: reader.rest() };
  switch (reader.varint()) {
    case NAME: {
      const number = reader.varint();
      const channel = channelNames[reader.varint()];
      if (channel === undefined) throw new RangeError('a channel of no known name');
      let site = '';
      while (!reader.isAtEnd) site += reader.units(1);
      return { is: 'name', number, site, channel };
    }
    case TIP: {
      const serverAt = reader.varint();
      const revs: [number, number][] = [];
      while (!reader.isAtEnd) revs.push([reader.varint(), reader.varint()]);
      return { is: 'tip', serverAt, revs };
    }
    default:
      throw new RangeError('a message of no known kind');
  }
}
