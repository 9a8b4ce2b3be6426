/**
 * The traffic of a call floor, as AMI text: calls join, wait, ring, talk and end, interleaved as on a real floor, at a
 * rate that is asked for. Deterministic. It keeps the books on what it told: counts per queue are what a screen must
 * show afterwards, and its snapshot is always that of the newest event told.
 */
import type { ChannelRow, EntryRow, MemberRow, PbxSnapshot, QueueRow } from '../../server/sources/simulator/pbx.ts';
import { renderStamp } from '../../server/sources/simulator/wire.ts';
import * as text from './ami-text.ts';

export interface TrafficPlan {
  readonly queues: number;
  readonly agents: number;
  readonly startAtMs: number;
  /** Ringing and talk of a call, unless the agents are too few for the rate: then it is less. */
  readonly handleMs: number;
  /** Queues that only carry marks; see `mark`. */
  readonly markQueues: number;
}

export interface QueueCounts {
  offered: number;
  answered: number;
  abandoned: number;
  handled: number;
}

interface Member extends text.MemberText {
  readonly queue: Queue;
  status: 1 | 2 | 6;
}

interface Queue {
  readonly name: string;
  readonly members: Member[];
  /** Longest idle first. */
  readonly free: Member[];
  /** Callers for whom no agent was free. */
  readonly line: Call[];
  readonly waiting: Set<Call>;
  readonly talking: Set<Call>;
  readonly counts: QueueCounts;
}

interface Call extends text.CallText {
  readonly n: number;
  readonly inQueue: Queue;
  readonly joinedAtMs: number;
  member: Member | null;
  leg: string;
  answeredAtMs: number;
}

type Step = 'ring' | 'connect' | 'end' | 'abandon';

const SLOT_MS = 5;
/** Every so many-th caller gives up. */
const ABANDON_EVERY = 20;
const EVENTS_OF_TALK = 10;
const EVENTS_OF_ABANDON = 5;
const EVENTS_PER_CALL = ((ABANDON_EVERY - 1) * EVENTS_OF_TALK + EVENTS_OF_ABANDON) / ABANDON_EVERY;
/** Part of the agents that is busy, at most. */
const LOAD = 0.8;
const RING_PART = 0.2;

export const markQueueName = (n: number): string => `mark-${n}`;

export class Traffic {
  readonly #plan: TrafficPlan;
  readonly #queues: Queue[];
  readonly #marks: { readonly queue: Queue; call: Call | null }[];
  readonly #agenda = new Map<number, { readonly step: Step; readonly call: Call }[]>();
  #slot: number;
  #callsPerMs = 0;
  #handleMs = 0;
  #arrivals = 0;
  #calls = 0;
  #open = 0;
  #micros = 0;
  #events = 0;
  #out: string[] = [];

  constructor(plan: TrafficPlan) {
    this.#plan = plan;
    this.#queues = Array.from({ length: plan.queues }, (_, n) => newQueue(`queue-${n}`));
    this.#marks = Array.from({ length: plan.markQueues }, (_, n) => ({
      queue: newQueue(markQueueName(n)),
      call: null,
    }));
    this.#slot = Math.floor(plan.startAtMs / SLOT_MS);
    for (let n = 0; n < plan.agents; n++) {
      const queue = this.#queues[n % plan.queues] as Queue;
      const name = n % 2 === 0 ? `坐席 ${n}` : `Agent ${n}`;
      const member: Member = { interface: `PJSIP/${10_000 + n}`, name, queue, status: 1 };
      queue.members.push(member);
      queue.free.push(member);
    }
  }

  get nowMs(): number {
    return this.#slot * SLOT_MS;
  }

  /** Events told so far. */
  get events(): number {
    return this.#events;
  }

  /** Calls that have not ended. */
  get open(): number {
    return this.#open;
  }

  /** How long a call takes at the present rate. */
  get handleMs(): number {
    return this.#handleMs;
  }

  setRate(eventsPerSecond: number): void {
    this.#callsPerMs = eventsPerSecond / EVENTS_PER_CALL / 1_000;
    this.#handleMs = Math.min(this.#plan.handleMs, (LOAD * this.#plan.agents) / this.#callsPerMs);
  }

  /** What happens until then, as text. */
  advance(toMs: number): string {
    const last = Math.floor(toMs / SLOT_MS);
    for (; this.#slot < last; this.#slot++) {
      this.#micros = this.#slot * SLOT_MS * 1_000;
      const due = this.#agenda.get(this.#slot);
      this.#agenda.delete(this.#slot);
      for (const { step, call } of due ?? []) this.#take(step, call);
      this.#arrivals += this.#callsPerMs * SLOT_MS;
      for (; this.#arrivals >= 1; this.#arrivals--) this.#arrive();
    }
    const told = this.#out.join('');
    this.#out = [];
    return told;
  }

  /**
   * A caller who begins to wait at exactly this instant in a queue of marks, where the one before gives up: the queue's
   * oldest wait, on a screen, then says when the mark was sent.
   */
  mark(n: number, atMs: number): string {
    const mark = this.#marks[n % this.#marks.length];
    if (mark === undefined) throw new Error('this plan has no mark queues');
    this.#micros = atMs * 1_000 - 10;
    if (mark.call) this.#take('abandon', mark.call);
    this.#micros = atMs * 1_000;
    mark.call = this.#join(mark.queue, atMs);
    const told = this.#out.join('');
    this.#out = [];
    return told;
  }

  /** The last callers of the mark queues give up. */
  endMarks(atMs: number): string {
    this.#micros = atMs * 1_000;
    for (const mark of this.#marks) {
      if (mark.call) this.#take('abandon', mark.call);
      mark.call = null;
    }
    const told = this.#out.join('');
    this.#out = [];
    return told;
  }

  counts(): Record<string, QueueCounts> {
    return Object.fromEntries(this.#everyQueue().map(({ name, counts }) => [name, { ...counts }]));
  }

  snapshot(): PbxSnapshot {
    const queues = this.#everyQueue();
    return {
      queues: queues.map((queue) => queueRow(queue, this.nowMs)),
      channels: queues.flatMap(({ talking }) => [...talking].flatMap((call) => channelRows(call, this.nowMs))),
    };
  }

  #everyQueue(): Queue[] {
    return [...this.#queues, ...this.#marks.map(({ queue }) => queue)];
  }

  #arrive(): void {
    const queue = this.#queues[this.#calls % this.#queues.length] as Queue;
    const call = this.#join(queue, this.nowMs);
    if (call.n % ABANDON_EVERY === 0) this.#schedule('abandon', call, this.#handleMs / 2);
    else this.#offer(call);
  }

  #join(queue: Queue, atMs: number): Call {
    const n = this.#calls++;
    const uniqueid = `${Math.floor(atMs / 1_000)}.${n}`;
    const common = { n, queue: queue.name, inQueue: queue, uniqueid, caller: text.callerText(n, uniqueid) };
    const call: Call = { ...common, joinedAtMs: atMs, member: null, leg: '', answeredAtMs: 0 };
    queue.waiting.add(call);
    queue.counts.offered++;
    this.#open++;
    this.#tell(text.joined(call, this.#stamp(), queue.waiting.size));
    return call;
  }

  #offer(call: Call): void {
    const member = call.inQueue.free.shift();
    if (!member) {
      call.inQueue.line.push(call);
      return;
    }
    call.member = member;
    this.#schedule('ring', call, SLOT_MS);
  }

  #take(step: Step, call: Call): void {
    const { inQueue, member } = call;
    if (step === 'abandon') {
      inQueue.waiting.delete(call);
      inQueue.counts.abandoned++;
      this.#tell(text.hangupRequested(call, this.#stamp()));
      this.#tell(text.abandoned(call, this.#stamp()));
      this.#tell(text.left(call, this.#stamp()));
      this.#hangUp(call);
      return;
    }
    if (member === null) throw new Error(`call ${call.n} rings nobody`);
    if (step === 'ring') {
      call.leg = text.legText(call, member, call.n);
      this.#tell(text.called(call, call.leg, this.#stamp()));
      this.#setStatus(member, 6);
      this.#schedule('connect', call, this.#handleMs * RING_PART);
    } else if (step === 'connect') {
      inQueue.waiting.delete(call);
      inQueue.talking.add(call);
      inQueue.counts.answered++;
      call.answeredAtMs = this.nowMs;
      this.#tell(text.left(call, this.#stamp()));
      this.#tell(text.connected(call, call.leg, this.#stamp()));
      this.#setStatus(member, 2);
      // Half to one and a half times the mean, in an order that looks random and repeats.
      const spread = 0.5 + ((call.n * 7_919) % 1_000) / 1_000;
      this.#schedule('end', call, this.#handleMs * (1 - RING_PART) * spread);
    } else {
      inQueue.talking.delete(call);
      inQueue.counts.handled++;
      this.#tell(text.hangupRequested(call, this.#stamp()));
      const talkS = Math.floor(this.nowMs / 1_000) - Math.floor(call.answeredAtMs / 1_000);
      this.#tell(text.completed(call, call.leg, this.#stamp(), talkS));
      this.#setStatus(member, 1);
      this.#hangUp(call);
      inQueue.free.push(member);
      const next = inQueue.line.shift();
      if (next) this.#offer(next);
    }
  }

  #hangUp(call: Call): void {
    this.#open--;
    this.#tell(text.hungUp(call, this.#stamp()));
  }

  #setStatus(member: Member, status: Member['status']): void {
    member.status = status;
    this.#tell(text.memberStatus(member.queue.name, member, status, this.#stamp()));
  }

  #schedule(step: Step, call: Call, inMs: number): void {
    const slot = this.#slot + Math.max(1, Math.round(inMs / SLOT_MS));
    const due = this.#agenda.get(slot);
    if (due) due.push({ step, call });
    else this.#agenda.set(slot, [{ step, call }]);
  }

  #tell(block: string): void {
    this.#events++;
    this.#out.push(block);
  }

  #stamp(): string {
    return renderStamp(this.#micros++);
  }
}

function newQueue(name: string): Queue {
  const counts = { offered: 0, answered: 0, abandoned: 0, handled: 0 };
  return { name, members: [], free: [], line: [], waiting: new Set(), talking: new Set(), counts };
}

function queueRow({ name, members, waiting, counts }: Queue, nowMs: number): QueueRow {
  return {
    queue: name,
    max: 0,
    strategy: 'leastrecent',
    holdtime: 0,
    talkTime: 0,
    completed: counts.handled,
    abandoned: counts.abandoned,
    serviceLevel: 20,
    servicelevelPerf: '0.0',
    servicelevelPerf2: '0.0',
    weight: 0,
    members: members.map(memberRow),
    entries: Array.from(waiting, (call, i) => entryRow(call, i, nowMs)),
  };
}

const memberRow = ({ interface: location, name, status }: Member): MemberRow => ({
  name,
  location,
  stateInterface: location,
  membership: 'dynamic',
  penalty: 0,
  callsTaken: 0,
  lastCall: 0,
  lastPause: 0,
  loginTime: 0,
  inCall: status === 2 ? 1 : 0,
  status,
  paused: 0,
  pausedReason: '',
  wrapuptime: 0,
});

const PARTIES = {
  callerIdNum: '13800138000',
  callerIdName: 'Li Lei',
  connectedLineNum: 'unknown',
  connectedLineName: 'unknown',
} as const;

const entryRow = (call: Call, i: number, nowMs: number): EntryRow => ({
  position: i + 1,
  channel: text.callerChannel(call.n),
  uniqueid: call.uniqueid,
  ...PARTIES,
  waitS: Math.max(0, Math.floor((nowMs - call.joinedAtMs) / 1_000)),
  priority: 0,
});

function channelRows(call: Call, nowMs: number): ChannelRow[] {
  const common = {
    ...PARTIES,
    state: 6,
    stateDesc: 'Up',
    language: 'zh',
    accountCode: '',
    context: 'from-trunk',
    exten: '8000',
    priority: '2',
    linkedid: call.uniqueid,
    durationMs: nowMs - call.joinedAtMs,
    bridgeId: `bridge-${call.n}`,
  };
  const caller = { channel: text.callerChannel(call.n), uniqueid: call.uniqueid };
  const leg = { channel: text.legChannel(call.member as Member, call.n), uniqueid: text.legId(call.uniqueid) };
  return [
    { ...common, ...caller, application: 'Queue', applicationData: `${call.queue},tT` },
    { ...common, ...leg, application: 'AppQueue', applicationData: '(Outgoing Line)' },
  ];
}
