/** What the PBX said last of every agent's row in every queue, as far as commands need it. Pure. */
import type { MemberRow } from '../../../shared/command.ts';
import type { AmiMessage } from './message.ts';
import { idOf, numberOf, printable } from './translate-fields.ts';

/** A row with what it takes to make it anew. */
export interface BookedMember extends MemberRow {
  readonly name: string;
  readonly stateInterface: string;
  /** Not written in the PBX's configuration: only such rows can be taken out. */
  readonly isDynamic: boolean;
}

/** How an agent is written into a queue; also of one who is in none now. */
export type BookedPerson = Pick<BookedMember, 'name' | 'stateInterface'>;

/** Those that change a row; a status is none. */
const ROW_EVENTS: ReadonlySet<string> = new Set([
  'QueueMemberAdded',
  'QueueMemberPause',
  'QueueMemberPenalty',
  'QueueMemberRemoved',
]);

export class MemberBook {
  #queues = new Map<string, Map<string, BookedMember>>();
  readonly #people = new Map<string, BookedPerson>();

  event(message: AmiMessage): void {
    if (!ROW_EVENTS.has(message.name)) return;
    const [agent, queue] = [idOf(message, 'Interface'), idOf(message, 'Queue')];
    if (!agent || !queue) return;
    const members = this.#queues.get(queue) ?? new Map<string, BookedMember>();
    this.#queues.set(queue, members);
    if (message.name === 'QueueMemberRemoved') members.delete(agent);
    else this.#write(members, agent, bookedMember(message, queue, message.get('MemberName')));
  }

  /** Rows of a whole QueueStatus. */
  picture(rows: readonly AmiMessage[]): void {
    this.#queues = new Map();
    for (const row of rows) {
      const queue = idOf(row, 'Queue');
      if (!queue) continue;
      const members = this.#queues.get(queue) ?? new Map<string, BookedMember>();
      this.#queues.set(queue, members);
      const agent = row.name === 'QueueMember' ? idOf(row, 'Location') : undefined;
      if (agent) this.#write(members, agent, bookedMember(row, queue, row.get('Name')));
    }
  }

  hasQueue(queue: string): boolean {
    return this.#queues.has(queue);
  }

  person(agent: string): BookedPerson | null {
    return this.#people.get(agent) ?? null;
  }

  /** Every queue's row of an agent. */
  of(agent: string): BookedMember[] {
    return [...this.#queues.values()].flatMap((members) => members.get(agent) ?? []);
  }

  row(agent: string, queue: string): MemberRow {
    const member = this.#queues.get(queue)?.get(agent);
    return member ? rowOf(member) : { queue, isMember: false, paused: false, reason: '', penalty: 0 };
  }

  #write(members: Map<string, BookedMember>, agent: string, member: BookedMember): void {
    members.set(agent, member);
    this.#people.set(agent, { name: member.name, stateInterface: member.stateInterface });
  }
}

export const rowOf = ({ queue, isMember, paused, reason, penalty }: BookedMember): MemberRow => ({
  queue,
  isMember,
  paused,
  reason,
  penalty,
});

function bookedMember(message: AmiMessage, queue: string, name: string | undefined): BookedMember {
  return {
    ...rowOfMessage(message, queue),
    name: name ?? '',
    stateInterface: message.get('StateInterface') ?? '',
    isDynamic: message.get('Membership') !== 'static',
  };
}

/** The row that a member event or a QueueMember row shows. */
export function rowOfMessage(message: AmiMessage, queue: string): MemberRow {
  const paused = message.get('Paused') === '1';
  return {
    queue,
    isMember: true,
    paused,
    reason: paused ? printable(message.get('PausedReason') ?? message.get('Reason')) : '',
    penalty: Math.trunc(numberOf(message.get('Penalty')) ?? 0),
  };
}
