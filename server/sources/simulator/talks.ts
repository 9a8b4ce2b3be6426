// Conversations: from the moment a member answers a caller to its end, with holds and transfers in between.
import { channelLines, legLines } from './lines.ts';
import type { Agent, Channel, Member, QueueState, Talk, TalkEnd, Visit } from './model.ts';
import { planTransfer } from './transfers.ts';
import { wholeSeconds } from './wire.ts';
import type { World } from './world.ts';

export interface TalkDesk {
  /** Somebody may be free now. */
  dispatch(): void;
  join(caller: Channel, queue: QueueState): void;
  afterTalk(agent: Agent): void;
}

const HOLD = 0.12;
const TALK_LN_SD = 1;
const TALK_MIN_S = 4;
const TALK_MAX_S = 1500;

/** Returns what begins a talk; the caller has just left the queue, and the member's phone is up. */
export function createTalks(world: World, desk: TalkDesk): (visit: Visit, member: Member, leg: Channel) => void {
  const { prng } = world;

  function begin(visit: Visit, member: Member, leg: Channel): void {
    const { agent, queue } = member;
    const ringTimeS = Math.floor((world.nowMs - leg.createdAtMs) / 1000);
    const holdTimeS = wholeSeconds(visit.joinedAtMs, world.nowMs);
    agent.doing = 'talking';
    world.log(visit.caller.uniqueid, queue.plan.name, agent.plan.name, 'CONNECT', holdTimeS, leg.uniqueid, ringTimeS);
    member.inCall = true;
    world.emit(
      'AgentConnect',
      'agent',
      `${legLines(visit, member, leg)}HoldTime: ${holdTimeS}\r\nRingTime: ${ringTimeS}\r\n`,
    );
    const bridgeId = world.newBridgeId();
    const talk: Talk = { visit, member, leg, bridgeId, startedAtMs: world.nowMs, holdTimeS, isOver: false };
    world.enterBridge(bridgeId, leg, 1);
    world.enterBridge(bridgeId, visit.caller, 2);
    world.in(prng.between(5, 70), () => {
      if (!talk.isOver) world.setStatus(agent, 2);
    });
    queue.holdtimeS = average(queue.holdtimeS, holdTimeS);
    visit.caller.onManagerHangup = () => finish(talk, 'caller', 'SoftHangupRequest');
    leg.onManagerHangup = () => finish(talk, 'agent', 'SoftHangupRequest');
    converse(talk);
  }

  function converse(talk: Talk): void {
    const meanS = talk.visit.queue.plan.talkMeanS;
    const lengthS = Math.min(TALK_MAX_S, Math.max(TALK_MIN_S, prng.lognormal(meanS, TALK_LN_SD)));
    if (prng.chance(HOLD) && lengthS > 30) {
      const startS = lengthS * prng.between(0.2, 0.5);
      const heldS = Math.min(prng.between(10, 50), lengthS - startS - 3);
      world.in(startS * 1000, () => hold(talk, true));
      world.in((startS + heldS) * 1000, () => hold(talk, false));
    }
    if (planTransfer(world, talk, lengthS, { finish, join: desk.join })) return;
    const reason: TalkEnd = prng.chance(0.45) ? 'agent' : 'caller';
    world.in(lengthS * 1000, () => finish(talk, reason));
  }

  function hold(talk: Talk, on: boolean): void {
    if (talk.isOver) return;
    world.emit(on ? 'Hold' : 'Unhold', 'call', channelLines(talk.leg));
    world.setStatus(talk.member.agent, on ? 8 : 2);
  }

  function finish(talk: Talk, reason: TalkEnd, request: 'HangupRequest' | 'SoftHangupRequest' = 'HangupRequest'): void {
    if (talk.isOver) return;
    talk.isOver = true;
    const { member, leg, visit } = talk;
    const { caller, queue } = visit;
    const { agent } = member;
    const statusFirst = prng.chance(0.5);
    if (reason === 'transfer') {
      world.leaveBridge(leg, 1);
    } else {
      const [first, second] = reason === 'agent' ? [leg, caller] : [caller, leg];
      world.requestHangup(request, first);
      world.leaveBridge(first, 1);
      world.leaveBridge(second, 0);
    }
    const talkTimeS = wholeSeconds(talk.startedAtMs, world.nowMs);
    caller.onManagerHangup = undefined;
    member.inCall = false;
    agent.doing = 'idle';
    agent.callsTaken++;
    agent.lastCallMs = world.nowMs;
    agent.wrapEndsAtMs = world.nowMs + queue.plan.wrapUpS * 1000;
    queue.talktimeS = average(queue.talktimeS, talkTimeS);
    queue.completed++;
    if (talk.holdTimeS <= queue.plan.serviceLevelS) queue.completedInLevel++;
    logEnd(talk, talkTimeS, reason);
    if (statusFirst) world.setStatus(agent, 1);
    emitComplete(talk, talkTimeS, reason);
    world.hangUp(leg);
    if (reason !== 'transfer') world.hangUp(caller);
    // A transferred caller lives on, no longer in Queue().
    else Object.assign(caller, { application: '', applicationData: '' });
    world.setStatus(agent, 1);
    world.in(queue.plan.wrapUpS * 1000, desk.dispatch);
    desk.afterTalk(agent);
  }

  function logEnd({ visit, member, holdTimeS, transfer }: Talk, talkTimeS: number, reason: TalkEnd): void {
    const figures = [holdTimeS, talkTimeS, visit.originalPosition];
    const end = reason === 'agent' ? 'COMPLETEAGENT' : 'COMPLETECALLER';
    const what = reason === 'transfer' && transfer ? transfer : [end];
    const [event = '', ...target] = what;
    world.log(visit.caller.uniqueid, visit.queue.plan.name, member.agent.plan.name, event, ...target, ...figures);
  }

  /** Where a leg is already gone, Asterisk leaves its channel out of AgentComplete: 6 % in the capture. */
  function emitComplete(talk: Talk, talkTimeS: number, reason: TalkEnd): void {
    const { visit, member, leg } = talk;
    const draw = reason === 'transfer' ? 1 : prng.next();
    const lines = legLines(visit, member, leg, { caller: draw > 0.02, leg: draw > 0.04 });
    world.emit(
      'AgentComplete',
      'agent',
      `${lines}HoldTime: ${talk.holdTimeS}\r\nTalkTime: ${talkTimeS}\r\nReason: ${reason}\r\n`,
    );
  }

  return begin;
}

/** Asterisk's moving average of hold and talk times: integers, weight 1/4. */
const average = (old: number, value: number): number => (old * 4 - old + value) >> 2;
