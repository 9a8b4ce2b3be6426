/**
 * One socket, the channels it feeds, and what it tells about time and trust. Sockets may lose anything at any moment:
 * whatever happens here ends in asking for snapshots again.
 */
import type { Frame } from '../../../shared/frame.ts';
import { readMessage } from '../../../shared/live-message.ts';
import { PROTOCOL_VERSION, refusalSchema, type Subscribe, TIP_EVERY_MS } from '../../../shared/protocol.ts';
import { type Channel, channelNames } from '../../../shared/view.ts';
import { ChannelStore } from './channel-store.ts';
import { ServerClock, SiteClock } from './clock.ts';
import type { SocketState } from './freshness.ts';
import type { LiveSocket } from './live-socket.ts';
import { siteOf } from './rows.ts';

/** A tab that slept longer than this asks for everything again instead of trusting what it kept. */
const RESYNC_AFTER_HIDDEN_MS = 10_000;

export interface LiveConnectionOptions {
  readonly socket: LiveSocket;
  /** Local monotonic clock, milliseconds. */
  readonly now?: () => number;
  /** Local wall clock, used until the server says the time. */
  readonly wallNow?: () => number;
  readonly nextFrame?: (run: () => void) => void;
  readonly reload?: (serverVersion: number) => void;
}

export class LiveConnection {
  readonly serverClock: ServerClock;
  readonly #socket: LiveSocket;
  readonly #now: () => number;
  readonly #nextFrame: ((run: () => void) => void) | undefined;
  readonly #stores = new Map<string, ChannelStore>();
  /** What the numbers in messages stand for on this connection. */
  readonly #named = new Map<number, string>();
  /** Sites of which the server has told something on this connection: it knows them, and lets this screen see them. */
  readonly #served = new Set<string>();
  /** Channels that the handshake of this connection asked for. */
  #askedAtOnce: readonly string[] = [];
  readonly #siteClocks = new Map<string, SiteClock>();
  readonly #listeners = new Set<() => void>();
  readonly #wishes = new Set<() => void>();
  readonly #noticed = new Set<(site: string) => void>();
  readonly #servedTo = new Set<(site: string) => void>();
  #state: Exclude<SocketState, 'refused'> = 'connecting';
  #lastTipAt: number | null = null;
  #hiddenSince: number | null = null;
  /** What the server said to channels that it refused, until it grants them or the connection is another one. */
  readonly #refusals = new Map<string, string>();
  /** Why the server let nobody in at the newest attempt. */
  #denial: string | null = null;

  constructor(options: LiveConnectionOptions) {
    this.#socket = options.socket;
    this.#now = options.now ?? (() => performance.now());
    this.#nextFrame = options.nextFrame;
    this.serverClock = new ServerClock(this.#now, (options.wallNow ?? Date.now)());
    const reload = options.reload ?? (() => {});

    this.#socket.auth = (tell) => {
      // A screen that does not know its site yet has nothing to ask for.
      const open = [...this.#stores.values()].filter(({ site }) => site !== '');
      this.#askedAtOnce = open.map(({ site, channel }) => key(site, channel));
      tell({ version: PROTOCOL_VERSION, subscribe: open.map(({ site, channel }) => ({ site, channel })) });
    };
    this.#socket.on('connect', () => this.#onConnect());
    this.#socket.on('disconnect', () => this.#onDisconnect());
    this.#socket.on('connect_error', ({ data }) => this.#onDisconnect(refusalSchema.safeParse(data).data?.code));
    this.#socket.on('bytes', (bytes) => this.#receive(new Uint8Array(bytes)));
    this.#socket.on('refused', (request, { code }) => {
      const { site, channel } = request as Subscribe;
      this.#refuse(key(site, channel), code);
    });
    this.#socket.on('reload', reload);
    this.#socket.on('notices', (site) => {
      for (const listener of [...this.#noticed]) listener(site);
    });
    this.#socket.on('wish', () => {
      for (const listener of [...this.#wishes]) listener();
    });
  }

  stateOf(site: string): SocketState {
    return this.refusal(site) === null ? this.#state : 'refused';
  }

  isServed(site: string): boolean {
    return this.#served.has(site);
  }

  /** What the server said when it refused a channel of the site, or the whole connection; null when it did not. */
  refusal(site: string): string | null {
    if (this.#denial !== null) return this.#denial;
    for (const channel of channelNames) {
      const code = this.#refusals.get(key(site, channel));
      if (code !== undefined) return code;
    }
    return null;
  }

  /** Server wall clock of the last tip; null before the first. */
  get lastTipAt(): number | null {
    return this.#lastTipAt === null ? null : this.#lastTipAt + (this.serverClock.now() - this.#now());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** To a TV: something else is wanted of it. Returns how to stop. */
  readonly onWish = (listener: () => void): (() => void) => {
    this.#wishes.add(listener);
    return () => void this.#wishes.delete(listener);
  };

  /** The server tells the first of a site on this connection. Returns how to stop. */
  readonly onServed = (listener: (site: string) => void): (() => void) => {
    this.#servedTo.add(listener);
    return () => void this.#servedTo.delete(listener);
  };

  /** Other notices hold for a site than before. Returns how to stop. */
  readonly onNotices = (listener: (site: string) => void): (() => void) => {
    this.#noticed.add(listener);
    return () => void this.#noticed.delete(listener);
  };

  siteClock(site: string): SiteClock {
    let clock = this.#siteClocks.get(site);
    if (!clock) {
      clock = new SiteClock(this.serverClock);
      this.#siteClocks.set(site, clock);
    }
    return clock;
  }

  /** The channel's store; the first call joins the channel. */
  open(site: string, channel: Channel): ChannelStore {
    const id = key(site, channel);
    const known = this.#stores.get(id);
    if (known) return known;
    const store = new ChannelStore({
      site,
      channel,
      askSnapshot: () => this.#ask(site, channel),
      now: this.#now,
      ...(this.#nextFrame && { nextFrame: this.#nextFrame }),
    });
    this.#stores.set(id, store);
    if (this.#socket.connected) store.resync();
    return store;
  }

  start(): void {
    this.#socket.connect();
  }

  /** Somebody who was not let in may be so now: does not wait for the next attempt. */
  reconnect(): void {
    if (!this.#socket.connected) this.#socket.connect();
  }

  stop(): void {
    this.#socket.disconnect();
  }

  /** Tell it when the page is hidden and shown: browsers throttle and cut hidden tabs. */
  setVisible(isVisible: boolean): void {
    if (!isVisible) {
      this.#hiddenSince ??= this.#now();
      return;
    }
    const hiddenMs = this.#hiddenSince === null ? 0 : this.#now() - this.#hiddenSince;
    this.#hiddenSince = null;
    if (!this.#socket.connected) {
      this.#socket.connect();
      return;
    }
    const hasMissedTips = this.#lastTipAt !== null && this.#now() - this.#lastTipAt > 2 * TIP_EVERY_MS;
    if (hiddenMs > RESYNC_AFTER_HIDDEN_MS || hasMissedTips) for (const store of this.#stores.values()) store.resync();
  }

  #receive(bytes: Uint8Array<ArrayBuffer>): void {
    const message = readMessage(bytes);
    switch (message.is) {
      case 'name':
        this.#named.set(message.number, key(message.site, message.channel));
        if (!this.#served.has(message.site)) {
          this.#served.add(message.site);
          for (const listener of [...this.#servedTo]) listener(message.site);
        }
        break;
      case 'frame':
        this.#receiveFrame(this.#named.get(message.number) ?? '', message.frame);
        break;
      case 'tip':
        this.serverClock.sample(message.serverAt);
        this.#lastTipAt = this.#now();
        for (const [number, rev] of message.revs) this.#stores.get(this.#named.get(number) ?? '')?.receiveTip(rev);
        // A server that has just started may not know its sites yet; nobody stands at a TV to ask it again.
        for (const id of [...this.#refusals.keys()]) this.#stores.get(id)?.resync();
        break;
    }
  }

  #receiveFrame(id: string, frame: Frame): void {
    const store = this.#stores.get(id);
    if (!store) return;
    store.receive(frame);
    if (this.#refusals.delete(id)) this.#tell();
    if (store.channel === 'board') this.#setSiteClock(store.site);
  }

  #setSiteClock(site: string): void {
    const view = siteOf(this.#stores.get(key(site, 'board'))?.tables);
    if (view) this.siteClock(site).offsetMs = view.clockOffsetMs;
  }

  #onConnect(): void {
    this.#refusals.clear();
    this.#denial = null;
    this.#named.clear();
    this.#served.clear();
    this.#state = 'connected';
    this.#tell();
    for (const [id, store] of this.#stores) {
      if (this.#askedAtOnce.includes(id)) store.expect();
      else store.resync();
    }
  }

  #onDisconnect(denial?: string): void {
    this.#refusals.clear();
    this.#denial = denial ?? null;
    this.#served.clear();
    this.#state = 'disconnected';
    this.#tell();
  }

  #ask(site: string, channel: Channel): void {
    if (!this.#socket.connected || site === '') return;
    this.#socket.emit('subscribe', { site, channel }, (answer) => {
      if (!answer.ok) this.#refuse(key(site, channel), answer.code);
      else if (this.#refusals.delete(key(site, channel))) this.#tell();
    });
  }

  #refuse(id: string, code: string): void {
    this.#refusals.set(id, code);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const key = (site: string, channel: Channel): string => `${channelNames.indexOf(channel)}|${site}`;
