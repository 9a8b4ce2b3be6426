/** A PBX's log names agents by name alone; who that is, is found among the names of the queue members. */
import type { Membership } from '../../shared/event.ts';
import { patchAgent } from './agent.ts';
import { putContact } from './counting.ts';
import { type Agent, countAnomaly, type Site } from './site.ts';

/** Nobody but the log has told of this agent. */
const isNameOnly = (agent: Agent): boolean => agent.deviceAt === 0 && agent.memberships.size === 0;

function agentsNamed(site: Site, name: string): Agent[] {
  const named: Agent[] = [];
  for (const agent of site.agents.values()) if (agent.name === name && !isNameOnly(agent)) named.push(agent);
  return named;
}

/**
 * The id of the agent of that name. Where several share it, or nobody has it, the one that live events told of (`heard`)
 * stands; without one, the name itself is the id until a queue member of that name appears.
 */
export function agentOfName(site: Site, name: string, heard: string | null): string {
  if (heard !== null && site.agents.get(heard)?.name === name) return heard;
  const [first, ...others] = agentsNamed(site, name);
  if (first && others.length === 0) return first.id;
  if (heard !== null) return heard;
  if (site.heardFrom !== null) countAnomaly(site, first ? 'log.nameShared' : 'log.nameUnknown');
  return name;
}

/** A queue member appeared under a name that only the log had told of: what was booked there is this agent's. */
export function adoptName(site: Site, { agent: id, name }: Membership, at: number): void {
  const known = name === id ? undefined : site.agents.get(name);
  if (!known || !isNameOnly(known) || agentsNamed(site, name).length !== 1) return;
  for (const contact of site.contacts.values()) if (contact.agent === name) putContact(site, { ...contact, agent: id });
  for (const offer of site.offers.values()) {
    if (offer.agent !== name) continue;
    site.offers.set(offer.id, { ...offer, agent: id });
    site.touched.offers.add(offer.id);
  }
  const agent = site.agents.get(id);
  if (!agent) return;
  patchAgent(site, id, at, {
    answered: agent.answered + known.answered,
    handled: agent.handled + known.handled,
    talkMsSum: agent.talkMsSum + known.talkMsSum,
    ringNoAnswer: agent.ringNoAnswer + known.ringNoAnswer,
  });
  site.agents.delete(name);
  site.touched.agents.add(name);
}
