/**
 * Both ends of a live socket in memory. Nothing arrives before `flush()`, so a test decides what is lost, doubled or
 * reordered on the way; connecting and dropping happen when the test says so.
 */
import type { ChannelDelta, ChannelSnapshot } from '../../../shared/delta.ts';
import type { Subscribe, SubscribeAnswer, Tip } from '../../../shared/protocol.ts';
import type { Channel } from '../../../shared/view.ts';
import type { LiveSocket } from '../live/live-socket.ts';

type Handler = (...args: never[]) => void;
type Message = readonly [event: string, ...args: unknown[]];

export class LiveSocketPair implements LiveSocket {
  connected = false;
  /** What the client asked for, oldest first. */
  readonly asked: Subscribe[] = [];
  /** On their way to the client. */
  queue: Message[] = [];
  answer: SubscribeAnswer = { ok: true };
  readonly #handlers = new Map<string, Handler[]>();

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
    this.#deliver(['connect']);
  }

  disconnect(): void {
    this.drop();
  }

  /** The connection breaks; what was on its way is lost. */
  drop(): void {
    this.connected = false;
    this.queue = [];
    this.#deliver(['disconnect']);
  }

  sendSnapshot(site: string, channel: Channel, snapshot: ChannelSnapshot): void {
    this.queue.push(['snapshot', site, channel, structuredClone(snapshot)]);
  }

  sendDelta(site: string, channel: Channel, delta: ChannelDelta): void {
    this.queue.push(['delta', site, channel, structuredClone(delta)]);
  }

  sendTip(tip: Tip): void {
    this.queue.push(['tip', tip]);
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
