/**
 * The state of one site: everything the fold remembers. Entities are immutable values that are replaced when they
 * change; the maps that hold them are owned by the fold and updated in place, because copying a map of thousands of
 * agents per event would cost more than the event (docs/adr/0002). Same events in, same state out.
 */
import type { Caller, Device, LeaveOutcome, SourceLostCause } from '../../shared/event.ts';
import type { Fact, FactOf } from '../../shared/fact.ts';
import type { Activity, Presence } from '../../shared/presence.ts';
import type { AgentSettings, QueueSettings } from '../../shared/setting.ts';
import type { BusinessDay } from '../../shared/time.ts';
import type { Bucket, Tally } from './tally.ts';

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
  /** The source that told of it: only that one's picture can say that it is over. */
  readonly source: string;
  readonly offeredAt: number;
  /** `offeredAt` as it was first known; with `id` it names the contact for ever. */
  readonly openedAt: number;
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
  readonly acwMs: number;
  /** What was in force when it was offered. */
  readonly thresholdMs: number;
  readonly shortAbandonMs: number;
  /** It waits beyond its threshold, so it is a miss already. */
  readonly isOverdue: boolean;
  /** Since when it is held for a ghost; kept out of ratios until a picture shows that it is real. */
  readonly suspectSince: number | null;
  /** When a picture last showed a suspect: it is real. */
  readonly provenAt: number | null;
  /** The PBX's own record of it, once that was read. */
  readonly record: ContactRecord | null;
  /** What this contact has added to its buckets, so that a correction can take it back exactly. */
  readonly counted: Tally;
  /** On the first visit of a call of several: what the call has added to the site's. */
  readonly callCounted: Tally | null;
}

/** What ties a contact to the PBX's own record of it. From then on it does not change any more. */
export interface ContactRecord {
  /** As the log says: with `nth` the identity of the record. */
  readonly offeredAt: number;
  readonly nth: number;
  /** The live event of this offer; null while none came. */
  readonly heardAt: number | null;
}

/** A ringing of one agent for one contact. Ended offers are kept for a while so that a late duplicate is recognised. */
export interface Offer {
  readonly id: string;
  readonly call: string;
  readonly queue: string;
  readonly agent: string;
  readonly source: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly isNoAnswerCounted: boolean;
  /** Identity of the log's record of it. Equal to `id` while no live event came. */
  readonly recordId: string | null;
}

export interface AgentMembership {
  readonly paused: boolean;
  readonly pauseReason: string;
  readonly penalty: number;
  /** The member's own wrap-up time, where the source names one. */
  readonly wrapUpMs: number | null;
  readonly source: string;
  /** Stamp of the row it came from: an older row is an echo. */
  readonly rowAt: number;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly device: Device;
  readonly deviceAt: number;
  /** By queue; changed in place. */
  readonly memberships: Map<string, AgentMembership>;
  readonly presence: Presence;
  readonly presenceReason: string;
  readonly presenceSince: number;
  readonly activity: Activity;
  readonly activitySince: number;
  readonly settings: AgentSettings;
  readonly settingsVersion: number;
  /** Contacts being talked to; more than one only when the source says so. */
  readonly talks: readonly string[];
  readonly offers: readonly string[];
  /** The device was busy with a contact that has ended: not an internal call until it has been free once. */
  readonly isBusyFromContact: boolean;
  /** After-call work of the newest talk; ends by itself, or when anything else begins. */
  readonly work: { readonly contact: string; readonly since: number; readonly until: number } | null;
  /** Since when its state is held for stuck. */
  readonly suspectSince: number | null;
  /** Closed segments of the business day up to `countedFrom`, in the order of PRESENCES and ACTIVITIES. */
  readonly presenceMs: readonly number[];
  readonly activityMs: readonly number[];
  /** Idle while available: the idle part of occupancy. */
  readonly availableIdleMs: number;
  readonly countedFrom: number;
  readonly answered: number;
  readonly handled: number;
  readonly talkMsSum: number;
  readonly holdMsSum: number;
  readonly acwMsSum: number;
  readonly ringNoAnswer: number;
}

export interface Queue {
  readonly id: string;
  readonly name: string;
  /** What the source says of this queue; null when it says nothing. */
  readonly thresholdMs: number | null;
  readonly settings: QueueSettings;
  readonly settingsVersion: number;
  /** Sources whose picture shows it. */
  readonly sources: readonly string[];
  /** Who waits, and who is a member; changed in place, as the maps are. */
  readonly waiting: Set<string>;
  readonly agents: Set<string>;
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
  /** Its clock minus the server's, as of the event with the least delay lately; null before the first. */
  readonly clockOffsetMs: number | null;
  /** Site time of its first word. */
  readonly heardFrom: number;
  /** Site time up to which it has told everything; of a connection as of its last proof of life. */
  readonly toldTo: number | null;
  /** Where a log goes on being read; null for every other source. */
  readonly resume: string | null;
}

/** A period without a living source, in site time. */
export interface Gap {
  readonly source: string;
  readonly startAt: number;
  readonly endAt: number | null;
  readonly cause: SourceLostCause | 'unheard';
  /** The PBX's own log has told what happened in it. */
  readonly isFilled: boolean;
}

export type Correction = Omit<FactOf<'correction'>, 'type'>;

export interface Anomaly {
  readonly today: number;
  readonly total: number;
  readonly newestAt: number;
}

/** The buckets that hold a minute, with the keys that mark them as changed. */
export interface Place {
  readonly minute: number;
  readonly buckets: readonly Bucket[];
  /** The time that each of them covers. */
  readonly spans: readonly (readonly [from: number, to: number])[];
  readonly interval: string | null;
  readonly minuteKey: string | null;
  readonly isToday: boolean;
  /** The record of changes that names these buckets already. */
  markedIn: Touched | null;
}

/** What changed since it was last drained. Ids of the entities; buckets as `${queue}|${startAt}`. */
export interface Touched {
  readonly contacts: Set<string>;
  readonly offers: Set<string>;
  readonly agents: Set<string>;
  readonly queues: Set<string>;
  readonly sources: Set<string>;
  readonly intervals: Set<string>;
  readonly minutes: Set<string>;
  readonly days: Set<string>;
  readonly gaps: Set<string>;
  readonly corrections: Set<number>;
  readonly anomalies: Set<string>;
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
  /** Sums by queue; SITE_ROW is the site, where a call counts once. */
  readonly days: Map<string, Bucket>;
  readonly intervals: Map<string, Bucket>;
  readonly minutes: Map<string, Bucket>;
  /** By `${source}|${startAt}`. */
  readonly gaps: Map<string, Gap>;
  readonly corrections: Map<number, Correction>;
  correctionCount: number;
  readonly anomalies: Map<string, Anomaly>;
  /** Site time of the first live event ever; null while there was none. */
  heardFrom: number | null;
  /** Newest end of a contact that was forgotten without a record of it. */
  forgottenTo: number;
  /** Visits of a call that are remembered, in order. Derived from contacts. */
  readonly calls: Map<string, string[]>;
  /** Where each queue counts in the minute it counted in last; emptied when a minute or a day is over. */
  readonly places: Map<string, Place>;
  /** Agents in after-call work. Derived from agents. */
  readonly working: Set<string>;
  /** When the next waiting contact passes its threshold, at the earliest. Derived from contacts. */
  overdueAt: number;
  touched: Touched;
  outbox: Outbox;
}

/** What the fold tells others: history of what is over. */
export interface Outbox {
  readonly facts: Exclude<Fact, FactOf<'interval'>>[];
  /** Quarter hours whose counters have changed since they were told. */
  readonly intervals: Set<string>;
  /** A minute is over: tell them. */
  isMinuteOver: boolean;
}

const untouched = (): Touched => ({
  contacts: new Set(),
  offers: new Set(),
  agents: new Set(),
  queues: new Set(),
  sources: new Set(),
  intervals: new Set(),
  minutes: new Set(),
  days: new Set(),
  gaps: new Set(),
  corrections: new Set(),
  anomalies: new Set(),
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
    days: new Map(),
    intervals: new Map(),
    minutes: new Map(),
    gaps: new Map(),
    corrections: new Map(),
    correctionCount: 0,
    anomalies: new Map(),
    heardFrom: null,
    forgottenTo: 0,
    calls: new Map(),
    places: new Map(),
    working: new Set(),
    overdueAt: 0,
    touched: untouched(),
    outbox: { facts: [], intervals: new Set(), isMinuteOver: false },
  };
}

/** Everything there is, as if all of it had just changed. */
export const everythingOf = (site: Site): Touched => ({
  contacts: new Set(site.contacts.keys()),
  offers: new Set(site.offers.keys()),
  agents: new Set(site.agents.keys()),
  queues: new Set(site.queues.keys()),
  sources: new Set(site.sources.keys()),
  intervals: new Set(site.intervals.keys()),
  minutes: new Set(site.minutes.keys()),
  days: new Set(site.days.keys()),
  gaps: new Set(site.gaps.keys()),
  corrections: new Set(site.corrections.keys()),
  anomalies: new Set(site.anomalies.keys()),
  isSite: true,
});

/** Hands over what changed and starts a new record. */
export function drainTouched(site: Site): Touched {
  const { touched } = site;
  site.touched = untouched();
  return touched;
}

/** Site time at a server wall-clock instant. */
export const siteTimeAt = (site: Site, wallNow: number): number => Math.max(site.clockAt, wallNow + site.clockOffsetMs);

/** Kinds that a source makes up must not fill the store. */
const MAX_KINDS = 200;

export function countAnomaly(site: Site, kind: string, count = 1): void {
  const name = site.anomalies.has(kind) || site.anomalies.size < MAX_KINDS ? kind : 'other';
  const known = site.anomalies.get(name) ?? { today: 0, total: 0, newestAt: 0 };
  site.anomalies.set(name, {
    today: known.today + count,
    total: known.total + count,
    newestAt: Math.max(known.newestAt, site.clockAt),
  });
  site.touched.anomalies.add(name);
}

const CORRECTIONS_KEPT = 200;

/** Counts a correction and writes down what was corrected; nobody has to take our word for a number. */
export function noteCorrection(site: Site, kind: string, subject: string, before: string, after: string): void {
  countAnomaly(site, kind);
  const number = ++site.correctionCount;
  const correction: Correction = { number, at: site.clockAt, kind, subject, before, after };
  site.corrections.set(number, correction);
  site.touched.corrections.add(number);
  site.outbox.facts.push({ type: 'correction', ...correction });
  const oldest = number - CORRECTIONS_KEPT;
  if (site.corrections.delete(oldest)) site.touched.corrections.add(oldest);
}
