/**
 * The life of a contact (one visit of a call to a queue) as a total table, and what it adds to the counters.
 *
 * Rules (docs/spec/contact.md): an event older than the visit belongs to an earlier one; a duplicate changes nothing;
 * an end that was only inferred gives way to proof; counters are always the sum of `tallyOf` over contacts.
 */
import type { EventOf } from '../../shared/event.ts';
import type { Contact, ContactState } from './site.ts';
import { at, emptyTally, type Tally } from './tally.ts';

export type ContactEvent = EventOf<'contact.offered' | 'contact.answered' | 'contact.left' | 'contact.finished'>;

/** `apply` moves on, `stay` is a duplicate or a late echo, `correct` replaces an inferred end, `anomaly` is impossible. */
type Verdict = 'apply' | 'stay' | 'correct' | 'newVisit' | 'anomaly';
type Cell = (contact: Contact, event: ContactEvent) => Verdict;

const apply: Cell = () => 'apply';
const correctIfInferred: Cell = (contact) => (contact.isEndInferred ? 'correct' : 'anomaly');
/** An end that echoes what is known is a duplicate; a stamp after the end would be a second life. */
const stayUnlessLater: Cell = (contact, event) => (event.at <= (contact.endedAt ?? 0) ? 'stay' : 'anomaly');
/**
 * A second offer of a visit that began at a known instant is its echo unless it is later: a call may come back to the
 * same queue within the millisecond in which its talk ended. A visit that was only concluded takes its start from it.
 */
const offeredAgain: Cell = (contact, event) => {
  if (contact.isOfferSeen) return event.at > contact.offeredAt ? 'newVisit' : 'stay';
  return event.at <= (contact.answeredAt ?? contact.endedAt ?? event.at) ? 'correct' : 'newVisit';
};

/**
 * A talk's end without its beginning proves an answer that was missed, if the talk fits behind the offer; else it is the
 * echo of an earlier visit's end. Reported talk times are whole seconds.
 */
const finishedUnanswered: Cell = (contact, event) =>
  event.type === 'contact.finished' &&
  event.reportedTalkMs !== null &&
  event.at - event.reportedTalkMs >= contact.offeredAt - 1_000
    ? 'apply'
    : 'stay';

/** Proof replaces a conclusion, and a conclusion that says how replaces one that only says gone. */
const leftAgain: Cell = (contact, event) => {
  if (!contact.isEndInferred || event.type !== 'contact.left') return 'stay';
  return !event.isInferred || (contact.outcome === 'unknown' && event.outcome !== 'unknown') ? 'correct' : 'stay';
};

/** Every state against every event: a new one of either does not compile until all its cells are decided. */
export const CONTACT_TABLE: Record<ContactState, Record<ContactEvent['type'], Cell>> = {
  waiting: {
    'contact.offered': (contact) => (contact.isOfferSeen ? 'stay' : 'correct'),
    'contact.answered': apply,
    'contact.left': apply,
    'contact.finished': finishedUnanswered,
  },
  talking: {
    'contact.offered': offeredAgain,
    'contact.answered': (contact, event) => {
      if (contact.answeredAt === null) return 'correct';
      return event.at <= contact.answeredAt ? 'stay' : 'anomaly';
    },
    'contact.left': (contact, event) => (event.at <= (contact.answeredAt ?? event.at) ? 'stay' : 'anomaly'),
    'contact.finished': (contact, event) => (event.at < (contact.answeredAt ?? 0) ? 'stay' : 'apply'),
  },
  finished: {
    'contact.offered': offeredAgain,
    'contact.answered': stayUnlessLater,
    'contact.left': stayUnlessLater,
    'contact.finished': (contact) => (contact.isEndInferred ? 'correct' : 'stay'),
  },
  left: {
    'contact.offered': offeredAgain,
    'contact.answered': correctIfInferred,
    'contact.left': leftAgain,
    'contact.finished': correctIfInferred,
  },
};

export function judge(contact: Contact, event: ContactEvent): Verdict {
  if (event.at < contact.offeredAt && event.type !== 'contact.offered') {
    // Older than this visit: an echo of the visit before, unless the offer's own time was only estimated.
    if (contact.isOfferSeen) return 'stay';
  }
  return CONTACT_TABLE[contact.state][event.type](contact, event);
}

/** The contact after an event that `judge` let through. */
export function applyToContact(contact: Contact, event: ContactEvent): Contact {
  switch (event.type) {
    case 'contact.offered':
      return { ...contact, offeredAt: event.at, caller: event.caller, isOfferSeen: true };
    case 'contact.answered':
      return { ...contact, ...REOPENED, state: 'talking', agent: event.agent, answeredAt: event.at };
    case 'contact.left':
      return { ...contact, state: 'left', endedAt: event.at, outcome: event.outcome, isEndInferred: event.isInferred };
    case 'contact.finished': {
      const answeredAt = contact.answeredAt ?? (event.reportedTalkMs === null ? null : event.at - event.reportedTalkMs);
      const talkMs = contact.answeredAt === null ? event.reportedTalkMs : Math.max(0, event.at - contact.answeredAt);
      return {
        ...contact,
        state: 'finished',
        outcome: null,
        agent: contact.agent ?? event.agent,
        // An answer that was only inferred keeps an unknown wait: the talk's length does not say how long it waited.
        answeredAt: contact.state === 'talking' ? contact.answeredAt : answeredAt,
        endedAt: event.at,
        talkMs,
        isTransferred: event.endedBy === 'transfer',
        isEndInferred: event.endedBy === 'unknown',
      };
    }
  }
}

const REOPENED = { endedAt: null, outcome: null, isEndInferred: false } as const;

export const isAnswered = (contact: Contact): boolean => contact.state === 'talking' || contact.state === 'finished';

/** A hold that ran when the talk ended in a way that is only concluded: it stays open, for the proof to end it. */
const unprovedHoldMs = ({ isEndInferred, talkMs, heldSince, endedAt }: Contact): number =>
  isEndInferred && talkMs !== null && heldSince !== null && endedAt !== null ? Math.max(0, endedAt - heldSince) : 0;

/**
 * What one contact adds to the counters of the buckets in which it was offered. A wait that nobody saw (answered while the
 * source was away) counts as answered but adds neither to the wait sum nor to the threshold counts; a contact that is
 * suspected of being a ghost says nothing of the threshold either.
 */
export function tallyOf(contact: Contact): Tally {
  const tally = emptyTally();
  tally[at.offered] = 1;
  if (isAnswered(contact)) {
    tally[at.answered] = 1;
    if (contact.answeredAt === null) {
      tally[at.waitUnseen] = 1;
      tally[at.undecided] = 1;
    } else {
      const waitMs = Math.max(0, contact.answeredAt - contact.offeredAt);
      tally[at.waitMsSum] = waitMs;
      tally[at.waitMsMax] = waitMs;
      if (waitMs <= contact.thresholdMs) tally[at.answeredInThreshold] = 1;
    }
    if (contact.state === 'finished' && contact.talkMs !== null) {
      tally[at.handled] = 1;
      tally[at.talkMsSum] = contact.talkMs;
    }
    tally[at.holdMsSum] = contact.holdMs + unprovedHoldMs(contact);
    tally[at.acwMsSum] = contact.acwMs;
    if (contact.isTransferred) tally[at.transferredOut] = 1;
  } else if (contact.outcome !== null) {
    tally[at[contact.outcome]] = 1;
    if (contact.outcome === 'unknown') tally[at.undecided] = 1;
    if (contact.outcome === 'abandoned') {
      const waitMs = Math.max(0, (contact.endedAt ?? contact.offeredAt) - contact.offeredAt);
      tally[at.abandonWaitMsSum] = waitMs;
      if (waitMs <= contact.shortAbandonMs) tally[at.shortAbandoned] = 1;
      if (waitMs <= contact.thresholdMs) tally[at.abandonedInThreshold] = 1;
    }
  } else if (!contact.isOverdue || contact.suspectSince !== null) tally[at.undecided] = 1;
  return tally;
}
