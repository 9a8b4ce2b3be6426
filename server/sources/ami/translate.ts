/**
 * AMI messages in, domain events out: Asterisk's words end here. Pure: no clock of its own, no I/O; it remembers only what
 * it needs to judge the next message, and a restart of it loses nothing that the core's reconciliation does not mend.
 *
 * Rules (measured on Asterisk 23; translate.test.ts carries their ids):
 * - AMI1 QueueCallerAbandon is an abandon only after a hang-up request of that caller, else the caller lives on.
 * - AMI2 A QueueCallerLeave that neither AgentConnect nor QueueCallerAbandon explains within 250 ms was an exit by key.
 * - AMI3 AgentComplete may lack its channels: it then ends the talk of that queue and interface whose length fits.
 * - AMI4 An offer ends by AgentConnect, AgentRingNoAnswer, or silently with DialEnd or Hangup of its leg.
 * - AMI5 Time is the message's stamp where it has one, else its arrival on the source's clock.
 * - AMI6 A snapshot after a connect waits for the first stamped event, which says what time it is over there.
 * - AMI7 A hang-up that no queue event follows within 3 s ends the talk or the wait, as far as anybody knows.
 */
import type { DomainEvent, SourceLostCause } from '../../../shared/event.ts';
import type { AmiMessage } from './framing.ts';
import { callerOf, idOf, secondsAsMs, stampOf } from './translate-fields.ts';
import { membershipOf, translateSnapshot } from './translate-snapshot.ts';
import { OpenTalks } from './translate-talks.ts';
import { Waits } from './translate-waits.ts';
import type { AmiSnapshot, AmiTranslator } from './translator.ts';

/** How long a fresh snapshot waits for the source's clock before it takes ours. */
const CLOCK_WAIT_MS = 500;
/** A difference that no delay explains: the source's clock was set. */
const CLOCK_SET_MS = 1_000;
/** Remembered hang-up requests; far above what rings and waits at once. */
const MAX_HANGUPS = 20_000;
const SHUTDOWN_WINDOW_MS = 10_000;

type Handler = (translator: Translator, message: AmiMessage, at: number) => DomainEvent[];

const HANDLERS: Readonly<Record<string, Handler>> = {
  QueueCallerJoin: (t, message, at) => t.onJoin(message, at),
  QueueCallerLeave: (t, message, at) => t.onLeave(message, at),
  QueueCallerAbandon: (t, message, at) => t.onAbandon(message, at),
  AgentCalled: (t, message, at) => t.onCalled(message, at),
  AgentConnect: (t, message, at) => t.onConnect(message, at),
  AgentComplete: (t, message, at) => t.onComplete(message, at),
  AgentDump: (t, message, at) => t.onComplete(message, at),
  AgentRingNoAnswer: (t, message, at) => t.onRingNoAnswer(message, at),
  DialEnd: (t, message, at) => t.onLegEnd(message.get('DestUniqueid'), at),
  HangupRequest: (t, message) => t.onHangupRequest(message),
  SoftHangupRequest: (t, message) => t.onHangupRequest(message),
  Hangup: (t, message, at) => t.onHangup(message, at),
  QueueMemberAdded: (t, message, at) => t.onMember(message, at),
  QueueMemberPause: (t, message, at) => t.onMember(message, at),
  QueueMemberStatus: (t, message, at) => t.onMember(message, at),
  QueueMemberPenalty: (t, message, at) => t.onMember(message, at),
  QueueMemberRinginuse: (t, message, at) => t.onMember(message, at),
  QueueMemberRemoved: (t, message, at) => t.onMemberRemoved(message, at),
  Shutdown: (t, _, at) => t.onShutdown(at),
};

const WANTED: ReadonlySet<string> = new Set(Object.keys(HANDLERS));

export function createTranslator(): AmiTranslator {
  return new Translator();
}

class Translator implements AmiTranslator {
  readonly wantedEvents = WANTED;
  /** Source clock minus ours; null until an answer to a Ping or a stamp told. */
  #offsetMs: number | null = null;
  /** Of this connection, until the next one has its picture. */
  #newestStamp = 0;
  #newestPong = 0;
  #isSetBack = false;
  #heldSnapshot: AmiSnapshot | null = null;
  #shutdownAt: number | null = null;
  #boot: { readonly ours: number; readonly theirs: number } | null = null;
  readonly #hangups = new Set<string>();
  readonly #waits = new Waits();
  readonly #talks = new OpenTalks();
  readonly #offers = new Map<string, { readonly call: string; readonly agent: string; readonly queue: string }>();
  /** Stamp of the newest AgentComplete by queue and interface: one without channels has no other identity. */
  readonly #lastComplete = new Map<string, string>();

  get isClockSetBack(): boolean {
    return this.#isSetBack;
  }

  event(message: AmiMessage, receivedAt: number): DomainEvent[] {
    const stamp = stampOf(message);
    if (stamp !== null) {
      this.#offsetMs = stamp - receivedAt;
      this.#isSetBack ||= stamp < this.#newestStamp - CLOCK_SET_MS;
      this.#newestStamp = Math.max(this.#newestStamp, stamp);
    }
    const at = stamp ?? this.#timeAt(receivedAt);
    const before = [...this.#releaseSnapshot(at, receivedAt), ...this.#waits.due(at)];
    const events = HANDLERS[message.name]?.(this, message, at) ?? [];
    return before.length > 0 ? [...before, ...events] : events;
  }

  snapshot(snapshot: AmiSnapshot): DomainEvent[] {
    if (snapshot.reason === 'connect') {
      this.#heldSnapshot = { ...snapshot, isClockSetBack: this.#isSetBack };
      this.#forgetConnection();
      return [];
    }
    return [this.#applySnapshot(snapshot, this.#timeAt(snapshot.receivedAt))];
  }

  idle(now: number): DomainEvent[] {
    const held = this.#heldSnapshot;
    const events = held && now - held.receivedAt >= CLOCK_WAIT_MS ? this.#releaseSnapshot(this.#timeAt(now), now) : [];
    return [...events, ...this.#waits.due(this.#timeAt(now))];
  }

  clock(pong: AmiMessage, now: number): void {
    const stamp = stampOf(pong);
    if (stamp === null) return;
    // An answer overtakes events that are held back, so it is no measure for their stamps; they are one for it.
    this.#isSetBack ||= stamp < Math.max(this.#newestStamp, this.#newestPong) - CLOCK_SET_MS;
    this.#newestPong = stamp;
    const readMs = stamp - now;
    // Without stamps times must not jump by the delay of an answer; with them the events tell better.
    if (this.#offsetMs === null || Math.abs(readMs - this.#offsetMs) > CLOCK_SET_MS) this.#offsetMs = readMs;
  }

  alive(now: number): DomainEvent[] {
    return this.#heldSnapshot ? [] : [{ type: 'source.alive', at: this.#timeAt(now) }];
  }

  disconnected(now: number, cause: SourceLostCause): DomainEvent[] {
    const at = this.#timeAt(now);
    const events = this.#releaseSnapshot(at, now);
    // A bare Leave whose explanation was cut off proves nothing: the next snapshot says what became of the caller.
    this.#waits.dropJudgements();
    const isShutdown = this.#shutdownAt !== null && at - this.#shutdownAt < SHUTDOWN_WINDOW_MS;
    this.#shutdownAt = null;
    return [...events, { type: 'source.lost', at, cause: isShutdown && cause === 'closed' ? 'stopped' : cause }];
  }

  onJoin(message: AmiMessage, at: number): DomainEvent[] {
    const [call, queue] = [idOf(message, 'Uniqueid'), idOf(message, 'Queue')];
    if (!call || !queue) return lacking(message, at);
    const before = this.#waits.comesBack(call, queue, at);
    this.#waits.enter(call, queue);
    // A transfer asks the channel to hang up its old life; that request says nothing about the new wait.
    this.#hangups.delete(call);
    return [...before, { type: 'contact.offered', at, call, queue, caller: callerOf(message) }];
  }

  onLeave(message: AmiMessage, at: number): DomainEvent[] {
    const [call, queue] = [idOf(message, 'Uniqueid'), idOf(message, 'Queue')];
    if (!call || !queue) return lacking(message, at);
    this.#waits.leaveUnexplained(call, queue, at);
    return [];
  }

  onAbandon(message: AmiMessage, at: number): DomainEvent[] {
    const [call, queue] = [idOf(message, 'Uniqueid'), idOf(message, 'Queue')];
    if (!call || !queue) return lacking(message, at);
    this.#waits.explain(call, queue, true);
    const outcome = this.#hangups.has(call) ? 'abandoned' : 'leftOther';
    return [{ type: 'contact.left', at, call, queue, outcome, isInferred: false }];
  }

  onCalled(message: AmiMessage, at: number): DomainEvent[] {
    const [offer, call, queue, agent] = ['DestUniqueid', 'Uniqueid', 'Queue', 'Interface'].map((header) =>
      idOf(message, header),
    );
    if (!offer || !call || !queue || !agent) return lacking(message, at);
    this.#offers.set(offer, { call, agent, queue });
    return [{ type: 'offer.started', at, offer, call, queue, agent }];
  }

  onConnect(message: AmiMessage, at: number): DomainEvent[] {
    const [call, queue, agent] = ['Uniqueid', 'Queue', 'Interface'].map((header) => idOf(message, header));
    if (!call || !queue || !agent) return lacking(message, at);
    this.#waits.explain(call, queue, false);
    this.#talks.open({ call, queue, agent, answeredAt: at });
    const reportedWaitMs = secondsAsMs(message.get('HoldTime'));
    const answered: DomainEvent = { type: 'contact.answered', at, call, queue, agent, reportedWaitMs };
    const offer = idOf(message, 'DestUniqueid');
    if (!offer || !this.#offers.delete(offer)) return [answered];
    return [{ type: 'offer.ended', at, offer, call, queue, agent, outcome: 'answered' }, answered];
  }

  onComplete(message: AmiMessage, at: number): DomainEvent[] {
    const [queue, agent] = [idOf(message, 'Queue'), idOf(message, 'Interface')];
    if (!queue || !agent) return lacking(message, at);
    const stamp = message.get('Timestamp');
    const key = `${queue}\n${agent}`;
    if (stamp !== undefined && this.#lastComplete.get(key) === stamp) return [];
    if (stamp !== undefined) this.#lastComplete.set(key, stamp);
    const reportedTalkMs = secondsAsMs(message.get('TalkTime'));
    const call = idOf(message, 'Uniqueid') ?? this.#talks.nearest(queue, agent, at, reportedTalkMs)?.call ?? null;
    if (call !== null) {
      this.#talks.close(queue, agent, call);
      this.#waits.talkEnded(call);
    }
    const reason = message.get('Reason')?.toLowerCase();
    const endedBy = reason === 'caller' || reason === 'transfer' ? reason : 'agent';
    return [{ type: 'contact.finished', at, call, queue, agent, endedBy, reportedTalkMs }];
  }

  onRingNoAnswer(message: AmiMessage, at: number): DomainEvent[] {
    const [offer, queue, agent] = ['DestUniqueid', 'Queue', 'Interface'].map((header) => idOf(message, header));
    if (!offer || !queue || !agent) return lacking(message, at);
    this.#offers.delete(offer);
    const call = idOf(message, 'Uniqueid') ?? null;
    return [{ type: 'offer.ended', at, offer, call, queue, agent, outcome: 'noAnswer' }];
  }

  onLegEnd(leg: string | undefined, at: number): DomainEvent[] {
    const offer = leg === undefined ? undefined : this.#offers.get(leg);
    if (leg === undefined || !offer) return [];
    this.#offers.delete(leg);
    return [{ type: 'offer.ended', at, offer: leg, ...offer, outcome: 'canceled' }];
  }

  onHangupRequest(message: AmiMessage): DomainEvent[] {
    const call = idOf(message, 'Uniqueid');
    if (!call) return [];
    this.#hangups.add(call);
    const oldest = this.#hangups.values().next().value;
    if (this.#hangups.size > MAX_HANGUPS && oldest !== undefined) this.#hangups.delete(oldest);
    return [];
  }

  /** The end of a channel: of an offer's leg, or of a caller whose talk or wait should have been closed by now. */
  onHangup(message: AmiMessage, at: number): DomainEvent[] {
    const call = idOf(message, 'Uniqueid');
    if (!call) return [];
    this.#hangups.delete(call);
    const talk = this.#talks.ofCall(call);
    if (talk) this.#waits.talkerGone(call, talk.queue, talk.agent, at);
    this.#waits.callerGone(call, at);
    return this.onLegEnd(call, at);
  }

  onMember(message: AmiMessage, at: number): DomainEvent[] {
    const [agent, queue] = [idOf(message, 'Interface'), idOf(message, 'Queue')];
    if (!agent || !queue) return lacking(message, at);
    return [{ type: 'membership.changed', at, ...membershipOf(message, agent, message.get('MemberName'), queue) }];
  }

  onMemberRemoved(message: AmiMessage, at: number): DomainEvent[] {
    const [agent, queue] = [idOf(message, 'Interface'), idOf(message, 'Queue')];
    return agent && queue ? [{ type: 'membership.ended', at, agent, queue }] : lacking(message, at);
  }

  onShutdown(at: number): DomainEvent[] {
    this.#shutdownAt = at;
    return [];
  }

  #timeAt(now: number): number {
    return Math.max(0, Math.round(now + (this.#offsetMs ?? 0)));
  }

  #releaseSnapshot(at: number, receivedAt: number): DomainEvent[] {
    const held = this.#heldSnapshot;
    if (!held) return [];
    this.#heldSnapshot = null;
    return [this.#applySnapshot({ ...held, receivedAt }, at)];
  }

  #applySnapshot(snapshot: AmiSnapshot, at: number): DomainEvent {
    const bootedAt = this.#bootTime(snapshot.bootedAt, at - snapshot.receivedAt);
    const synced = translateSnapshot({ ...snapshot, bootedAt }, at);
    for (const { call, queue } of synced.waiting) this.#waits.enter(call, queue);
    for (const { call, queue, agent } of synced.talking ?? []) {
      if (queue && agent && !this.#talks.ofCall(call)) this.#talks.open({ call, queue, agent, answeredAt: at });
    }
    return synced;
  }

  /** On the source's clock, shifted once: while the difference between the clocks moves, one boot stays one instant. */
  #bootTime(bootedAt: number | null, shiftMs: number): number | null {
    if (bootedAt === null) return null;
    if (this.#boot?.ours !== bootedAt) {
      this.#boot = { ours: bootedAt, theirs: Math.max(0, Math.round(bootedAt + shiftMs)) };
    }
    return this.#boot.theirs;
  }

  /** Calls of an earlier connection are known again from the snapshot, or they have ended. */
  #forgetConnection(): void {
    this.#newestStamp = 0;
    this.#isSetBack = false;
    this.#waits.clear();
    this.#talks.clear();
    this.#offers.clear();
  }
}

/** A message without what says whom it is about. */
function lacking(message: AmiMessage, at: number): DomainEvent[] {
  return [{ type: 'anomaly.seen', at, kind: `ami.${message.name} lacks identity`.slice(0, 256), count: 1 }];
}
