/**
 * Both ends of a live socket in memory. Nothing arrives before `flush()`, so a test decides what is lost, doubled or
 * reordered on the way; connecting and dropping happen when the test says so.
 */
import type { Frame } from '../../../shared/frame.ts';
import { type LiveMessage, packMessage } from '../../../shared/live-message.ts';
import type { Handshake, Subscribe, SubscribeAnswer } from '../../../shared/protocol.ts';
import type { Channel } from '../../../shared/view.ts';
import type { LiveSocket } from '../live/live-socket.ts';

type Handler = (...args: never[]) => void;
type Message = readonly [event: string, ...args: unknown[]];

export interface Tip {
  readonly serverAt: number;
  readonly revs: readonly { readonly site: string; readonly channel: Channel; readonly rev: number }[];
}

export class LiveSocketPair implements LiveSocket {
  connected = false;
  auth: LiveSocket['auth'] = {};
  /** What the client asked for, oldest first. */
  readonly asked: Subscribe[] = [];
  /** On their way to the client. */
  queue: Message[] = [];
  answer: SubscribeAnswer = { ok: true };
  readonly #handlers = new Map<string, Handler[]>();
  readonly #numbers = new Map<string, number>();

  on(event: string, handler: Handler): void {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
  }

  emit(event: string, ...args: unknown[]): void {
    if (event !== 'subscribe') return;
    this.asked.push(args[0] as Subscribe);
    (args[1] as (answer: SubscribeAnswer) => void)(this.answer);
  }

  connect(): void {
    if (this.connected) return;
    this.connected = true;
    let wanted: readonly Subscribe[] = [];
    if (typeof this.auth === 'function') this.auth((handshake: Handshake) => (wanted = handshake.subscribe));
    this.asked.push(...wanted);
    this.#deliver(['connect']);
    if (!this.answer.ok) for (const request of wanted) this.#deliver(['refused', request, this.answer]);
  }

  disconnect(): void {
    this.drop();
  }

  /** The server lets nobody in. */
  deny(code: string): void {
    this.drop();
    this.#deliver(['connect_error', { data: { ok: false, code, message: '' } }]);
  }

  /** The connection breaks; what was on its way is lost. */
  drop(): void {
    this.connected = false;
    this.queue = [];
    this.#deliver(['disconnect']);
  }

  sendSnapshot(site: string, channel: Channel, frame: Frame): void {
    this.#send({ is: 'name', number: this.#numberOf(site, channel), site, channel });
    this.sendDelta(site, channel, frame);
  }

  sendDelta(site: string, channel: Channel, frame: Frame): void {
    this.#send({ is: 'frame', number: this.#numberOf(site, channel), frame });
  }

  sendTip({ serverAt, revs }: Tip): void {
    this.#send({
      is: 'tip',
      serverAt,
      revs: revs.map(({ site, channel, rev }) => [this.#numberOf(site, channel), rev]),
    });
  }

  #numberOf(site: string, channel: Channel): number {
    const key = `${channel}|${site}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  #send(message: LiveMessage): void {
    this.queue.push(['bytes', packMessage(message)]);
  }

  sendNotices(site: string): void {
    this.queue.push(['notices', site]);
  }

  sendReload(version: number): void {
    this.queue.push(['reload', version]);
  }

  flush(): void {
    const messages = this.queue;
    this.queue = [];
    for (const message of messages) this.#deliver(message);
  }

  #deliver([event, ...args]: Message): void {
    for (const handler of this.#handlers.get(event) ?? []) (handler as (...args: unknown[]) => void)(...args);
  }
}
