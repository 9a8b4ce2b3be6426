/** Offers: one ringing of one agent for one contact. Ends arrive in any order and more than once, and a log may tell them too. */
import type { EventOf } from '../../shared/event.ts';
import { ensureAgent, patchAgent } from './agent.ts';
import { agentOfName } from './agent-name.ts';
import { countNoAnswer } from './counting.ts';
import { offerRecordId } from './keys.ts';
import { isBeyondMemory, LOG_SLACK_MS } from './memory.ts';
import type { Offer, Site } from './site.ts';
import { hasLog } from './source-state.ts';

const NEW = { endedAt: null, isNoAnswerCounted: false, recordId: null } as const;

function putOffer(site: Site, offer: Offer): void {
  site.offers.set(offer.id, offer);
  site.touched.offers.add(offer.id);
}

export function startOffer(site: Site, event: EventOf<'offer.started'>, source: string): void {
  if (site.offers.has(event.offer)) return;
  const { offer: id, call, queue, agent: agentId, at } = event;
  putOffer(site, { ...NEW, id, call, queue, agent: agentId, source, startedAt: at });
  patchAgent(site, agentId, at, { offers: [...ensureAgent(site, agentId, at).offers, id] });
}

export function endOffer(site: Site, event: EventOf<'offer.ended'>, source: string): void {
  const isNoAnswer = event.outcome === 'noAnswer';
  let offer = site.offers.get(event.offer);
  if (!offer) {
    // Its start fell into a gap: only a no-answer that names its queue and agent leaves a trace.
    if (!isNoAnswer || event.queue === null || event.agent === null) return;
    const { call, queue, agent, at } = event;
    offer = { ...NEW, id: event.offer, call: call ?? '', queue, agent, source, startedAt: at, endedAt: at };
  }
  const isNews = isNoAnswer && !offer.isNoAnswerCounted;
  if (offer.endedAt !== null && !isNews && site.offers.has(offer.id)) return;
  const ended: Offer = {
    ...offer,
    // A no-answer says when it was; whatever had closed the offer before (a picture, a hang-up) only concluded it.
    endedAt: isNews ? event.at : (offer.endedAt ?? event.at),
    isNoAnswerCounted: offer.isNoAnswerCounted || isNoAnswer,
  };
  const recorded = isNews && hasLog(site) ? takeRecorded(site, ended) : undefined;
  putOffer(site, recorded ? { ...ended, startedAt: recorded.startedAt, recordId: recorded.id } : ended);
  const counts = isNews && recorded === undefined;
  const agent = ensureAgent(site, offer.agent, event.at);
  patchAgent(site, offer.agent, event.at, {
    offers: agent.offers.filter((id) => id !== event.offer),
    ringNoAnswer: agent.ringNoAnswer + (counts ? 1 : 0),
  });
  if (counts) countNoAnswer(site, offer.queue, offer.startedAt);
}

/** The log had told of this no-answer before: the live offer takes the place of what stood for it. */
function takeRecorded(site: Site, live: Offer): Offer | undefined {
  for (const offer of site.offers.values()) {
    if (offer.recordId !== offer.id || !isSameRinging(offer, live)) continue;
    site.offers.delete(offer.id);
    site.touched.offers.add(offer.id);
    return offer;
  }
  return undefined;
}

function isSameRinging(a: Offer, b: Offer): boolean {
  if (a.queue !== b.queue || a.agent !== b.agent) return false;
  if (a.call !== b.call && a.call !== '' && b.call !== '') return false;
  return Math.abs((a.endedAt ?? 0) - (b.endedAt ?? 0)) <= LOG_SLACK_MS;
}

function heardRinging(site: Site, recorded: Offer): Offer | undefined {
  for (const offer of site.offers.values()) {
    if (offer.isNoAnswerCounted && offer.recordId === null && isSameRinging(offer, recorded)) return offer;
  }
  return undefined;
}

/** A no-answer as the PBX's log tells it: counted once, whether it was heard or not. */
export function recordOffer(site: Site, event: EventOf<'offer.recorded'>, source: string): void {
  const { at, call, queue, agentName, nth } = event;
  const id = offerRecordId([call, queue, agentName, at, nth]);
  for (const offer of site.offers.values()) if (offer.recordId === id) return;
  const agent = agentOfName(site, agentName, null);
  const startedAt = Math.max(0, at - event.ringMs);
  const recorded: Offer = {
    id,
    call,
    queue,
    agent,
    source,
    startedAt,
    endedAt: at,
    isNoAnswerCounted: true,
    recordId: id,
  };
  const live = heardRinging(site, recorded);
  if (live) {
    putOffer(site, { ...live, startedAt, recordId: id });
    countNoAnswer(site, queue, startedAt, live.startedAt);
    return;
  }
  if (isBeyondMemory(site, at, source)) return;
  putOffer(site, recorded);
  countNoAnswer(site, queue, startedAt);
  if (site.day !== null && startedAt < site.day.startAt) return;
  patchAgent(site, agent, at, { ringNoAnswer: ensureAgent(site, agent, at).ringNoAnswer + 1 });
}
