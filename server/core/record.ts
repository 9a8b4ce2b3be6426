/**
 * The PBX's own record of a visit, read from its log, against what live events told of it. The record is the highest proof:
 * it puts every figure to the log's whole seconds, and a visit that nobody saw comes into being, finished (docs/adr/0006).
 *
 * Log and events arrive in any order. What must hold whatever it is: one contact per record; an event that only repeats what a
 * record has settled changes nothing; an event about anything else is judged as if there were no log.
 */
import type { EventOf } from '../../shared/event.ts';
import { agentOfName } from './agent-name.ts';
import { type ContactEvent, isAnswered } from './contact.ts';
import { putContact } from './counting.ts';
import { isBeyondMemory, LOG_SLACK_MS } from './memory.ts';
import { type Contact, countAnomaly, noteCorrection, type Site } from './site.ts';
import { changeContact, newContact, newestVisit, visitsOf } from './visit.ts';

type Recorded = EventOf<'contact.recorded'>;

export function recordContact(site: Site, event: Recorded, source: string): void {
  const visits = visitsOf(site, event.call, event.queue);
  if (visits.some((visit) => isRecordOf(visit, event))) return;
  const seen = visitTold(site, visits, event);
  if (seen) settle(site, seen, event, source);
  else if (!isBeyondMemory(site, event.at, source)) addUnseen(site, event, source);
}

/**
 * The visit that a record tells of. One that only is alike does not stay with a record once that comes which meets it in time:
 * the clocks are not apart then, and the other record tells of a visit that nobody saw.
 */
function visitTold(site: Site, visits: readonly Contact[], event: Recorded): Contact | undefined {
  return (
    visits.find((visit) => visit.record === null && isMet(visit, event)) ??
    visits.find((visit) => visit.record === null && isAlike(site, visit, event)) ??
    visits.find((visit) => isHeldApart(visit) && isMet(visit, event))
  );
}

function settle(site: Site, seen: Contact, event: Recorded, source: string): void {
  const displaced = recordedOf(site, seen);
  const isNear = isMet(seen, event);
  if (!isNear) countAnomaly(site, 'log.clockApart');
  const after = settled(site, seen, event, isNear ? event.offeredAt : seen.offeredAt);
  if (seen.state !== 'waiting' && classOf(seen) !== classOf(after))
    noteCorrection(site, `corrected ${classOf(seen)} by the log`, seen.id, classOf(seen), classOf(after));
  changeContact(site, seen, after, event.at);
  if (!displaced) return;
  const other = visitTold(site, visitsOf(site, event.call, event.queue), displaced);
  if (other) settle(site, other, displaced, source);
  else addUnseen(site, displaced, source);
}

function addUnseen(site: Site, event: Recorded, source: string): void {
  const caller = { number: event.callerNumber, name: null };
  const unseen = newContact(site, { ...event, source, caller, isOfferSeen: false });
  changeContact(site, unseen, settled(site, unseen, event, event.offeredAt), event.at);
}

const classOf = (contact: Contact): string => (isAnswered(contact) ? 'answered' : (contact.outcome ?? contact.state));

const isRecordOf = ({ record }: Contact, { offeredAt, nth }: Recorded): boolean =>
  record?.offeredAt === offeredAt && record.nth === nth;

/** Record and visit meet in time. Visits are tried oldest first, and the log tells them in that order too. */
function isMet(visit: Contact, { offeredAt, at }: Recorded): boolean {
  if (visit.offeredAt < offeredAt - LOG_SLACK_MS) return false;
  // An offer that nobody saw was put where something else proved it: anywhere within the visit.
  return visit.offeredAt <= (visit.isOfferSeen ? offeredAt : at) + LOG_SLACK_MS;
}

/** A record that does not meet the visit in time has been taken for its own. */
const isHeldApart = ({ record, offeredAt }: Contact): boolean => record !== null && record.offeredAt !== offeredAt;

/**
 * Where events carry no stamp and the clock of the PBX is off, times do not meet. The same call with the same end, told by
 * the same agent, is taken for the same visit rather than counted twice.
 */
function isAlike(site: Site, visit: Contact, { outcome, agentName, waitMs }: Recorded): boolean {
  if (!visit.isOfferSeen) return false;
  if (outcome !== 'answered') {
    const isLike = visit.outcome === outcome || (visit.outcome === 'leftOther' && outcome === 'timedOut');
    return isLike && isClose((visit.endedAt ?? 0) - visit.offeredAt, waitMs);
  }
  if (visit.agent === null || visit.answeredAt === null) return false;
  return site.agents.get(visit.agent)?.name === agentName && isClose(visit.answeredAt - visit.offeredAt, waitMs);
}

const isClose = (ms: number, reportedMs: number | null): boolean =>
  reportedMs !== null && Math.abs(ms - reportedMs) <= LOG_SLACK_MS;

function settled(site: Site, visit: Contact, event: Recorded, offeredAt: number): Contact {
  const { outcome, waitMs, talkMs, nth } = event;
  const shiftMs = offeredAt - event.offeredAt;
  const heardAt = visit.isOfferSeen ? visit.offeredAt : null;
  const contact: Contact = {
    ...visit,
    offeredAt,
    isEndInferred: false,
    record: { offeredAt: event.offeredAt, nth, heardAt },
  };
  if (outcome !== 'answered') {
    const endedAt = waitMs === null ? event.at + shiftMs : offeredAt + waitMs;
    return {
      ...contact,
      state: 'left',
      outcome,
      endedAt,
      agent: null,
      answeredAt: null,
      talkMs: null,
      isTransferred: false,
      holdMs: 0,
      heldSince: null,
    };
  }
  return {
    ...contact,
    state: 'finished',
    outcome: null,
    agent: event.agentName === null ? visit.agent : agentOfName(site, event.agentName, visit.agent),
    answeredAt: waitMs === null ? null : offeredAt + waitMs,
    endedAt: event.at + shiftMs,
    talkMs,
    isTransferred: event.endedBy === 'transfer',
  };
}

/** The record that a visit was settled by, as the log had told it. */
function recordedOf(site: Site, visit: Contact): Recorded | null {
  const { record, call, queue, offeredAt, outcome, agent, talkMs } = visit;
  if (record === null) return null;
  const endedAt = visit.endedAt ?? offeredAt;
  return {
    type: 'contact.recorded',
    at: endedAt - offeredAt + record.offeredAt,
    call,
    queue,
    offeredAt: record.offeredAt,
    nth: record.nth,
    callerNumber: visit.caller.number,
    outcome: outcome ?? 'answered',
    agentName: agent === null ? null : (site.agents.get(agent)?.name ?? agent),
    waitMs: (visit.answeredAt ?? endedAt) - offeredAt,
    talkMs,
    endedBy: visit.isTransferred ? 'transfer' : 'unknown',
  };
}

/** True for a live event that a record has made old news. */
export function isRecordEcho(site: Site, event: ContactEvent): boolean {
  if (event.call === null) return isLooseEcho(site, event);
  const visits = visitsOf(site, event.call, event.queue);
  if (!visits.some(({ record }) => record !== null)) return false;
  if (event.type === 'contact.offered') return isOfferEcho(site, visits, event);
  const newest = visits.at(-1);
  if (newest?.record === null && newest.offeredAt <= event.at) return false;
  // Older than the newest: of a visit that is over, and maybe forgotten.
  if (newest && event.at < newest.offeredAt - LOG_SLACK_MS) return true;
  return visits.some((visit) => visit.record !== null && isWithin(visit, event.at));
}

const isWithin = ({ offeredAt, endedAt }: Contact, at: number): boolean =>
  at >= offeredAt - LOG_SLACK_MS && at <= (endedAt ?? offeredAt) + LOG_SLACK_MS;

/** The first hearing of an offer that the log had told of already, or its repetition. */
function isOfferEcho(site: Site, visits: readonly Contact[], event: EventOf<'contact.offered'>): boolean {
  const heardAt = (visit: Contact) =>
    visit.record ? visit.record.heardAt : visit.isOfferSeen ? visit.offeredAt : null;
  if (visits.some((visit) => heardAt(visit) === event.at)) return true;
  const told = visits.find(
    ({ record }) => record?.heardAt === null && Math.abs(event.at - record.offeredAt) <= LOG_SLACK_MS,
  );
  if (!told?.record) return false;
  putContact(site, { ...told, caller: event.caller, isOfferSeen: true, record: { ...told.record, heardAt: event.at } });
  return true;
}

/** The end of a talk that names no call: known by its agent, its queue, its time and its length. */
function isLooseEcho(site: Site, event: ContactEvent): boolean {
  if (event.type !== 'contact.finished') return false;
  for (const { record, agent, queue, endedAt, talkMs } of site.contacts.values()) {
    if (record === null || agent !== event.agent || queue !== event.queue) continue;
    if (Math.abs((endedAt ?? 0) - event.at) > LOG_SLACK_MS) continue;
    if (event.reportedTalkMs === null || isClose(event.reportedTalkMs, talkMs)) return true;
  }
  return false;
}

/** The newest visit is settled, so an event that is no echo is about one that nobody has told of yet. */
export const isSettled = (site: Site, { call, queue }: ContactEvent): boolean =>
  call !== null && (newestVisit(site, call, queue)?.record ?? null) !== null;
