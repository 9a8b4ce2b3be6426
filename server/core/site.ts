/**
 * The state of one site: everything the fold remembers. Entities are immutable values that are replaced when they
 * change; the maps that hold them are owned by the fold and updated in place, because copying a map of thousands of
 * agents per event would cost more than the event (docs/adr/0002). Same events in, same state out.
 */
import type { Caller, Device, LeaveOutcome, SourceLostCause } from '../../shared/event.ts';
import type { Counters } from '../../shared/metric.ts';
import type { BusinessDay } from '../../shared/time.ts';
import type { Activity, Presence } from '../../shared/view.ts';

export interface SiteSettings {
  readonly name: string;
  readonly timeZone: string;
  /** Local time, `HH:MM`, at which the business day begins. */
  readonly businessDayStart: string;
  /** Service-level threshold for queues whose source names none. */
  readonly thresholdMs: number;
  readonly shortAbandonMs: number;
}

export type ContactState = 'waiting' | 'talking' | 'finished' | 'left';

/** One visit of a call to a queue. `id` is `${call}|${queue}|${ordinal}`. */
export interface Contact {
  readonly id: string;
  readonly call: string;
  readonly queue: string;
  readonly offeredAt: number;
  readonly caller: Caller;
  readonly state: ContactState;
  /** False when the offer itself was never seen and was concluded from a later event or a snapshot. */
  readonly isOfferSeen: boolean;
  readonly agent: string | null;
  readonly answeredAt: number | null;
  /** When it left the queue or when the talk ended. */
  readonly endedAt: number | null;
  readonly outcome: LeaveOutcome | null;
  /** The end was concluded, not reported: later proof corrects it. */
  readonly isEndInferred: boolean;
  readonly isTransferred: boolean;
  readonly talkMs: number | null;
  readonly holdMs: number;
  readonly heldSince: number | null;
  readonly thresholdMs: number;
  /** What this contact has added to its interval, so that a correction can take it back exactly. */
  readonly counted: Readonly<Partial<Counters>>;
}

/** A ringing of one agent for one contact. Ended offers are kept for a while so that a late duplicate is recognised. */
export interface Offer {
  readonly id: string;
  readonly call: string;
  readonly queue: string;
  readonly agent: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly isNoAnswerCounted: boolean;
}

export interface AgentMembership {
  readonly paused: boolean;
  readonly pauseReason: string;
  readonly penalty: number;
  /** Stamp of the row it came from: an older row is an echo. */
  readonly rowAt: number;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly device: Device;
  readonly deviceAt: number;
  readonly memberships: ReadonlyMap<string, AgentMembership>;
  readonly presence: Presence;
  readonly presenceReason: string;
  readonly presenceSince: number;
  readonly activity: Activity;
  readonly activitySince: number;
  /** Contacts being talked to; more than one only when the source says so. */
  readonly talks: readonly string[];
  readonly offers: readonly string[];
  /** The device was busy with a contact that has ended: not an internal call until it has been free once. */
  readonly isBusyFromContact: boolean;
  /** Closed segments of the business day; with the open segment they add up to the time since `countedFrom`. */
  readonly presenceMs: Readonly<Partial<Record<Presence, number>>>;
  readonly activityMs: Readonly<Partial<Record<Activity, number>>>;
  /** Idle while available: the idle part of occupancy. */
  readonly availableIdleMs: number;
  readonly countedFrom: number;
  readonly answered: number;
  readonly talkMsSum: number;
  readonly ringNoAnswer: number;
}

export interface Queue {
  readonly id: string;
  readonly name: string;
  /** What the source says of this queue; null when it says nothing. */
  readonly thresholdMs: number | null;
  readonly waiting: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
  readonly today: Readonly<Counters>;
  /** Deepest queue per minute of site time: [minute, peak], at most the last 61, oldest first. */
  readonly peaks: readonly (readonly [number, number])[];
}

export interface SourceState {
  readonly id: string;
  readonly state: 'connecting' | 'live' | 'lost';
  /** Server wall clock of the newest proof of life; null before the first. */
  readonly aliveAt: number | null;
  readonly syncedAt: number | null;
  readonly lostAt: number | null;
  readonly cause: SourceLostCause | null;
  readonly bootedAt: number | null;
}

/** What changed since it was last drained. Ids of the entities; intervals as `${queue}|${startAt}`. */
export interface Touched {
  readonly contacts: Set<string>;
  readonly offers: Set<string>;
  readonly agents: Set<string>;
  readonly queues: Set<string>;
  readonly sources: Set<string>;
  readonly intervals: Set<string>;
  isSite: boolean;
}

export interface Site {
  readonly id: string;
  readonly settings: SiteSettings;
  /** Site time of the newest event; never runs backwards. */
  clockAt: number;
  /** Site time minus server wall clock at that event: how far the source's clock stands from ours. */
  clockOffsetMs: number;
  day: BusinessDay | null;
  readonly sources: Map<string, SourceState>;
  readonly queues: Map<string, Queue>;
  readonly agents: Map<string, Agent>;
  readonly contacts: Map<string, Contact>;
  readonly offers: Map<string, Offer>;
  readonly intervals: Map<string, Counters>;
  readonly anomalies: Map<string, number>;
  /** Newest visit of a call to a queue, by `${call}|${queue}`. Derived from contacts. */
  readonly visits: Map<string, string>;
  touched: Touched;
}

const untouched = (): Touched => ({
  contacts: new Set(),
  offers: new Set(),
  agents: new Set(),
  queues: new Set(),
  sources: new Set(),
  intervals: new Set(),
  isSite: false,
});

export function createSite(id: string, settings: SiteSettings): Site {
  return {
    id,
    settings,
    clockAt: 0,
    clockOffsetMs: 0,
    day: null,
    sources: new Map(),
    queues: new Map(),
    agents: new Map(),
    contacts: new Map(),
    offers: new Map(),
    intervals: new Map(),
    anomalies: new Map(),
    visits: new Map(),
    touched: untouched(),
  };
}

/** Hands over what changed and starts a new record. */
export function drainTouched(site: Site): Touched {
  const { touched } = site;
  site.touched = untouched();
  return touched;
}

/** Site time at a server wall-clock instant. */
export const siteTimeAt = (site: Site, wallNow: number): number => Math.max(site.clockAt, wallNow + site.clockOffsetMs);

export function countAnomaly(site: Site, kind: string, count = 1): void {
  site.anomalies.set(kind, (site.anomalies.get(kind) ?? 0) + count);
  site.touched.isSite = true;
}
