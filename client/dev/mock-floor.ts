/**
 * A plausible contact centre for looking at screens: callers arrive, wait, lose patience; agents ring, talk, write up,
 * take breaks. Not a model of anything; the demo centre of the server is. Rows come out as the wire wants them.
 */
import type { Row } from '../../shared/delta.ts';
import {
  addCounters,
  COUNTERS,
  type Counters,
  DEFAULT_SERVICE_LEVEL,
  type ServiceLevel,
  zeroCounters,
} from '../../shared/metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from '../../shared/presence.ts';
import { addToSketch, quantileOf, type Sketch } from '../../shared/sketch.ts';
import { BUCKET_COUNTERS, type Cell, SITE_ROW, type Table } from '../../shared/view.ts';

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
  /** By queue; the rest have the default. */
  readonly variants?: readonly (ServiceLevel | undefined)[];
  readonly groups?: readonly string[];
  readonly teams?: readonly string[];
  /** The queues are shared out among them in turn. */
  readonly sources?: readonly string[];
  /** Minutes before now. */
  readonly gaps?: readonly { readonly fromMin: number; readonly toMin: number | null; readonly isFilled: boolean }[];
  readonly hasSuspects?: boolean;
}

export interface MockSource {
  readonly state: string;
  readonly aliveAt: number | null;
  readonly lostAt: number | null;
  readonly cause: string | null;
}

export const MOCK_SOURCES = ['ami-1'] as const;
const COLOURS = ['#3b82f6', '#a855f7', '#14b8a6', '#eab308', null, '#ec4899'];

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
  readonly minutes: Map<number, Counters>;
  readonly waits: Sketch;
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
  acwMs: number;
  missed: number;
  countedTo: number;
  readonly presenceMs: Partial<Record<Presence, number>>;
  readonly activityMs: Partial<Record<Activity, number>>;
  readyMs: number;
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
  readonly #startedAt: number;
  #minute: number;
  #now: number;

  constructor(plan: FloorPlan, now: number, random: () => number) {
    this.#plan = plan;
    this.#random = random;
    this.#now = now;
    this.#startedAt = now;
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
      minutes: new Map(),
      waits: new Map(),
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
    for (const agent of this.#agents) this.#act(agent);
    this.#connect();
    const minute = Math.floor(now / 60_000);
    for (const queue of this.#queues) {
      if (minute !== this.#minute) queue.peaks = [...queue.peaks.slice(-59), queue.waiting.length];
    }
    this.#minute = minute;
  }

  rows(sourceOf: (id: string) => MockSource): Record<Table, [string, Row][]> {
    const bySite = { trend: new Map<number, Counters>(), minutes: new Map<number, Counters>() };
    const trend: [string, Row][] = [];
    const minutes: [string, Row][] = [];
    const total = zeroCounters();
    const waits: Sketch = new Map();
    const add = (to: [string, Row][], id: string, buckets: Map<number, Counters>) => {
      for (const [at, counters] of buckets)
        to.push([`${id}|${at}`, [id, at, ...BUCKET_COUNTERS.map((name) => counters[name])]]);
    };
    for (const queue of this.#queues) {
      addCounters(total, queue.today);
      for (const [bin, count] of queue.waits) waits.set(bin, (waits.get(bin) ?? 0) + count);
      for (const at of queue.minutes.keys()) if (at < this.#now - 3_700_000) queue.minutes.delete(at);
      add(trend, queue.id, queue.intervals);
      add(minutes, queue.id, queue.minutes);
      for (const [at, c] of queue.intervals)
        bySite.trend.set(at, addCounters(bySite.trend.get(at) ?? zeroCounters(), c));
      for (const [at, c] of queue.minutes)
        bySite.minutes.set(at, addCounters(bySite.minutes.get(at) ?? zeroCounters(), c));
    }
    add(trend, SITE_ROW, bySite.trend);
    add(minutes, SITE_ROW, bySite.minutes);
    const date = new Date(this.#dayStartAt).toISOString().slice(0, 10);
    const { variants = [], groups = [], sources = MOCK_SOURCES, gaps = [] } = this.#plan;
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
            ...this.#live(this.#queues, this.#agents),
          ],
        ],
      ],
      queues: this.#queues.map((queue, i) => [
        queue.id,
        [
          queue.name,
          groups[i % groups.length] ?? null,
          groups.length > 0 ? i : null,
          groups.length > 0 ? (COLOURS[i % COLOURS.length] ?? null) : null,
          queue.thresholdMs,
          5_000,
          variants[i] ?? DEFAULT_SERVICE_LEVEL,
          i === 3 ? 0.9 : 0.8,
          [sources[i % sources.length] ?? ''],
          queue.peaks,
          ...this.#live(
            [queue],
            this.#agents.filter((agent) => agent.queues.includes(i)),
          ),
        ],
      ]),
      sources: sources.map((id) => {
        const { state, aliveAt, lostAt, cause } = sourceOf(id);
        return [id, [state, aliveAt, aliveAt, lostAt, cause, 0]];
      }),
      today: [
        [SITE_ROW, this.#day(total, waits)],
        ...this.#queues.map((queue): [string, Row] => [queue.id, this.#day(queue.today, queue.waits)]),
      ],
      trend,
      minutes,
      gaps: gaps.map(({ fromMin, toMin, isFilled }, i) => {
        const startAt = this.#startedAt - fromMin * 60_000;
        const endAt = toMin === null ? null : this.#startedAt - toMin * 60_000;
        return [`${sources[0]}|${i}`, [sources[0] ?? '', startAt, endAt, 'closed', isFilled]];
      }),
      agents: this.#agents.map((agent, i) => [agent.id, this.#agentRow(agent, i)]),
      anomalies: [],
      corrections: [],
    };
  }

  #day(counters: Counters, waits: Sketch): Row {
    return [
      ...COUNTERS.map((name) => counters[name]),
      3_000_000,
      1_000_000,
      quantileOf(waits, 0.5),
      quantileOf(waits, 0.8),
      quantileOf(waits, 0.95),
    ];
  }

  #live(queues: readonly MockQueue[], agents: readonly MockAgent[]): Cell[] {
    const waiting = queues.flatMap((queue) => queue.waiting);
    const overdue = waiting.filter(({ offeredAt }) => this.#now - offeredAt > 20_000).length;
    const free = agents
      .filter(isFree)
      .map(({ activitySince, presenceSince }) => Math.max(activitySince, presenceSince));
    const suspects = this.#plan.hasSuspects && queues.some(({ id }) => id === 'q602') ? 1 : 0;
    return [
      waiting.length,
      oldest(waiting),
      overdue,
      suspects,
      free.length > 0 ? Math.min(...free) : null,
      ...this.#headcount(agents),
    ];
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
      acwMs: 0,
      countedTo: this.#now,
      presenceMs: {},
      activityMs: {},
      readyMs: 0,
      missed: this.#random() < 0.2 ? Math.ceil(this.#random() * 3) : 0,
    };
  }

  #rememberMorning(): void {
    for (const agent of this.#agents) {
      const talkMs = agent.answered * (90_000 + this.#random() * 60_000);
      const readyMs = talkMs * (0.2 + this.#random() * 0.5);
      const breakMs = talkMs * 0.3 * this.#random();
      agent.talkMs = talkMs;
      agent.acwMs = agent.answered * 18_000;
      agent.readyMs = readyMs;
      Object.assign(agent.activityMs, { talking: talkMs, afterCallWork: agent.acwMs, idle: readyMs + breakMs });
      Object.assign(agent.presenceMs, { available: talkMs + agent.acwMs + readyMs, onBreak: breakMs });
    }
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
        counters.waitMsMax = 40_000 + 60_000 * this.#random();
        counters.talkMsSum = counters.answered * 105_000;
        counters.acwMsSum = counters.answered * 18_000;
        queue.intervals.set(at, counters);
        addCounters(queue.today, counters);
        for (let i = 0; i < counters.answered; i++)
          addToSketch(queue.waits, 2_000 + 18_000 * this.#random() ** 3 * day);
      }
      this.#rememberHour(queue);
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

  /** The last hour's minutes, each an even part of its quarter. */
  #rememberHour(queue: MockQueue): void {
    const minute = Math.floor(this.#now / 60_000) * 60_000;
    for (let at = minute - 59 * 60_000; at <= minute; at += 60_000) {
      const quarter = queue.intervals.get(Math.floor(at / QUARTER) * QUARTER);
      if (!quarter) continue;
      const part = Math.max(1, Math.min(15, Math.floor((this.#now - Math.floor(at / QUARTER) * QUARTER) / 60_000)));
      const counters = zeroCounters();
      for (const name of BUCKET_COUNTERS) counters[name] = Math.round(quarter[name] / part);
      queue.minutes.set(at, counters);
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

  #act(agent: MockAgent): void {
    if (agent.until > this.#now) return;
    const draw = this.#random();
    if (agent.activity === 'ringing' && agent.contact) {
      const { queue, caller } = agent.contact;
      agent.answered += 1;
      this.#count(queue, 'answered');
      this.#count(queue, 'handled');
      const waitMs = this.#now - caller.offeredAt;
      if (waitMs <= 20_000) this.#count(queue, 'answeredInThreshold');
      this.#count(queue, 'waitMsSum', waitMs);
      const waits = this.#queues[queue]?.waits;
      if (waits) addToSketch(waits, waitMs);
      this.#enter(agent, 'talking', 25_000 + this.#random() * 170_000);
    } else if (agent.activity === 'talking' && draw < 0.15) {
      this.#enter(agent, 'holding', 5_000 + this.#random() * 40_000);
    } else if (agent.activity === 'talking' || agent.activity === 'holding') {
      agent.talkMs += 100_000;
      agent.acwMs += 15_000;
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
    this.#book(agent);
    agent.activity = activity;
    agent.activitySince = this.#now;
    agent.until = this.#now + ms;
  }

  #present(agent: MockAgent, presence: Presence, reason: string, ms: number): void {
    this.#book(agent);
    agent.presence = presence;
    agent.reason = reason;
    agent.presenceSince = this.#now;
    agent.until = this.#now + ms;
  }

  #book(agent: MockAgent): void {
    const ms = this.#now - agent.countedTo;
    agent.countedTo = this.#now;
    agent.presenceMs[agent.presence] = (agent.presenceMs[agent.presence] ?? 0) + ms;
    agent.activityMs[agent.activity] = (agent.activityMs[agent.activity] ?? 0) + ms;
    if (agent.presence === 'available' && agent.activity === 'idle') agent.readyMs += ms;
  }

  #count(index: number, name: keyof Counters, amount = 1): void {
    const queue = this.#queues[index];
    if (!queue) return;
    for (const [buckets, length] of [
      [queue.intervals, QUARTER],
      [queue.minutes, 60_000],
    ] as const) {
      const at = Math.floor(this.#now / length) * length;
      const bucket = buckets.get(at) ?? zeroCounters();
      bucket[name] += amount;
      buckets.set(at, bucket);
    }
    queue.today[name] += amount;
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

  #agentRow(agent: MockAgent, index: number): Row {
    const ids = agent.queues.map((i) => this.#queues[i]?.id ?? '');
    const contact = agent.activity === 'idle' ? null : agent.contact;
    const { teams = [] } = this.#plan;
    return [
      agent.name,
      teams[index % teams.length] ?? null,
      agent.presence,
      agent.reason,
      agent.presenceSince,
      agent.activity,
      agent.activitySince,
      isFree(agent),
      this.#plan.hasSuspects === true && index === 4,
      ids,
      agent.presence === 'onBreak' ? ids : [],
      contact ? (this.#queues[contact.queue]?.id ?? null) : null,
      contact ? contact.caller.number : null,
      agent.answered,
      agent.answered,
      Math.round(agent.talkMs),
      Math.round(agent.talkMs * 0.08),
      Math.round(agent.acwMs),
      agent.missed,
      PRESENCES.map((presence) => agent.presenceMs[presence] ?? 0),
      ACTIVITIES.map((activity) => agent.activityMs[activity] ?? 0),
      agent.readyMs,
      agent.countedTo,
    ];
  }
}

const isFree = (agent: MockAgent): boolean => agent.presence === 'available' && agent.activity === 'idle';
const oldest = (callers: readonly Caller[]): number | null =>
  callers.reduce<number | null>((first, { offeredAt }) => Math.min(first ?? offeredAt, offeredAt), null);
