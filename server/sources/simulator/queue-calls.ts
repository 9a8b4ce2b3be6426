// What callers live through in a queue: they join, phones ring for them, and they are answered, give up, time out or leave
// by key.
import { drawCaller, type QueuePlan } from './floor-plan.ts';
import { callerLines, channelLines, dialLines, legLines } from './lines.ts';
import { type Agent, type Channel, type Member, type QueueState, UNKNOWN, type Visit } from './model.ts';
import { chooseMember } from './routing.ts';
import { createTalks } from './talks.ts';
import { wholeSeconds } from './wire.ts';
import type { World } from './world.ts';

export interface QueueCalls {
  /** A new call from outside for this queue. */
  arrive(queue: QueueState): void;
  /** Somebody became free: every queue looks for work for him, the weightiest and longest-waiting first. */
  dispatch(): void;
}

const PATIENCE_MEAN_S = 180;
const RING_NO_ANSWER = 0.03;
const WANTS_KEY_EXIT = 0.05;

export function createQueueCalls(world: World, afterTalk: (agent: Agent) => void): QueueCalls {
  const { prng } = world;

  function arrive(queue: QueueState): void {
    const caller = world.openChannel('PJSIP/trunk', undefined, drawCaller(prng, queue.plan.name), {
      context: 'from-trunk',
      exten: queue.plan.exten,
    });
    world.newState(caller, 6);
    // The greeting before the queue; nobody hangs up in it.
    world.in(prng.between(1200, 4200), () => {
      if (world.channels.has(caller.uniqueid)) join(caller, queue);
    });
  }

  function join(caller: Channel, queue: QueueState): void {
    Object.assign(caller, { context: 'from-trunk', exten: queue.plan.exten, priority: 2 });
    caller.application = 'Queue';
    caller.applicationData = applicationData(queue.plan);
    const visit: Visit = {
      queue,
      caller,
      joinedAtMs: world.nowMs,
      originalPosition: queue.waiting.length + 1,
      retryAtMs: 0,
      tried: new Set(),
      settle: [],
      offer: undefined,
    };
    queue.waiting.push(visit);
    caller.onManagerHangup = () => abandon(visit, 'SoftHangupRequest');
    world.emit('QueueCallerJoin', 'agent', callerLines(visit, visit.originalPosition, queue.waiting.length));
    world.log(caller.uniqueid, queue.plan.name, 'NONE', 'ENTERQUEUE', '', loggedNumber(caller), visit.originalPosition);
    const later = (seconds: number, run: () => void): void => {
      const planned = world.in(seconds * 1000, run);
      visit.settle.push(() => planned.cancel());
    };
    later(prng.exponential(PATIENCE_MEAN_S), () => abandon(visit));
    if (queue.plan.maxWaitS !== undefined) later(queue.plan.maxWaitS, () => timeOut(visit));
    if (prng.chance(WANTS_KEY_EXIT)) later(prng.between(8, 40), () => exitByKey(visit));
    dispatchQueue(queue);
  }

  /** Takes the visit out of its queue, for good; returns the place it had. */
  function leave(visit: Visit): number {
    for (const settle of visit.settle) settle();
    const index = visit.queue.waiting.indexOf(visit);
    visit.queue.waiting.splice(index, 1);
    visit.caller.application = '';
    visit.caller.applicationData = '';
    visit.caller.onManagerHangup = undefined;
    return index + 1;
  }

  const placeOf = (visit: Visit): number => visit.queue.waiting.indexOf(visit) + 1;
  const waitedS = (visit: Visit): number => wholeSeconds(visit.joinedAtMs, world.nowMs);

  function abandon(visit: Visit, request: 'HangupRequest' | 'SoftHangupRequest' = 'HangupRequest'): void {
    world.requestHangup(request, visit.caller);
    logLeave(visit, 'ABANDON');
    emitAbandon(visit);
    cancelOffer(visit);
    world.hangUp(visit.caller);
    dispatch();
  }

  /** Asterisk says QueueCallerAbandon for a timeout too; only the missing hang-up request tells them apart. */
  function timeOut(visit: Visit): void {
    cancelOffer(visit);
    logLeave(visit, 'EXITWITHTIMEOUT');
    emitAbandon(visit);
    Object.assign(visit.caller, { context: 'voicemail', exten: 's', priority: 1 });
    hangUpLater(visit.caller, prng.between(4, 40));
    dispatch();
  }

  function logLeave(visit: Visit, event: string, ...key: string[]): void {
    const figures = [...key, placeOf(visit), visit.originalPosition, waitedS(visit)];
    world.log(visit.caller.uniqueid, visit.queue.plan.name, 'NONE', event, ...figures);
  }

  function emitAbandon(visit: Visit): void {
    const { queue } = visit;
    const lines = `${channelLines(visit.caller)}Queue: ${queue.plan.name}\r\nPosition: ${placeOf(visit)}\r\nOriginalPosition: ${visit.originalPosition}\r\nHoldTime: ${waitedS(visit)}\r\n`;
    world.emit('QueueCallerAbandon', 'agent', lines);
    queue.abandoned++;
    if (waitedS(visit) <= queue.plan.serviceLevelS) queue.abandonedInLevel++;
    emitLeave(visit);
  }

  function exitByKey(visit: Visit): void {
    cancelOffer(visit);
    logLeave(visit, 'EXITWITHKEY', '1');
    Object.assign(visit.caller, { context: 'queue-exit', exten: '1', priority: 0 });
    emitLeave(visit);
    hangUpLater(visit.caller, prng.between(2, 25));
    dispatch();
  }

  function emitLeave(visit: Visit): void {
    const place = leave(visit);
    world.emit('QueueCallerLeave', 'agent', callerLines(visit, place, visit.queue.waiting.length));
  }

  function hangUpLater(channel: Channel, seconds: number): void {
    world.in(seconds * 1000, () => {
      world.requestHangup('SoftHangupRequest', channel);
      world.hangUp(channel);
    });
  }

  function dispatch(): void {
    const busy = world.queues.filter((queue) => queue.waiting.length > 0);
    const headJoinedAt = (queue: QueueState): number => queue.waiting[0]?.joinedAtMs ?? 0;
    busy.sort((a, b) => b.plan.weight - a.plan.weight || headJoinedAt(a) - headJoinedAt(b));
    for (const queue of busy) dispatchQueue(queue);
  }

  function dispatchQueue(queue: QueueState): void {
    for (const visit of [...queue.waiting]) {
      if (visit.offer !== undefined || visit.retryAtMs > world.nowMs) continue;
      const member = chooseMember(queue, visit, world.nowMs, prng);
      if (member === undefined) return;
      offer(visit, member);
    }
  }

  function offer(visit: Visit, member: Member): void {
    const { agent, queue } = member;
    const { caller } = visit;
    agent.doing = 'ringing';
    member.lastOfferedMs = world.nowMs;
    const leg = world.openChannel(agent.iface, caller, { num: '', name: '' }, { context: 'from-internal', exten: '' });
    Object.assign(leg, { num: queue.plan.exten, exten: queue.plan.exten, application: 'AppQueue' });
    Object.assign(leg, { connNum: caller.num, connName: caller.cidName, applicationData: '(Outgoing Line)' });
    visit.offer = { member, leg };
    world.emit('AgentCalled', 'agent', legLines(visit, member, leg));
    world.emit('DialBegin', 'call', `${dialLines(caller, leg)}DialString: ${agent.iface}\r\n`);

    const rings = world.in(prng.between(40, 160), () => {
      world.newState(leg, 5);
      world.setStatus(agent, 6);
    });
    const outcome = prng.chance(RING_NO_ANSWER)
      ? world.in(queue.plan.ringTimeoutS * 1000, () => giveUpRinging(visit, member, leg))
      : world.in(prng.between(2000, 6000), () => answer(visit, member, leg));
    visit.settle = [...visit.settle, () => rings.cancel(), () => outcome.cancel()];
    leg.onManagerHangup = () => {
      rings.cancel();
      outcome.cancel();
      giveUpRinging(visit, member, leg);
    };
  }

  /** The caller is gone while a phone rings for him. */
  function cancelOffer(visit: Visit): void {
    const { offer } = visit;
    if (offer === undefined) return;
    visit.offer = undefined;
    for (const settle of visit.settle) settle();
    const { uniqueid } = visit.caller;
    const ringMs = world.nowMs - offer.leg.createdAtMs;
    world.log(uniqueid, visit.queue.plan.name, offer.member.agent.plan.name, 'RINGCANCELED', ringMs);
    endDial(visit.caller, offer.leg, 'CANCEL');
    if (prng.chance(0.1)) endDial(visit.caller, offer.leg, 'CANCEL');
    stopRinging(offer.member.agent, offer.leg, 0);
  }

  function giveUpRinging(visit: Visit, member: Member, leg: Channel): void {
    const { plan } = visit.queue;
    visit.offer = undefined;
    visit.tried.add(member.agent);
    visit.retryAtMs = world.nowMs + plan.retryS * 1000;
    world.log(visit.caller.uniqueid, plan.name, member.agent.plan.name, 'RINGNOANSWER', plan.ringTimeoutS * 1000);
    world.emit(
      'AgentRingNoAnswer',
      'agent',
      `${legLines(visit, member, leg)}RingTime: ${plan.ringTimeoutS * 1000}\r\n`,
    );
    if (plan.autoPause) autoPause(member);
    endDial(visit.caller, leg, 'NOANSWER');
    endDial(visit.caller, leg, 'CANCEL');
    stopRinging(member.agent, leg, 0);
    world.in(plan.retryS * 1000, dispatch);
    dispatch();
  }

  function autoPause(member: Member): void {
    world.setPause(member, true, 'Auto-Pause');
    world.in(prng.between(40_000, 120_000), () => {
      if (!member.agent.members.includes(member) || member.reason !== 'Auto-Pause') return;
      world.setPause(member, false, '');
      dispatch();
    });
  }

  function stopRinging(agent: Agent, leg: Channel, cause: 0 | 16): void {
    agent.doing = 'idle';
    world.hangUp(leg, cause);
    world.setStatus(agent, 1);
  }

  function endDial(caller: Channel, leg: Channel, status: string): void {
    world.emit('DialEnd', 'call', `${dialLines(caller, leg)}DialStatus: ${status}\r\n`);
  }

  function answer(visit: Visit, member: Member, leg: Channel): void {
    const { caller } = visit;
    const { application, applicationData } = caller;
    visit.offer = undefined;
    leg.onManagerHangup = undefined;
    world.newState(leg, 6);
    endDial(caller, leg, 'ANSWER');
    emitLeave(visit);
    // A caller who talks to a member still executes Queue().
    Object.assign(caller, { application, applicationData });
    beginTalk(visit, member, leg);
  }

  const beginTalk = createTalks(world, { dispatch, join, afterTalk });
  return { arrive, dispatch };
}

const loggedNumber = ({ num }: Channel): string => (num === UNKNOWN ? '' : num);
const applicationData = (plan: QueuePlan): string => `${plan.name},t,,,${plan.maxWaitS ?? ''}`;
