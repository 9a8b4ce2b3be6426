/**
 * Socket.IO's own packets, and beside them bytes that are a message each (shared/live-message.ts). Socket.IO would announce
 * every piece of bytes by a text packet of its own: two messages where one of forty bytes will do.
 */
import { Encoder, Decoder as PacketDecoder, PacketType } from 'socket.io-parser';

class Decoder extends PacketDecoder {
  override add(data: unknown): void {
    if (typeof data === 'string') super.add(data);
    else this.emitReserved('decoded', { type: PacketType.EVENT, nsp: '/', data: ['bytes', data] });
  }
}

/** For the option `parser` of a client. Servers write bytes past their encoder. */
export const liveParser = { Encoder, Decoder };
