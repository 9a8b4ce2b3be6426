/** Offers: one ringing of one agent for one contact. Ends arrive in any order and more than once. */
import type { EventOf } from '../../shared/event.ts';
import { ensureAgent, patchAgent } from './agent.ts';
import { countNoAnswer } from './counting.ts';
import type { Site } from './site.ts';

export function startOffer(site: Site, event: EventOf<'offer.started'>, source: string): void {
  if (site.offers.has(event.offer)) return;
  const { offer: id, call, queue, agent: agentId, at } = event;
  site.offers.set(id, {
    id,
    call,
    queue,
    agent: agentId,
    source,
    startedAt: at,
    endedAt: null,
    isNoAnswerCounted: false,
  });
  site.touched.offers.add(id);
  patchAgent(site, agentId, at, { offers: [...ensureAgent(site, agentId, at).offers, id] });
}

export function endOffer(site: Site, event: EventOf<'offer.ended'>, source: string): void {
  const isNoAnswer = event.outcome === 'noAnswer';
  let offer = site.offers.get(event.offer);
  if (!offer) {
    // Its start fell into a gap: only a no-answer that names its queue and agent leaves a trace.
    if (!isNoAnswer || event.queue === null || event.agent === null) return;
    offer = {
      id: event.offer,
      call: '',
      queue: event.queue,
      agent: event.agent,
      source,
      startedAt: event.at,
      endedAt: event.at,
      isNoAnswerCounted: false,
    };
  }
  const counts = isNoAnswer && !offer.isNoAnswerCounted;
  if (offer.endedAt !== null && !counts && site.offers.has(offer.id)) return;
  site.offers.set(offer.id, {
    ...offer,
    endedAt: offer.endedAt ?? event.at,
    isNoAnswerCounted: offer.isNoAnswerCounted || isNoAnswer,
  });
  site.touched.offers.add(offer.id);
  const agent = ensureAgent(site, offer.agent, event.at);
  patchAgent(site, offer.agent, event.at, {
    offers: agent.offers.filter((id) => id !== event.offer),
    ringNoAnswer: agent.ringNoAnswer + (counts ? 1 : 0),
  });
  if (counts) countNoAnswer(site, offer.queue, offer.startedAt);
}
