/**
 * A plausible contact centre for looking at screens: callers arrive, wait, lose patience; agents ring, talk, write up,
 * take breaks. Not a model of anything; the demo centre of the server is. Rows come out as the wire wants them.
 */
import type { Row } from '../../shared/delta.ts';
import { addCounters, COUNTERS, type Counters, zeroCounters } from '../../shared/metric.ts';
import { type Activity, type Cell, type Presence, type Table, TREND_COUNTERS } from '../../shared/view.ts';

export interface FloorPlan {
  readonly name: string;
  readonly queueNames: readonly string[];
  readonly agentNames: readonly string[];
  readonly reasons: readonly string[];
  /** Arrivals against what the agents could handle. */
  readonly load: number;
  /** Queues that get several times their share. */
  readonly flooded: readonly number[];
  readonly isClosed?: boolean;
}

interface Caller {
  readonly offeredAt: number;
  readonly leavesAt: number;
  readonly number: string;
}

interface MockQueue {
  readonly id: string;
  readonly name: string;
  readonly thresholdMs: number;
  readonly share: number;
  readonly waiting: Caller[];
  readonly today: Counters;
  readonly intervals: Map<number, Counters>;
  peaks: number[];
}

interface MockAgent {
  readonly id: string;
  readonly name: string;
  readonly queues: readonly number[];
  presence: Presence;
  reason: string;
  presenceSince: number;
  activity: Activity;
  activitySince: number;
  until: number;
  contact: { readonly queue: number; readonly caller: Caller } | null;
  answered: number;
  talkMs: number;
  missed: number;
}

const QUARTER = 900_000;
const DAY_HOURS = 6;
const PRESENCE_MINUTES: readonly (readonly [Presence, number])[] = [
  ['onBreak', 4],
  ['onBreak', 7],
  ['meal', 25],
  ['training', 40],
  ['meeting', 15],
];

export class MockFloor {
  readonly #plan: FloorPlan;
  readonly #queues: MockQueue[];
  readonly #agents: MockAgent[];
  readonly #random: () => number;
  readonly #dayStartAt: number;
  #minute: number;
  #now: number;

  constructor(plan: FloorPlan, now: number, random: () => number) {
    this.#plan = plan;
    this.#random = random;
    this.#now = now;
    this.#minute = Math.floor(now / 60_000);
    this.#dayStartAt = Math.floor(now / 3_600_000) * 3_600_000 - DAY_HOURS * 3_600_000;
    const weights = plan.queueNames.map((_, i) => 1 / (1 + (i % 8) * 0.45));
    const sum = weights.reduce((a, b) => a + b, 0);
    this.#queues = plan.queueNames.map((name, i) => ({
      id: `q${600 + i}`,
      name,
      thresholdMs: 20_000,
      share: (weights[i] ?? 0) / sum,
      waiting: [],
      today: zeroCounters(),
      intervals: new Map(),
      peaks: [],
    }));
    this.#agents = plan.agentNames.map((name, i) => this.#newAgent(name, i));
    if (!plan.isClosed) this.#rememberMorning();
    // A floor in full swing from the first look on.
    if (!plan.isClosed) for (let at = now - 240_000; at < now; at += 500) this.step(at);
  }

  step(now: number): void {
    const ms = now - this.#now;
    this.#now = now;
    if (this.#plan.isClosed) return;
    this.#arrive(Math.max(250, ms));
    for (const [index, queue] of this.#queues.entries()) this.#giveUp(queue, index);
    for (const agent of this.#agents) this.#live(agent);
    this.#connect();
    const minute = Math.floor(now / 60_000);
    for (const queue of this.#queues) {
      if (minute !== this.#minute) queue.peaks = [...queue.peaks.slice(-59), queue.waiting.length];
    }
    this.#minute = minute;
  }

  rows(source: {
    state: string;
    aliveAt: number | null;
    lostAt: number | null;
    cause: string | null;
  }): Record<Table, [string, Row][]> {
    const total = zeroCounters();
    const trend: [string, Row][] = [];
    const bySite = new Map<number, Counters>();
    for (const queue of this.#queues) {
      addCounters(total, queue.today);
      for (const [at, counters] of queue.intervals) {
        trend.push([`${queue.id}|${at}`, [queue.id, at, ...TREND_COUNTERS.map((name) => counters[name])]]);
        bySite.set(at, addCounters(bySite.get(at) ?? zeroCounters(), counters));
      }
    }
    for (const [at, counters] of bySite)
      trend.push([`*|${at}`, ['*', at, ...TREND_COUNTERS.map((name) => counters[name])]]);
    const everyone = this.#headcount(this.#agents);
    const waiting = this.#queues.flatMap((queue) => queue.waiting);
    const date = new Date(this.#dayStartAt).toISOString().slice(0, 10);
    return {
      site: [
        [
          'site',
          [
            this.#plan.name,
            date,
            this.#dayStartAt,
            this.#dayStartAt + 86_400_000,
            'Asia/Shanghai',
            0,
            waiting.length,
            oldest(waiting),
            ...everyone,
            0,
            0,
            ...COUNTERS.map((c) => total[c]),
          ],
        ],
      ],
      queues: this.#queues.map((queue, i) => [
        queue.id,
        [
          queue.name,
          queue.thresholdMs,
          queue.peaks,
          queue.waiting.length,
          oldest(queue.waiting),
          ...this.#headcount(this.#agents.filter((agent) => agent.queues.includes(i))),
          3_000_000,
          1_000_000,
          ...COUNTERS.map((c) => queue.today[c]),
        ],
      ]),
      sources: [['ami-1', [source.state, source.aliveAt, source.aliveAt, source.lostAt, source.cause, 0]]],
      trend,
      agents: this.#agents.map((agent) => [agent.id, this.#agentRow(agent)]),
    };
  }

  #newAgent(name: string, i: number): MockAgent {
    const count = this.#queues.length;
    const own = i % count;
    const also = [(own + 1 + (i % 3)) % count, (own + 4) % count].slice(0, i % 3);
    const isOut = this.#plan.isClosed || this.#random() < 0.08;
    return {
      id: `${8001 + i}`,
      name,
      queues: [...new Set([own, ...also])],
      presence: isOut ? 'signedOut' : 'available',
      reason: '',
      presenceSince: this.#now - this.#random() * 9_000_000,
      activity: 'idle',
      activitySince: this.#now - this.#random() * 60_000,
      until: 0,
      contact: null,
      answered: isOut ? 0 : Math.floor(15 + this.#random() * 60),
      talkMs: 0,
      missed: this.#random() < 0.2 ? Math.ceil(this.#random() * 3) : 0,
    };
  }

  #rememberMorning(): void {
    for (const agent of this.#agents) agent.talkMs = agent.answered * (90_000 + this.#random() * 60_000);
    for (const [index, queue] of this.#queues.entries()) {
      const isFlooded = this.#plan.flooded.includes(index);
      for (let at = this.#dayStartAt; at <= this.#now; at += QUARTER) {
        const hours = (at - this.#dayStartAt) / 3_600_000;
        const part = Math.min(1, (this.#now - at) / QUARTER);
        const day = 0.35 + 0.75 * Math.exp(-((hours - 3.2) ** 2) / 3) + 0.1 * this.#random();
        const isRecent = this.#now - at < 2 * QUARTER;
        const offered = Math.round(340 * queue.share * day * part * (isFlooded && isRecent ? 1.8 : 1));
        const lost = Math.round(offered * (isFlooded && isRecent ? 0.22 : 0.02 + 0.06 * this.#random() * day));
        const level = isFlooded && isRecent ? 0.48 : 0.97 - 0.2 * this.#random() * day;
        const counters = zeroCounters();
        counters.offered = offered;
        counters.abandoned = lost;
        counters.answered = offered - lost;
        counters.answeredInThreshold = Math.round(counters.answered * level);
        counters.abandonedInThreshold = Math.round(lost * 0.3);
        counters.handled = counters.answered;
        counters.waitMsSum = counters.answered * 9_000;
        counters.talkMsSum = counters.answered * 105_000;
        counters.acwMsSum = counters.answered * 18_000;
        queue.intervals.set(at, counters);
        addCounters(queue.today, counters);
      }
      queue.peaks = Array.from({ length: 60 }, (_, m) =>
        Math.max(
          0,
          Math.round(
            (1 + Math.sin(m / 6 + index)) * 14 * queue.share * (0.4 + this.#random()) + (isFlooded ? m / 7 : 0),
          ),
        ),
      );
    }
  }

  #arrive(ms: number): void {
    const onDuty = this.#agents.filter((agent) => agent.presence === 'available').length;
    const perMs = (this.#plan.load * onDuty) / 125_000;
    for (const [index, queue] of this.#queues.entries()) {
      const rate = perMs * queue.share * (this.#plan.flooded.includes(index) ? 3.5 : 1);
      if (this.#random() > rate * ms) continue;
      const number = `1${3 + Math.floor(this.#random() * 6)}${Math.floor(this.#random() * 9)}****${1000 + Math.floor(this.#random() * 9000)}`;
      queue.waiting.push({ offeredAt: this.#now, leavesAt: this.#now + 30_000 + this.#random() * 150_000, number });
      this.#count(index, 'offered');
    }
  }

  #giveUp(queue: MockQueue, index: number): void {
    for (const caller of queue.waiting.filter(({ leavesAt }) => leavesAt <= this.#now)) {
      queue.waiting.splice(queue.waiting.indexOf(caller), 1);
      this.#count(index, 'abandoned');
      if (this.#now - caller.offeredAt <= queue.thresholdMs) this.#count(index, 'abandonedInThreshold');
    }
  }

  #connect(): void {
    const order = this.#queues
      .map((queue, index) => ({ queue, index }))
      .sort((a, b) => (oldest(a.queue.waiting) ?? Infinity) - (oldest(b.queue.waiting) ?? Infinity));
    for (const { queue, index } of order) {
      for (const caller of [...queue.waiting]) {
        const agent = this.#agents.find((candidate) => isFree(candidate) && candidate.queues.includes(index));
        if (!agent) break;
        queue.waiting.splice(queue.waiting.indexOf(caller), 1);
        agent.contact = { queue: index, caller };
        this.#enter(agent, 'ringing', 1_500 + this.#random() * 3_500);
      }
    }
  }

  #live(agent: MockAgent): void {
    if (agent.until > this.#now) return;
    const draw = this.#random();
    if (agent.activity === 'ringing' && agent.contact) {
      const { queue, caller } = agent.contact;
      agent.answered += 1;
      this.#count(queue, 'answered');
      this.#count(queue, 'handled');
      if (this.#now - caller.offeredAt <= 20_000) this.#count(queue, 'answeredInThreshold');
      this.#enter(agent, 'talking', 25_000 + this.#random() * 170_000);
    } else if (agent.activity === 'talking' && draw < 0.15) {
      this.#enter(agent, 'holding', 5_000 + this.#random() * 40_000);
    } else if (agent.activity === 'talking' || agent.activity === 'holding') {
      agent.talkMs += 100_000;
      agent.contact = null;
      this.#enter(agent, 'afterCallWork', 6_000 + this.#random() * 30_000);
    } else if (agent.activity !== 'idle') {
      this.#enter(agent, 'idle', 0);
    } else if (agent.presence !== 'available' && agent.presence !== 'signedOut') {
      this.#present(agent, 'available', '', 0);
    } else if (agent.presence === 'available' && draw < 0.0008) {
      const [presence, minutes] = PRESENCE_MINUTES[Math.floor(this.#random() * PRESENCE_MINUTES.length)] ?? [
        'onBreak',
        5,
      ];
      const reason =
        presence === 'onBreak'
          ? (this.#plan.reasons[Math.floor(this.#random() * this.#plan.reasons.length)] ?? '')
          : '';
      this.#present(agent, presence, reason, minutes * 60_000 * this.#random());
    } else if (agent.presence === 'available' && draw < 0.0011) {
      this.#enter(agent, 'internalCall', 20_000 + this.#random() * 60_000);
    } else if (agent.presence === 'available' && draw < 0.0013) {
      this.#enter(agent, 'outbound', 30_000 + this.#random() * 60_000);
    }
  }

  #enter(agent: MockAgent, activity: Activity, ms: number): void {
    agent.activity = activity;
    agent.activitySince = this.#now;
    agent.until = this.#now + ms;
  }

  #present(agent: MockAgent, presence: Presence, reason: string, ms: number): void {
    agent.presence = presence;
    agent.reason = reason;
    agent.presenceSince = this.#now;
    agent.until = this.#now + ms;
  }

  #count(index: number, name: keyof Counters): void {
    const queue = this.#queues[index];
    if (!queue) return;
    const at = Math.floor(this.#now / QUARTER) * QUARTER;
    const interval = queue.intervals.get(at) ?? zeroCounters();
    interval[name] += 1;
    queue.intervals.set(at, interval);
    queue.today[name] += 1;
  }

  #headcount(agents: readonly MockAgent[]): Cell[] {
    const here = agents.filter(({ presence }) => presence !== 'signedOut');
    const doing = (activity: Activity) => here.filter((agent) => agent.activity === activity).length;
    return [
      here.length,
      here.filter(isFree).length,
      doing('ringing'),
      doing('talking'),
      doing('holding'),
      doing('afterCallWork'),
      doing('internalCall'),
      here.filter(({ presence, activity }) => presence !== 'available' && activity === 'idle').length,
    ];
  }

  #agentRow(agent: MockAgent): Row {
    const ids = agent.queues.map((i) => this.#queues[i]?.id ?? '');
    const contact = agent.activity === 'idle' ? null : agent.contact;
    return [
      agent.name,
      agent.presence,
      agent.reason,
      agent.presenceSince,
      agent.activity,
      agent.activitySince,
      isFree(agent),
      ids,
      agent.presence === 'onBreak' ? ids : [],
      contact ? (this.#queues[contact.queue]?.id ?? null) : null,
      contact ? contact.caller.number : null,
      agent.answered,
      Math.round(agent.talkMs),
      agent.missed,
    ];
  }
}

const isFree = (agent: MockAgent): boolean => agent.presence === 'available' && agent.activity === 'idle';
const oldest = (callers: readonly Caller[]): number | null =>
  callers.reduce<number | null>((first, { offeredAt }) => Math.min(first ?? offeredAt, offeredAt), null);
