/**
 * When a full picture is asked for, how its rows are collected, and which live events wait for it.
 *
 * States: *waiting* (nothing asked; the next attempt has its time) and *asked* (QueueStatus and CoreShowChannels are on
 * their way). From the start of a connection, events are held until the first picture is applied, then handed on in
 * order. Later pictures hold them only while a list is being sent: whatever came before its first line is in it.
 * What must hold: no event is lost or overtakes another; without any answer the events still flow, unsynced, after
 * `answerMs`; held events and rows are bounded.
 *
 * No timers and no clock of its own: `tick` is called often, with monotonic time.
 */
import type { AmiMessage } from './message.ts';
import type { AmiLimits, AmiTimings } from './timings.ts';
import type { AmiSnapshot } from './translator.ts';

export interface SnapshotPort {
  /** Sends an action and returns its ActionID. */
  ask(action: 'QueueStatus' | 'CoreShowChannels'): string;
  /** The ActionID is one of this connection's. */
  isOwn(actionId: string): boolean;
  /** Epoch milliseconds. */
  now(): number;
  event(message: AmiMessage, receivedAt: number): void;
  snapshot(snapshot: Omit<AmiSnapshot, 'bootedAt'>): void;
  anomaly(kind: string): void;
  /** The user may not list channels, or the PBX cannot. */
  channelsDenied(reason: string): void;
}

/** Sent to the one who asked and to nobody else; never live events. */
export const LIST_EVENTS: ReadonlySet<string> = new Set([
  'QueueParams',
  'QueueMember',
  'QueueEntry',
  'QueueStatusComplete',
  'CoreShowChannel',
  'CoreShowChannelsComplete',
]);

/** A list that says a wrong number of rows each time is taken as it is: never synced would be worse. */
const MAX_MISMATCHES = 3;

interface List {
  readonly actionId: string;
  readonly complete: string;
  readonly rows: AmiMessage[];
  isDone: boolean;
  isMismatched: boolean;
}

interface Attempt {
  readonly requestedAt: number;
  readonly queues: List;
  channels: List | null;
  deadline: number;
}

export class Snapshots {
  readonly #port: SnapshotPort;
  readonly #timings: AmiTimings;
  readonly #maxHeld: number;
  #attempt: Attempt | null = null;
  #nextAt = Number.POSITIVE_INFINITY;
  #retryMs: number;
  #mismatches = 0;
  #mayListChannels = true;
  #hasSynced = false;
  #isHolding = true;
  #isLive = false;
  #held: { readonly message: AmiMessage; readonly receivedAt: number }[] = [];

  constructor(port: SnapshotPort, timings: AmiTimings, limits: AmiLimits) {
    this.#port = port;
    this.#timings = timings;
    this.#maxHeld = limits.maxHeld;
    this.#retryMs = timings.retryMinMs;
  }

  /** Events have begun to flow: after the first picture, or without it when it did not come. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Events are being kept back: silence now proves nothing. */
  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** Asks for a picture at `at`, or earlier if one is due earlier. */
  requestAt(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at);
  }

  tick(now: number): void {
    if (this.#attempt !== null && now >= this.#attempt.deadline) this.#timeOut(this.#attempt, now);
    if (this.#attempt === null && now >= this.#nextAt) this.#ask(now);
  }

  /** The reader itself had stopped: the time until `now` is not the PBX's. */
  excuse(now: number): void {
    if (this.#attempt !== null) this.#attempt.deadline = now + this.#timings.answerMs;
  }

  /** A response; those to other actions are left alone. */
  answer(message: AmiMessage, now: number): void {
    const attempt = this.#attempt;
    const list = attempt && this.#byActionId(attempt, message);
    if (!attempt || !list) return;
    attempt.deadline = now + this.#timings.answerMs;
    if (message.name.toLowerCase() !== 'error') {
      this.#isHolding = true;
    } else if (list === attempt.queues) {
      this.#retry(now);
    } else {
      this.#mayListChannels = false;
      attempt.channels = null;
      this.#port.channelsDenied(message.get('Message') ?? '');
      this.#finishIfDone(attempt, now);
    }
  }

  /** One of `LIST_EVENTS`; what belongs to no open list is dropped. */
  row(message: AmiMessage, now: number): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    const own = this.#byActionId(attempt, message);
    if (own !== null && message.name === own.complete) {
      attempt.deadline = now + this.#timings.answerMs;
      own.isDone = true;
      own.isMismatched = isMismatched(own, message);
      this.#finishIfDone(attempt, now);
      return;
    }
    const list = own ?? this.#byName(attempt, message);
    if (list === null || message.name === list.complete) return;
    attempt.deadline = now + this.#timings.answerMs;
    list.rows.push(message);
    if (list.rows.length > this.#maxHeld) this.#overflow(now);
  }

  /** A live event: handed on, or held until the picture before it is complete. */
  event(message: AmiMessage, receivedAt: number, now: number): void {
    if (!this.#isHolding) {
      this.#port.event(message, receivedAt);
      return;
    }
    this.#held.push({ message, receivedAt });
    if (this.#held.length >= this.#maxHeld) this.#overflow(now);
  }

  /** The connection is over: what was held did happen. */
  settle(): void {
    this.#attempt = null;
    this.#nextAt = Number.POSITIVE_INFINITY;
    this.#release();
  }

  #ask(now: number): void {
    this.#nextAt = Number.POSITIVE_INFINITY;
    const list = (action: 'QueueStatus' | 'CoreShowChannels'): List => ({
      actionId: this.#port.ask(action),
      complete: `${action}Complete`,
      rows: [],
      isDone: false,
      isMismatched: false,
    });
    this.#attempt = {
      requestedAt: this.#port.now(),
      queues: list('QueueStatus'),
      channels: this.#mayListChannels ? list('CoreShowChannels') : null,
      deadline: now + this.#timings.answerMs,
    };
  }

  #finishIfDone(attempt: Attempt, now: number): void {
    const { queues, channels } = attempt;
    if (!queues.isDone || (channels !== null && !channels.isDone)) return;
    if (queues.isMismatched || channels?.isMismatched) {
      this.#port.anomaly('ami.snapshot.listItems');
      this.#mismatches += 1;
      if (this.#mismatches < MAX_MISMATCHES) {
        this.#retry(now);
        return;
      }
    }
    this.#apply(attempt, now);
  }

  #apply({ requestedAt, queues, channels }: Attempt, now: number): void {
    this.#attempt = null;
    this.#mismatches = 0;
    this.#retryMs = this.#timings.retryMinMs;
    this.requestAt(now + this.#timings.checkMs);
    const reason = this.#hasSynced ? 'check' : 'connect';
    this.#hasSynced = true;
    const channelRows = channels?.rows ?? null;
    this.#port.snapshot({ reason, queueRows: queues.rows, channelRows, requestedAt, receivedAt: this.#port.now() });
    this.#release();
  }

  #timeOut(attempt: Attempt, now: number): void {
    this.#port.anomaly('ami.snapshot.timeout');
    if (attempt.queues.isDone && !attempt.queues.isMismatched) {
      this.#apply({ ...attempt, channels: null }, now);
      return;
    }
    this.#release();
    this.#retry(now);
  }

  #overflow(now: number): void {
    this.#port.anomaly('ami.snapshot.overflow');
    this.#release();
    this.#retry(now);
  }

  /** Drops the attempt; rows that still come for it have an ActionID that nobody waits for. */
  #retry(now: number): void {
    this.#attempt = null;
    if (this.#isLive) this.#release();
    this.requestAt(now + this.#retryMs);
    this.#retryMs = Math.min(this.#timings.retryMaxMs, this.#retryMs * 2);
  }

  #release(): void {
    this.#isHolding = false;
    this.#isLive = true;
    const held = this.#held;
    this.#held = [];
    for (const { message, receivedAt } of held) this.#port.event(message, receivedAt);
  }

  /** The ActionID of QueueEntry comes last, after names that can inject one; elsewhere it comes first. */
  #byActionId({ queues, channels }: Attempt, message: AmiMessage): List | null {
    for (const actionId of [message.getLast('ActionID'), message.get('ActionID')]) {
      if (actionId === queues.actionId) return queues;
      if (actionId !== undefined && actionId === channels?.actionId) return channels;
    }
    return null;
  }

  /** A caller name with a blank line cuts its row before the ActionID: by its name it can only be ours. */
  #byName({ queues, channels }: Attempt, message: AmiMessage): List | null {
    const actionId = message.getLast('ActionID');
    if (actionId !== undefined && this.#port.isOwn(actionId)) return null;
    const list = message.name.startsWith('Queue') ? queues : channels;
    return list === null || list.isDone ? null : list;
  }
}

/** Old versions do not say how many rows they sent. */
function isMismatched({ rows }: List, complete: AmiMessage): boolean {
  const items = complete.get('ListItems');
  return items !== undefined && Number(items) !== rows.length;
}
