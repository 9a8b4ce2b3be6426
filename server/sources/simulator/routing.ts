// Which member app_queue would ring: the lowest penalty among the free ones, then the queue's strategy.

import type { Member, QueueState, Visit } from './model.ts';
import type { Prng } from './prng.ts';

function isFree(member: Member, nowMs: number): boolean {
  const { agent } = member;
  return agent.doing === 'idle' && !member.paused && agent.wrapEndsAtMs <= nowMs;
}

export function chooseMember(queue: QueueState, visit: Visit, nowMs: number, prng: Prng): Member | undefined {
  const free = queue.members.filter((member) => isFree(member, nowMs));
  // Somebody who just let this caller ring isn't asked again while another could be.
  const fresh = free.filter((member) => !visit.tried.has(member.agent));
  const candidates = fresh.length > 0 ? fresh : free;
  const penalty = Math.min(...candidates.map((member) => member.penalty));
  const best = candidates.filter((member) => member.penalty === penalty);
  const least = (rank: (member: Member) => number): Member | undefined =>
    best.reduce<Member | undefined>((a, b) => (a === undefined || rank(b) < rank(a) ? b : a), undefined);
  switch (queue.plan.strategy) {
    case 'rrmemory':
      return least((member) => member.lastOfferedMs);
    case 'leastrecent':
      return least((member) => member.agent.lastCallMs);
    case 'fewestcalls':
      return least((member) => member.agent.callsTaken);
    case 'random':
      return best.length === 0 ? undefined : prng.pick(best);
    case 'linear':
      return best[0];
  }
}
