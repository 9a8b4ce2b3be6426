/** What the PBX must be heard to say before a command counts as done. Pure. */
import type { MemberRow } from '../../../shared/command.ts';
import type { AmiMessage } from './message.ts';
import { rowOfMessage } from './translate-book.ts';

export type Aspect = 'paused' | 'reason' | 'penalty';

export type Effect =
  /** An agent's row in a queue reads like this in what the command is about. */
  | { readonly kind: 'row'; readonly agent: string; readonly row: MemberRow; readonly aspects: readonly Aspect[] }
  /** A channel has ended. */
  | { readonly kind: 'ended'; readonly channel: string }
  /** The channel with this id listens to another one. */
  | { readonly kind: 'spying'; readonly spyer: string };

const MEMBER_EVENT = /^QueueMember(Added|Pause|Penalty|Status)$/;

export function isShown(effect: Effect, message: AmiMessage): boolean {
  switch (effect.kind) {
    case 'row': {
      const { agent, row } = effect;
      if (message.get('Interface') !== agent || message.get('Queue') !== row.queue) return false;
      if (message.name === 'QueueMemberRemoved') return !row.isMember;
      return MEMBER_EVENT.test(message.name) && fits(effect, rowOfMessage(message, row.queue));
    }
    case 'ended':
      return message.name === 'Hangup' && message.get('Uniqueid') === effect.channel;
    case 'spying':
      return message.name === 'ChanSpyStart' && message.get('SpyerUniqueid') === effect.spyer;
  }
}

/** In the rows of a whole QueueStatus. Of channels they say nothing. */
export function isShownInPicture(effect: Effect, rows: readonly AmiMessage[]): boolean {
  if (effect.kind !== 'row') return false;
  const { agent, row } = effect;
  const seen = rows.find(
    (one) => one.name === 'QueueMember' && one.get('Location') === agent && one.get('Queue') === row.queue,
  );
  return seen ? fits(effect, rowOfMessage(seen, row.queue)) : !row.isMember;
}

/** A reason of '' is any: Asterisk keeps the old one where none is given. */
const fits = ({ row, aspects }: Extract<Effect, { kind: 'row' }>, seen: MemberRow): boolean =>
  row.isMember &&
  aspects.every((aspect) => row[aspect] === seen[aspect] || (aspect === 'reason' && row.paused && row.reason === ''));
