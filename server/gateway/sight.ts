/** What a view shows of queues and of agents: the one place that decides it for channels and answers. */
import type { Row } from '../../shared/delta.ts';
import type { View } from '../../shared/policy.ts';
import { column } from '../../shared/view.ts';

const TEAM = column('agents', 'team');
const CAN_TAKE_CALL = column('agents', 'canTakeCall');
const QUEUES = column('agents', 'queues');
const PAUSED_IN = column('agents', 'pausedIn');
const CONTACT_QUEUE = column('agents', 'contactQueue');
const CALLER = column('agents', 'caller');

export class Sight {
  /** Null: all of them. */
  readonly queues: ReadonlySet<string> | null;
  readonly #teams: ReadonlySet<string> | null;

  constructor({ queues, teams }: View) {
    this.queues = queues && new Set(queues);
    this.#teams = teams && new Set(teams);
  }

  hasQueue(id: string): boolean {
    return this.queues === null || this.queues.has(id);
  }

  /** Somebody without a team is shown to those alone who see all teams. */
  hasAgent(agent: Row): boolean {
    const team = agent[TEAM];
    const isOfTeam = this.#teams === null || (typeof team === 'string' && this.#teams.has(team));
    return isOfTeam && this.isServedBy(agent);
  }

  /** The agent is a member of a queue that is shown. */
  isServedBy(agent: Row): boolean {
    return this.queues === null || textsOf(agent, QUEUES).some((queue) => this.hasQueue(queue));
  }

  /** Of how many queues that are shown the agent is a member. */
  queuesOf(agent: Row): number {
    return textsOf(agent, QUEUES).filter((queue) => this.hasQueue(queue)).length;
  }

  /** Who is paused in all the queues that are shown is not free there. */
  isFree(agent: Row): boolean {
    if (agent[CAN_TAKE_CALL] !== true) return false;
    if (this.queues === null) return true;
    const paused = textsOf(agent, PAUSED_IN);
    return textsOf(agent, QUEUES).some((queue) => this.hasQueue(queue) && !paused.includes(queue));
  }

  /** The agent's row without what belongs to other queues: their names, and whom they connected. */
  agent(agent: Row): Row {
    if (this.queues === null) return agent;
    const shown = [...agent];
    for (const c of [QUEUES, PAUSED_IN]) shown[c] = textsOf(agent, c).filter((queue) => this.hasQueue(queue));
    const contactQueue = agent[CONTACT_QUEUE];
    if (typeof contactQueue !== 'string' || !this.hasQueue(contactQueue)) {
      shown[CONTACT_QUEUE] = null;
      shown[CALLER] = null;
    }
    return shown;
  }
}

const textsOf = (row: Row, c: number): readonly string[] => (row[c] ?? []) as readonly string[];
