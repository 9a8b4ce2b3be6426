// What agents do besides queue calls: breaks with a reason, private calls, signing out and in, a team meeting at once.

import type { Agent } from './model.ts';
import type { QueueCalls } from './queue-calls.ts';
import type { World } from './world.ts';

interface BreakKind {
  reason: string;
  share: number;
  minutes: readonly [low: number, high: number];
}

const SHORT_BREAK: BreakKind = { reason: '小休', share: 0.58, minutes: [5, 9] };
const BREAKS: readonly BreakKind[] = [
  SHORT_BREAK,
  { reason: '午餐', share: 0.12, minutes: [25, 35] },
  { reason: '培训', share: 0.08, minutes: [18, 30] },
  { reason: '会议', share: 0.1, minutes: [10, 20] },
  { reason: '', share: 0.12, minutes: [1, 4] },
];
const MINUTE_MS = 60_000;
const WORK_MINUTES = [48, 96] as const;
/** Breaks are arranged: when this share of the floor is away, the next one waits. */
const MAX_AWAY = 0.19;
const PRIVATE_CALL_EVERY_MINUTES = 80;
const SIGN_OUT_EVERY_MINUTES = [70, 150] as const;
const TEAM_MEETING_EVERY_MINUTES = [70, 110] as const;

export interface AgentLife {
  start(): void;
  /** Called when a talk has ended: a break that waited for it begins. */
  afterTalk(agent: Agent): void;
}

/** `calls` comes late because queue calls in turn report the end of talks to this module. */
export function createAgentLife(world: World, calls: () => QueueCalls): AgentLife {
  const { prng } = world;
  const breakDue = new Set<Agent>();
  const inMinutes = (range: readonly [number, number], run: () => void): void => {
    world.in(prng.between(...range) * MINUTE_MS, run);
  };

  const isAway = (agent: Agent): boolean => agent.members.some((m) => m.paused && m.reason !== 'Auto-Pause');
  const awayShare = (): number => world.agents.filter(isAway).length / world.agents.length;

  function breakTime(agent: Agent): void {
    if (agent.members.length === 0 || isAway(agent)) inMinutes([10, 20], () => breakTime(agent));
    else if (awayShare() >= MAX_AWAY) inMinutes([2, 6], () => breakTime(agent));
    else if (agent.doing === 'ringing') world.in(8000, () => breakTime(agent));
    // Most finish the call first; some press the button in mid-call, and Asterisk lets them.
    else if (agent.doing === 'talking' && prng.chance(0.8)) breakDue.add(agent);
    else takeBreak(agent);
  }

  function takeBreak(agent: Agent): void {
    const kind = drawBreak();
    goAway(agent, kind.reason, prng.between(...kind.minutes) * MINUTE_MS, () => {
      inMinutes(WORK_MINUTES, () => breakTime(agent));
    });
  }

  function drawBreak(): BreakKind {
    let draw = prng.next();
    for (const kind of BREAKS) {
      draw -= kind.share;
      if (draw < 0) return kind;
    }
    return SHORT_BREAK;
  }

  function goAway(agent: Agent, reason: string, lengthMs: number, then: () => void): void {
    for (const member of agent.members) world.setPause(member, true, reason);
    if (prng.chance(0.04)) world.in(lengthMs / 2, () => changeReason(agent));
    world.in(lengthMs, () => {
      comeBack(agent);
      then();
    });
  }

  /** A new reason while paused is one more QueueMemberPause per queue. */
  function changeReason(agent: Agent): void {
    if (!isAway(agent)) return;
    for (const member of agent.members) world.setPause(member, true, '会议');
  }

  function comeBack(agent: Agent): void {
    for (const member of agent.members) if (member.paused) world.setPause(member, false, '');
    calls().dispatch();
  }

  /** A call of one's own, 内线: the device is in use, but InCall stays 0. */
  function privateCall(agent: Agent): void {
    world.in(prng.exponential(PRIVATE_CALL_EVERY_MINUTES) * MINUTE_MS, () => privateCall(agent));
    if (agent.doing !== 'idle' || agent.members.length === 0 || agent.wrapEndsAtMs > world.nowMs) return;
    agent.doing = 'private';
    const self = { num: agent.plan.exten, name: '' };
    const desk = `90${prng.int(10, 19)}`;
    const leg = world.openChannel(agent.iface, undefined, self, { context: 'from-internal', exten: desk });
    Object.assign(leg, { application: 'Dial', applicationData: `PJSIP/${desk},30` });
    world.setStatus(agent, 2);
    const answered = world.in(prng.between(1500, 4000), () => world.newState(leg, 6));
    const end = (request: 'HangupRequest' | 'SoftHangupRequest'): void => {
      answered.cancel();
      over.cancel();
      world.requestHangup(request, leg);
      world.hangUp(leg);
      agent.doing = 'idle';
      world.setStatus(agent, 1);
      calls().dispatch();
    };
    const over = world.in(prng.lognormal(70, 0.6) * 1000 + 4000, () => end('HangupRequest'));
    leg.onManagerHangup = () => end('SoftHangupRequest');
  }

  function signOut(agent: Agent): void {
    if (agent.doing !== 'idle' || isAway(agent) || awayShare() >= MAX_AWAY) {
      inMinutes([1, 3], () => signOut(agent));
      return;
    }
    for (const member of agent.members) world.removeMember(member);
    inMinutes([5, 14], () => signIn(agent));
  }

  function signIn(agent: Agent): void {
    agent.callsTaken = 0;
    agent.lastCallMs = 0;
    for (const member of world.addMembers(agent)) {
      world.log('MANAGER', member.queue.plan.name, agent.iface, 'ADDMEMBER');
      world.emitMember('QueueMemberAdded', member);
    }
    calls().dispatch();
    inMinutes(SIGN_OUT_EVERY_MINUTES, () => signOut(agent));
  }

  /** Half a team leaves at once: the kind of thing that a wallboard must show before the queue does. */
  function teamMeeting(): void {
    inMinutes(TEAM_MEETING_EVERY_MINUTES, teamMeeting);
    const team = prng.pick(world.agents).plan.team;
    const lengthMs = prng.between(5, 8) * MINUTE_MS;
    for (const agent of world.agents) {
      if (agent.plan.team !== team || agent.members.length === 0 || isAway(agent) || !prng.chance(0.5)) continue;
      if (agent.doing !== 'ringing') goAway(agent, '会议', lengthMs, () => {});
    }
  }

  return {
    start: () => {
      for (const agent of world.agents) {
        inMinutes([1, WORK_MINUTES[1]], () => breakTime(agent));
        world.in(prng.exponential(PRIVATE_CALL_EVERY_MINUTES) * MINUTE_MS, () => privateCall(agent));
        if (agent.plan.isDynamic) inMinutes([20, SIGN_OUT_EVERY_MINUTES[1]], () => signOut(agent));
      }
      inMinutes([35, 70], teamMeeting);
    },
    afterTalk: (agent) => {
      if (breakDue.delete(agent)) breakTime(agent);
    },
  };
}
