/**
 * The rules of the break desk: who may rest now and why not, what is over its time, and which requests are granted in which
 * order. Pure; total. Rules: docs/spec/breaks.md. Instants are the site's clock.
 */
import type { BreakSettings } from './break-setting.ts';
import type { Activity, Presence } from './presence.ts';
import { localTimeOf, MINUTE_MS } from './time.ts';

const HALF_HOUR_MS = 30 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The last fifth of a break is amber. */
const AMBER_SHARE = 0.2;
/**
 * Whoever changed between being there and not so lately may not be in history yet, from which sign-in and last rest are
 * known: nobody is sent to rest on what is only half known.
 */
const JUST_BACK_MS = MINUTE_MS;

/** An agent as the desk needs it. */
export interface BreakAgent {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  readonly presence: Presence;
  readonly presenceReason: string;
  readonly presenceSince: number;
  readonly activity: Activity;
  readonly canTakeCall: boolean;
  /** Null while signed out. */
  readonly signedInSince: number | null;
  /** End of the newest break or meal since then; null without one. */
  readonly restedUntil: number | null;
  /** Of the business day: at work, and on break (meals are not counted). */
  readonly workedMs: number;
  readonly takenMs: number;
}

/** The floor as it is shown now. */
export interface BreakFloor {
  readonly now: number;
  readonly isLive: boolean;
  readonly timeZone: string;
  readonly agents: readonly BreakAgent[];
}

/** A request that is not over. `granted`: on its way to the PBX, or done and not in view yet. */
export interface OpenBreak {
  readonly id: string;
  readonly agent: string;
  readonly reason: string;
  readonly requestedAt: number;
  readonly state: 'requested' | 'granted' | 'onBreak';
}

export interface BreakDay {
  readonly now: number;
  readonly timeZone: string;
  readonly settings: BreakSettings;
  readonly agents: readonly BreakAgent[];
  readonly requests: readonly OpenBreak[];
}

export const WHY_NOT = [
  'signedOut',
  'resting',
  'granted',
  'firstMinutes',
  'justBack',
  'busy',
  'quotaUsed',
  'tooFewFree',
] as const;
export type WhyNot = (typeof WHY_NOT)[number];

export const BREAK_LEVELS = ['normal', 'amber', 'red'] as const;
export type BreakLevel = (typeof BREAK_LEVELS)[number];

export interface BreakPlan {
  /** On break or at a meal, or about to be. */
  readonly used: number;
  /** This half hour and the next two. */
  readonly quota: readonly { readonly startAt: number; readonly people: number }[];
  readonly free: number;
  readonly minFree: number;
  /** Requests that wait, in the order in which they are granted; `whyNot` as if those before it were granted. */
  readonly queue: readonly { readonly request: OpenBreak; readonly whyNot: WhyNot | null }[];
  /** Whether one more person could be sent for the usual reason now, by agent. */
  readonly whyNot: ReadonlyMap<string, WhyNot | null>;
}

export const isAway = ({ presence }: Pick<BreakAgent, 'presence'>): boolean =>
  presence === 'onBreak' || presence === 'meal';

/** Since when somebody has not rested; null for whoever rests or is not there. */
export function unrestedSince(agent: BreakAgent): number | null {
  if (agent.signedInSince === null || isAway(agent)) return null;
  return Math.max(agent.signedInSince, agent.restedUntil ?? 0);
}

export const earnedMs = ({ workedMs }: Pick<BreakAgent, 'workedMs'>, settings: BreakSettings): number =>
  Math.floor((workedMs / HOUR_MS) * settings.restMsPerHour);

export const maxMsOf = (reason: string, { reasons, otherMaxMs }: BreakSettings): number =>
  reasons.find((one) => one.reason === reason)?.maxMs ?? otherMaxMs;

/** What is left of a break, negative when it is over its time. */
export function countdown(since: number, maxMs: number, now: number): { leftMs: number; level: BreakLevel } {
  const leftMs = since + maxMs - now;
  return { leftMs, level: leftMs <= 0 ? 'red' : leftMs <= maxMs * AMBER_SHARE ? 'amber' : 'normal' };
}

/** Half hours of local time. */
export function halfHourStart(at: number, timeZone: string): number {
  const minutes = Number(localTimeOf(at, timeZone).slice(3)) % 30;
  return (Math.floor(at / MINUTE_MS) - minutes) * MINUTE_MS;
}

export function quotaAt(at: number, timeZone: string, { quota, quotaByHalfHour }: BreakSettings): number {
  const from = localTimeOf(halfHourStart(at, timeZone), timeZone);
  return quotaByHalfHour.find((one) => one.from === from)?.people ?? quota;
}

/** Longest unrested first, then whoever asked first. Whoever is not there comes last. */
function inOrder(requests: readonly OpenBreak[], agents: ReadonlyMap<string, BreakAgent>): OpenBreak[] {
  const since = ({ agent: id }: OpenBreak): number => {
    const agent = agents.get(id);
    return (agent && unrestedSince(agent)) ?? Number.MAX_SAFE_INTEGER;
  };
  return requests.toSorted(
    (a, b) => since(a) - since(b) || a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

export function planBreaks({ now, timeZone, settings, agents, requests }: BreakDay): BreakPlan {
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const granted = new Set(requests.filter(({ state }) => state === 'granted').map(({ agent }) => agent));
  const isGoing = (agent: BreakAgent): boolean => granted.has(agent.id) && agent.presence !== 'signedOut';
  const signedIn = agents.filter(({ presence }) => presence !== 'signedOut').length;
  const minFree = Math.max(settings.minFree, Math.ceil(settings.minFreeShare * signedIn));
  let used = agents.filter((agent) => isAway(agent) || isGoing(agent)).length;
  let free = agents.filter((agent) => agent.canTakeCall && !isGoing(agent)).length;
  const starts = { used, free };

  /** A break must also have its place in the half hours into which it reaches. */
  const quotaFor = (reason: string): number => {
    let least = quotaAt(now, timeZone, settings);
    const endAt = now + maxMsOf(reason, settings);
    for (let at = halfHourStart(now, timeZone) + HALF_HOUR_MS; at < endAt; at += HALF_HOUR_MS)
      least = Math.min(least, quotaAt(at, timeZone, settings));
    return least;
  };
  const whyNot = (agent: BreakAgent | undefined, reason: string): WhyNot | null => {
    if (!agent || agent.presence === 'signedOut' || agent.signedInSince === null) return 'signedOut';
    if (isAway(agent)) return 'resting';
    if (granted.has(agent.id)) return 'granted';
    if (now - agent.signedInSince < settings.noRestMs) return 'firstMinutes';
    if (now - agent.presenceSince < JUST_BACK_MS) return 'justBack';
    if (!agent.canTakeCall) return 'busy';
    if (used >= quotaFor(reason)) return 'quotaUsed';
    return free - 1 < minFree ? 'tooFewFree' : null;
  };

  const usual = settings.reasons[0]?.reason ?? '';
  const whyNotByAgent = new Map(agents.map((agent) => [agent.id, whyNot(agent, usual)]));
  const queue = inOrder(
    requests.filter(({ state }) => state === 'requested'),
    byId,
  ).map((request) => {
    const why = whyNot(byId.get(request.agent), request.reason);
    if (why === null) {
      granted.add(request.agent);
      used++;
      free--;
    }
    return { request, whyNot: why };
  });
  const first = halfHourStart(now, timeZone);
  return {
    ...starts,
    quota: [0, 1, 2].map((n) => {
      const startAt = first + n * HALF_HOUR_MS;
      return { startAt, people: quotaAt(startAt, timeZone, settings) };
    }),
    minFree,
    queue,
    whyNot: whyNotByAgent,
  };
}

/** What history knows of somebody who is there now. */
export interface LastRest {
  readonly signedOutUntil: number | null;
  readonly restedUntil: number | null;
}
