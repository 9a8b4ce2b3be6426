/** Which column of which table a fact's field goes to. The tables themselves: server/db/migrations/0001-history.sql. */
import type { Fact, FactOf } from '../../shared/fact.ts';
import { COUNTERS } from '../../shared/metric.ts';

type SqlType = 'text' | 'bigint' | 'boolean' | 'jsonb' | 'instant';

interface ColumnOf<F> {
  readonly name: string;
  readonly type: SqlType;
  readonly of: (fact: F) => string | number | boolean | null;
}

export interface TableOf<F extends Fact> {
  readonly name: string;
  readonly columns: readonly ColumnOf<F>[];
  /** Names of the columns that, with the site, identify a row. */
  readonly key: readonly string[];
}

const column = <F>(name: string, type: SqlType, of: ColumnOf<F>['of']): ColumnOf<F> => ({ name, type, of });

const contacts: TableOf<FactOf<'contact'>> = {
  name: 'contacts',
  key: ['id'],
  columns: [
    column('id', 'text', (fact) => fact.id),
    column('call', 'text', (fact) => fact.call),
    column('queue', 'text', (fact) => fact.queue),
    column('agent', 'text', (fact) => fact.agent),
    column('offered_at', 'instant', (fact) => fact.offeredAt),
    column('answered_at', 'instant', (fact) => fact.answeredAt),
    column('ended_at', 'instant', (fact) => fact.endedAt),
    column('outcome', 'text', (fact) => fact.outcome),
    column('wait_ms', 'bigint', (fact) => fact.waitMs),
    column('talk_ms', 'bigint', (fact) => fact.talkMs),
    column('hold_ms', 'bigint', (fact) => fact.holdMs),
    column('acw_ms', 'bigint', (fact) => fact.acwMs),
    column('is_transferred', 'boolean', (fact) => fact.isTransferred),
    column('threshold_ms', 'bigint', (fact) => fact.thresholdMs),
    column('short_abandon_ms', 'bigint', (fact) => fact.shortAbandonMs),
    column('is_end_inferred', 'boolean', (fact) => fact.isEndInferred),
    column('caller_number', 'text', (fact) => fact.callerNumber),
    column('caller_name', 'text', (fact) => fact.callerName),
  ],
};

const segments: TableOf<FactOf<'segment'>> = {
  name: 'agent_segments',
  key: ['agent', 'start_at'],
  columns: [
    column('agent', 'text', (fact) => fact.agent),
    column('start_at', 'instant', (fact) => fact.startAt),
    column('end_at', 'instant', (fact) => fact.endAt),
    column('presence', 'text', (fact) => fact.presence),
    column('reason', 'text', (fact) => fact.reason),
    column('activity', 'text', (fact) => fact.activity),
  ],
};

/** `answeredInThreshold` → `answered_in_threshold`. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const intervals: TableOf<FactOf<'interval'>> = {
  name: 'intervals',
  key: ['queue', 'start_at'],
  columns: [
    column('queue', 'text', (fact) => fact.queue),
    column('start_at', 'instant', (fact) => fact.startAt),
    ...COUNTERS.map((name) =>
      column<FactOf<'interval'>>(snakeCase(name), 'bigint', (fact) => fact.counters[name] ?? 0),
    ),
    column('waits', 'jsonb', (fact) => JSON.stringify(fact.waits)),
  ],
};

const gaps: TableOf<FactOf<'gap'>> = {
  name: 'gaps',
  key: ['source', 'start_at'],
  columns: [
    column('source', 'text', (fact) => fact.source),
    column('start_at', 'instant', (fact) => fact.startAt),
    column('end_at', 'instant', (fact) => fact.endAt),
    column('cause', 'text', (fact) => fact.cause),
  ],
};

const corrections: TableOf<FactOf<'correction'>> = {
  name: 'corrections',
  key: ['number'],
  columns: [
    column('number', 'bigint', (fact) => fact.number),
    column('at', 'instant', (fact) => fact.at),
    column('kind', 'text', (fact) => fact.kind),
    column('subject', 'text', (fact) => fact.subject),
    column('before', 'text', (fact) => fact.before),
    column('after', 'text', (fact) => fact.after),
  ],
};

export const TABLES: { readonly [T in Fact['type']]: TableOf<FactOf<T>> } = {
  contact: contacts,
  segment: segments,
  interval: intervals,
  gap: gaps,
  correction: corrections,
};
