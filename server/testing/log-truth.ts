/** What the recorded session truly was, by the log of its PBX, and which of our counters must equal which of its figures. */
import { readFileSync } from 'node:fs';

export interface TruthQueue {
  readonly servicelevel_s: number | null;
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly exit_timeout: number;
  readonly exit_key: number;
  readonly exit_empty: number;
  readonly withdrawn: number;
  readonly waiting_lost_at_restart: number;
  readonly answered_in_sl: number;
  readonly abandoned_in_sl: number;
  readonly abandoned_short_le5s: number;
  readonly asa_s: number;
  readonly max_wait_answered_s: number;
  readonly talks_ended: number;
  readonly sum_talk_s: number;
  readonly talk_ended_by: Readonly<Record<string, number>>;
  readonly ringnoanswer: number;
}
interface Truth {
  readonly first_epoch: number;
  readonly queues: Readonly<Record<string, TruthQueue>>;
  readonly total: TruthQueue;
  readonly agents: Readonly<Record<string, { answered: number; talk_s: number; ringnoanswer: number }>>;
  readonly by_minute: Readonly<Record<string, readonly { minute: number; offered?: number }[]>>;
}
export const truth = JSON.parse(readFileSync(new URL('./capture/truth.json', import.meta.url), 'utf8')) as Truth;

/** Counters by their names, with the truth's figure for them. */
export const TRUE_COUNTS = [
  ['offered', (t: TruthQueue) => t.offered],
  ['answered', (t: TruthQueue) => t.answered],
  ['abandoned', (t: TruthQueue) => t.abandoned],
  ['timedOut', (t: TruthQueue) => t.exit_timeout],
  ['exitedByKey', (t: TruthQueue) => t.exit_key],
  ['leftOther', (t: TruthQueue) => t.exit_empty + t.withdrawn],
  ['unknown', (t: TruthQueue) => t.waiting_lost_at_restart],
  ['shortAbandoned', (t: TruthQueue) => t.abandoned_short_le5s],
  ['waitMsMax', (t: TruthQueue) => t.max_wait_answered_s * 1_000],
  ['handled', (t: TruthQueue) => t.talks_ended],
  ['talkMsSum', (t: TruthQueue) => t.sum_talk_s * 1_000],
  ['ringNoAnswer', (t: TruthQueue) => t.ringnoanswer],
  ['transferredOut', (t: TruthQueue) => (t.talk_ended_by.blind ?? 0) + (t.talk_ended_by.attended ?? 0)],
] as const;
/** These need the threshold of the queue, which only AMI tells. */
export const TRUE_IN_THRESHOLD = [
  ['answeredInThreshold', (t: TruthQueue) => t.answered_in_sl],
  ['abandonedInThreshold', (t: TruthQueue) => t.abandoned_in_sl],
] as const;
