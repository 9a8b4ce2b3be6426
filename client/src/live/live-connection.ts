/**
 * One socket, the channels it feeds, and what it tells about time and trust. Sockets may lose anything at any moment:
 * whatever happens here ends in asking for snapshots again.
 */
import { TIP_EVERY_MS } from '../../../shared/protocol.ts';
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
  readonly #siteClocks = new Map<string, SiteClock>();
  readonly #listeners = new Set<() => void>();
  #state: Exclude<SocketState, 'refused'> = 'connecting';
  #lastTipAt: number | null = null;
  #hiddenSince: number | null = null;
  /** What the server said to channels that it refused, until it grants them or the connection is another one. */
  readonly #refusals = new Map<string, string>();

  constructor(options: LiveConnectionOptions) {
    this.#socket = options.socket;
    this.#now = options.now ?? (() => performance.now());
    this.#nextFrame = options.nextFrame;
    this.serverClock = new ServerClock(this.#now, (options.wallNow ?? Date.now)());
    const reload = options.reload ?? (() => {});

    this.#socket.on('connect', () => this.#onConnect());
    this.#socket.on('disconnect', () => this.#onDisconnect());
    this.#socket.on('connect_error', () => this.#onDisconnect());
    this.#socket.on('snapshot', (site, channel, snapshot) => {
      this.#stores.get(key(site, channel))?.receiveSnapshot(snapshot);
      if (this.#refusals.delete(key(site, channel))) this.#tell();
      if (channel === 'board') this.#setSiteClock(site);
    });
    this.#socket.on('delta', (site, channel, delta) => {
      this.#stores.get(key(site, channel))?.receiveDelta(delta);
      if (channel === 'board') this.#setSiteClock(site);
    });
    this.#socket.on('tip', (tip) => {
      this.serverClock.sample(tip.serverAt);
      this.#lastTipAt = this.#now();
      for (const { site, channel, rev } of tip.revs) this.#stores.get(key(site, channel))?.receiveTip(rev);
    });
    this.#socket.on('reload', reload);
  }

  stateOf(site: string): SocketState {
    return this.refusal(site) === null ? this.#state : 'refused';
  }

  /** What the server said when it refused a channel of the site; null when it did not. */
  refusal(site: string): string | null {
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

  #setSiteClock(site: string): void {
    const view = siteOf(this.#stores.get(key(site, 'board'))?.tables);
    if (view) this.siteClock(site).offsetMs = view.clockOffsetMs;
  }

  #onConnect(): void {
    this.#refusals.clear();
    this.#state = 'connected';
    this.#tell();
    for (const store of this.#stores.values()) store.resync();
  }

  #onDisconnect(): void {
    this.#refusals.clear();
    this.#state = 'disconnected';
    this.#tell();
  }

  #ask(site: string, channel: Channel): void {
    // A screen that does not know its site yet has nothing to ask for.
    if (!this.#socket.connected || site === '') return;
    this.#socket.emit('subscribe', { site, channel }, (answer) => {
      if (answer.ok) return;
      this.#refusals.set(key(site, channel), answer.code);
      this.#tell();
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const key = (site: string, channel: Channel): string => `${channelNames.indexOf(channel)}|${site}`;
