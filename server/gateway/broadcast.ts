/**
 * What screens are sent: greetings, snapshots, commits, tips. What must hold:
 * - a screen gets a channel's snapshot before any delta made after it, because both leave in the order of commits and a
 *   screen joins the channel's audience in the same step in which its snapshot leaves;
 * - what a commit changed is framed once per group of screens, and is one write to each;
 * - sending takes at most half of the time: with thousands of screens what several commits changed travels together, so that
 *   there is time left for those who connect;
 * - a screen that does not keep up is skipped, and gets snapshots when it has drained: memory per screen is bounded.
 */
import type { Socket as TcpConnection } from 'node:net';
import type { Frame } from '../../shared/frame.ts';
import { packMessage } from '../../shared/live-message.ts';
import { MAX_CHANNELS, type Subscribe, TIP_EVERY_MS } from '../../shared/protocol.ts';
import type { Channel } from '../../shared/view.ts';
import type { Logger } from '../log.ts';
import { Audience, type Group, type Screen } from './audience.ts';
import { type Message, messageOf, type Parcel, parcelOf, post, unsentBytes } from './fan-out.ts';
import type { ChannelFrame, Mirror } from './mirror.ts';
import { viewFor } from './named-view.ts';
import { ScopedChannels } from './scoped-channels.ts';
import type { ScopedFrame } from './scoped-site.ts';

/** More than this unsent: the screen is skipped. Drained to a quarter of it: it is served again. */
const LAG_BYTES = 256 * 1024;
const DRAIN_CHECK_MS = 100;
/** How long a tip waits for a commit to travel with: a write of its own costs as much as a frame. */
const TIP_WAITS_MS = 200;

export interface BroadcastOptions {
  readonly mirror: Pick<Mirror, 'snapshot' | 'revs' | 'view'>;
  readonly now: () => number;
  readonly log: Logger;
  readonly onFrame: (channel: Channel, kind: 'delta' | 'snapshot', bytes: number) => void;
  readonly onSkip: () => void;
  /** A commit has left for its screens. */
  readonly onSent: (site: string, frame: ChannelFrame) => void;
  /** Bytes above which a screen is skipped; tests lower it. */
  readonly lagBytes?: number | undefined;
}

/** `committed`: what it tells of, where it is the owner's own frame. */
interface Held extends ScopedFrame {
  readonly committed: { readonly site: string; readonly frame: ChannelFrame } | null;
}

export class Broadcast {
  readonly #options: BroadcastOptions;
  readonly #lagBytes: number;
  readonly #audience = new Audience();
  readonly #scoped: ScopedChannels;
  /** How many screens want what is made for a view. */
  readonly #wanting = new Map<number, number>();
  readonly #skipped = new Set<Screen>();
  /** Screens that wait for snapshots (none: for the greeting alone); those that come in one turn are served together. */
  readonly #waiting = new Map<Screen, Set<number>>();
  /** By the snapshot: a storm of screens costs one encoding. */
  readonly #snapshots = new WeakMap<Frame, readonly Message[]>();
  /** Committed and not sent yet, in order. */
  #held: Held[] = [];
  #sending: NodeJS.Timeout | null = null;
  /** Monotonic; from then on sending has taken no more than half of the time. */
  #sendsFrom = 0;
  #corked: TcpConnection[] = [];
  #turn: NodeJS.Immediate | null = null;
  #lateTips: NodeJS.Timeout | undefined;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: BroadcastOptions) {
    this.#options = options;
    this.#scoped = new ScopedChannels(options.mirror);
    this.#lagBytes = options.lagBytes ?? LAG_BYTES;
    this.#timers = [
      setInterval(() => this.#callTips(), TIP_EVERY_MS),
      setInterval(() => this.#resume(), DRAIN_CHECK_MS),
    ];
  }

  /** What the connection says within this turn of the event loop leaves in one write. */
  gather(connection: TcpConnection): void {
    connection.cork();
    this.#corked.push(connection);
    this.#turn ??= setImmediate(() => this.#endTurn());
  }

  /** The screen gets what its subject sees of the channel. False: it has as many channels as it may have. */
  want(screen: Screen, { site, channel }: Subscribe): boolean {
    const watched = { site, channel, view: viewFor(screen.subject, channel) };
    const known = this.#audience.find(watched);
    if (known === undefined || !screen.wanted.includes(known)) {
      if (screen.wanted.length >= MAX_CHANNELS) return false;
      const number = this.#audience.numberOf(watched);
      screen.wanted = [...screen.wanted, number];
      if (watched.view) {
        const wanting = this.#wanting.get(number) ?? 0;
        if (wanting === 0) this.#scoped.open(number, site, channel, watched.view);
        this.#wanting.set(number, wanting + 1);
      }
    }
    this.serve(screen, [this.#audience.numberOf(watched)]);
    return true;
  }

  part(screen: Screen, { site, channel }: Subscribe): void {
    const number = this.#audience.find({ site, channel, view: viewFor(screen.subject, channel) });
    if (number === undefined || !screen.wanted.includes(number)) return;
    screen.wanted = screen.wanted.filter((one) => one !== number);
    this.#waiting.get(screen)?.delete(number);
    this.#audience.part(screen, number);
    this.#release(number);
  }

  wantedBy(screen: Screen): Subscribe[] {
    return screen.wanted.map((number) => {
      const { site, channel } = this.#audience.watchedAs(number);
      return { site, channel };
    });
  }

  /** Whether somebody sees a part of the site only. */
  isScoped(site: string): boolean {
    return this.#scoped.has(site);
  }

  /** The screen gets the snapshots of these channels and what follows them; none: a tip, if it had nothing yet. */
  serve(screen: Screen, numbers: Iterable<number>): void {
    // It gets all of its channels when it has drained.
    if (screen.isSkipped) return;
    const asked = this.#waiting.get(screen) ?? new Set();
    for (const number of numbers) asked.add(number);
    this.#waiting.set(screen, asked);
    this.#turn ??= setImmediate(() => this.#endTurn());
  }

  /** The screen is gone. */
  forget(screen: Screen): void {
    this.#audience.leave(screen);
    this.#skipped.delete(screen);
    this.#waiting.delete(screen);
    for (const number of screen.wanted) this.#release(number);
    screen.wanted = [];
  }

  commit(site: string, frames: readonly ChannelFrame[]): void {
    for (const frame of frames) {
      const { channel } = frame;
      const number = this.#audience.numberOf({ site, channel, view: null });
      this.#held.push({ number, channel, delta: frame.frame, committed: { site, frame } });
    }
    for (const scoped of this.#scoped.commit(site, frames)) this.#held.push({ ...scoped, committed: null });
    const waitMs = this.#sendsFrom - performance.now();
    if (waitMs <= 0) this.#sendHeld();
    else this.#sending ??= setTimeout(() => this.#sendHeld(), waitMs);
  }

  reset(site: string, channel: Channel): void {
    this.#sendHeld();
    const number = this.#audience.numberOf({ site, channel, view: null });
    const messages = new Map([[number, this.#snapshotOf(number)]]);
    for (const scoped of this.#scoped.reset(site, channel)) messages.set(scoped.number, this.#messagesOf(scoped));
    this.#publish(messages);
  }

  #sendHeld(): void {
    if (this.#sending) clearTimeout(this.#sending);
    this.#sending = null;
    const held = this.#held;
    this.#held = [];
    const messages = new Map<number, readonly Message[]>();
    for (const one of held) {
      // A snapshot stands for all that was changed before it.
      const before = one.delta === null ? [] : (messages.get(one.number) ?? []);
      messages.set(one.number, [...before, ...this.#messagesOf(one)]);
    }
    const beganAt = performance.now();
    this.#publish(messages);
    const endedAt = performance.now();
    this.#sendsFrom = endedAt + (endedAt - beganAt);
    for (const { committed } of held) if (committed) this.#options.onSent(committed.site, committed.frame);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#lateTips);
    if (this.#sending) clearTimeout(this.#sending);
    if (this.#turn) clearImmediate(this.#turn);
  }

  #endTurn(): void {
    this.#turn = null;
    const parcels = new Map<string, { parcel: Parcel; numbers: readonly number[] }>();
    for (const [screen, asked] of this.#waiting) {
      if (screen.isSkipped) continue;
      const isNew = screen.group === null;
      const key = `${isNew}|${[...asked].join()}`;
      const known = parcels.get(key) ?? this.#prepare([...asked], isNew);
      parcels.set(key, known);
      this.#audience.join(screen, known.numbers);
      if (known.parcel.messages.length > 0) this.#deliver(screen, known.parcel);
    }
    this.#waiting.clear();
    const corked = this.#corked;
    this.#corked = [];
    for (const connection of corked) connection.uncork();
  }

  #prepare(numbers: readonly number[], isNew: boolean): { parcel: Parcel; numbers: readonly number[] } {
    const snapshots = numbers.flatMap((number) => this.#snapshotOf(number));
    // A screen knows the server's clock from its first moment on.
    return { parcel: parcelOf(isNew ? [this.#tip([]), ...snapshots] : snapshots), numbers };
  }

  /** Nothing before the site's first commit: the reset that follows it brings the snapshot. */
  #snapshotOf(number: number): readonly Message[] {
    const { site, channel, view } = this.#audience.watchedAs(number);
    const frame = view ? this.#scoped.snapshot(number) : this.#options.mirror.snapshot(site, channel);
    if (frame === null) return [];
    const known = this.#snapshots.get(frame);
    if (known) return known;
    this.#options.onFrame(channel, 'snapshot', frame.length);
    const messages = [
      messageOf(packMessage({ is: 'name', number, site, channel })),
      messageOf(packMessage({ is: 'frame', number, frame })),
    ];
    this.#snapshots.set(frame, messages);
    return messages;
  }

  #messagesOf({ number, channel, delta }: ScopedFrame): readonly Message[] {
    if (!delta) return this.#snapshotOf(number);
    this.#options.onFrame(channel, 'delta', delta.length);
    return [messageOf(packMessage({ is: 'frame', number, frame: delta }))];
  }

  #publish(messages: ReadonlyMap<number, readonly Message[]>): void {
    for (const group of [...this.#audience.groups()]) {
      const mine = group.numbers.flatMap((number) => messages.get(number) ?? []);
      if (mine.length > 0) this.#send(group, mine);
    }
  }

  #send(group: Group, messages: readonly Message[]): void {
    const parcel = parcelOf(group.isTipDue ? [...messages, this.#tip(group.numbers)] : messages);
    group.isTipDue = false;
    for (const screen of group.screens) this.#deliver(screen, parcel);
  }

  #deliver(screen: Screen, parcel: Parcel): void {
    if (post(screen.connection, parcel, this.#lagBytes)) return;
    this.#audience.leave(screen);
    screen.isSkipped = true;
    this.#skipped.add(screen);
    this.#options.onSkip();
    this.#options.log.debug({ unsent: unsentBytes(screen.connection) }, 'socket.skipped');
  }

  #resume(): void {
    for (const screen of this.#skipped) {
      if (unsentBytes(screen.connection) > this.#lagBytes / 4) continue;
      this.#skipped.delete(screen);
      screen.isSkipped = false;
      this.serve(screen, screen.wanted);
    }
  }

  #callTips(): void {
    for (const group of this.#audience.groups()) group.isTipDue = true;
    this.#lateTips = setTimeout(() => {
      for (const group of [...this.#audience.groups()]) if (group.isTipDue) this.#send(group, []);
    }, TIP_WAITS_MS);
  }

  /** What is made for a view ends with the last screen that wants it. */
  #release(number: number): void {
    const wanting = this.#wanting.get(number);
    if (wanting === undefined) return;
    if (wanting > 1) {
      this.#wanting.set(number, wanting - 1);
      return;
    }
    this.#wanting.delete(number);
    this.#scoped.close(number);
    this.#audience.retire(number);
  }

  #tip(numbers: readonly number[]): Message {
    const { mirror, now } = this.#options;
    const whole = new Map(
      mirror.revs().map(({ site, channel, rev }) => [this.#audience.numberOf({ site, channel, view: null }), rev]),
    );
    const revs = numbers.map((number) => [number, whole.get(number) ?? this.#scoped.rev(number)] as const);
    return messageOf(packMessage({ is: 'tip', serverAt: now(), revs }));
  }
}
