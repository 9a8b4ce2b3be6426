// The demo centre: a pure, seeded model of a call floor behind an Asterisk. Time comes in by `advance`, AMI events come out;
// the same seed and start give the same bytes, so a restarted demo can pick up where the last one stopped.
import type { AmiAction } from './action-framing.ts';
import { createAgentLife } from './agent-life.ts';
import { startArrivals } from './arrivals.ts';
import { AGENTS, QUEUES } from './floor-plan.ts';
import { membership } from './lines.ts';
import { createManagerDesk } from './manager-desk.ts';
import {
  type AmiEvent,
  type Channel,
  type Member,
  type PhoneMessage,
  type QueueState,
  STATE_NAMES,
  UNKNOWN,
} from './model.ts';
import type { ChannelRow, EntryRow, MemberRow, PbxSnapshot, QueueRow } from './pbx.ts';
import { createPrng } from './prng.ts';
import { createQueueCalls, type QueueCalls } from './queue-calls.ts';
import { epochSeconds, wholeSeconds } from './wire.ts';
import { World } from './world.ts';

export interface CentreOptions {
  seed: number | string;
  /** The centre opens its doors then: everybody at the desk, nobody waiting. */
  startAtMs: number;
}

export interface Centre {
  /** Lives on to `toMs` and tells what happened, in order. */
  advance(toMs: number): AmiEvent[];
  /** What queue_log says of the time lived since this was last asked; byte strings. */
  takeLogLines(): string[];
  /** The rows of the list answers, at the moment last advanced to. */
  snapshot(): PbxSnapshot;
  nowMs(): number;
  /** When something happens next. */
  nextAtMs(): number;
  /** Carries out what the manager asks now, and answers; the events come with the next `advance`. */
  act(action: AmiAction): string | undefined;
  /** What phones were sent, oldest first. */
  messages(): readonly PhoneMessage[];
}

export function createCentre({ seed, startAtMs }: CentreOptions): Centre {
  const world = new World(createPrng(seed), startAtMs, QUEUES, AGENTS);
  const life = createAgentLife(world, () => calls);
  const calls: QueueCalls = createQueueCalls(world, life.afterTalk);
  startArrivals(world, calls.arrive);
  life.start();
  const desk = createManagerDesk(world, () => calls.dispatch());

  return {
    nowMs: () => world.nowMs,
    nextAtMs: () => world.agenda.next() ?? Number.POSITIVE_INFINITY,
    advance: (toMs) => {
      for (let at = world.agenda.next(); at !== undefined && at <= toMs; at = world.agenda.next()) {
        world.nowMs = at;
        world.agenda.take()?.run();
      }
      world.nowMs = Math.max(world.nowMs, toMs);
      return world.takeEvents();
    },
    takeLogLines: () => world.takeLogLines(),
    act: desk,
    messages: () => [...world.messages],
    snapshot: () => ({
      queues: world.queues.map((queue) => queueRow(queue, world.nowMs)),
      channels: [...world.channels.values()].map((channel) => channelRow(channel, world.nowMs)),
    }),
  };
}

function queueRow(q: QueueState, nowMs: number): QueueRow {
  const percent = (part: number, whole: number): string => (whole === 0 ? '0.0' : ((100 * part) / whole).toFixed(1));
  return {
    queue: q.plan.name,
    max: 0,
    strategy: q.plan.strategy,
    holdtime: q.holdtimeS,
    talkTime: q.talktimeS,
    completed: q.completed,
    abandoned: q.abandoned,
    serviceLevel: q.plan.serviceLevelS,
    servicelevelPerf: percent(q.completedInLevel, q.completed),
    servicelevelPerf2: percent(q.completedInLevel + q.abandonedInLevel, q.completed + q.abandoned),
    weight: q.plan.weight,
    members: q.members.map(memberRow),
    entries: q.waiting.map(
      ({ caller, joinedAtMs }, i): EntryRow => ({
        position: i + 1,
        channel: caller.name,
        uniqueid: caller.uniqueid,
        callerIdNum: inEntry(caller.num),
        callerIdName: inEntry(caller.cidName),
        connectedLineNum: inEntry(caller.connNum),
        connectedLineName: inEntry(caller.connName),
        waitS: wholeSeconds(joinedAtMs, nowMs),
        priority: 0,
      }),
    ),
  };
}

/** An unset name is `<unknown>` in events, but `unknown` in QueueEntry. */
const inEntry = (value: string): string => (value === UNKNOWN ? 'unknown' : value);

function memberRow(m: Member): MemberRow {
  return {
    name: m.agent.plan.name,
    location: m.agent.iface,
    stateInterface: m.agent.iface,
    membership: membership(m),
    penalty: m.penalty,
    callsTaken: m.agent.callsTaken,
    lastCall: epochSeconds(m.agent.lastCallMs),
    lastPause: epochSeconds(m.lastPauseMs),
    loginTime: epochSeconds(m.loginMs),
    inCall: m.inCall ? 1 : 0,
    status: m.agent.status,
    paused: m.paused ? 1 : 0,
    pausedReason: m.reason,
    wrapuptime: 0,
  };
}

function channelRow(c: Channel, nowMs: number): ChannelRow {
  return {
    channel: c.name,
    state: c.state,
    stateDesc: STATE_NAMES[c.state],
    callerIdNum: c.num,
    callerIdName: c.cidName,
    connectedLineNum: c.connNum,
    connectedLineName: c.connName,
    language: 'en',
    accountCode: '',
    context: c.context,
    exten: c.exten,
    priority: String(c.priority),
    uniqueid: c.uniqueid,
    linkedid: c.linkedid,
    application: c.application,
    applicationData: c.applicationData,
    durationMs: nowMs - c.createdAtMs,
    bridgeId: c.bridgeId,
  };
}
