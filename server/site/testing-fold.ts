/**
 * A fold small enough to be checked by eye: per queue a count and a digest that tells any lost, doubled or swapped
 * event; per agent a row that comes and goes. For tests of the runner.
 */

import type { Row } from '../../shared/delta.ts';
import type { DomainEvent, EventBatch } from '../../shared/event.ts';
import { type Cell, column, TABLES, type Table } from '../../shared/view.ts';
import type { SiteSettings } from '../core/site.ts';
import type { FoldedSite, OpenFold } from './fold.ts';

export const toySettings: SiteSettings = {
  name: 'Toy',
  timeZone: 'Asia/Shanghai',
  businessDayStart: '06:00',
  thresholdMs: 20_000,
  shortAbandonMs: 5_000,
};

interface ToyQueue {
  readonly count: number;
  readonly digest: number;
}

export interface ToyHooks {
  readonly onReduce?: (event: DomainEvent) => void;
  readonly onAdvance?: (wallNow: number) => void;
  readonly onDrain?: () => void;
}

export const openToyFold =
  (hooks: ToyHooks = {}): OpenFold =>
  (_site, _settings, fields) => {
    const queues = new Map<string, ToyQueue>();
    const agents = new Map<string, string>();
    const anomalies = new Map<string, number>();
    for (const [field, json] of fields) {
      const [kind, id = ''] = field.split(':');
      if (kind === 'queue') queues.set(id, JSON.parse(json));
      if (kind === 'agent') agents.set(id, JSON.parse(json));
      if (kind === 'anomaly') anomalies.set(id, JSON.parse(json));
    }
    const touched = new Set<string>();
    let clockAt = 0;
    const rows = (fieldsWanted: Iterable<string>) => {
      const wanted: Record<'queues' | 'agents', [string, Row | undefined][]> = { queues: [], agents: [] };
      for (const field of fieldsWanted) {
        const [kind, id = ''] = field.split(':');
        if (kind === 'queue') wanted.queues.push([id, queueRow(queues.get(id))]);
        if (kind === 'agent') wanted.agents.push([id, agentRow(agents.get(id))]);
      }
      return wanted;
    };
    const folded: FoldedSite = {
      get clockAt() {
        return clockAt;
      },
      reduce(event) {
        hooks.onReduce?.(event);
        clockAt = Math.max(clockAt, event.at);
        if (event.type === 'contact.offered') {
          const { count, digest } = queues.get(event.queue) ?? { count: 0, digest: 7 };
          const hash = [...event.call].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, digest);
          queues.set(event.queue, { count: count + 1, digest: hash });
          touched.add(`queue:${event.queue}`);
        }
        if (event.type === 'membership.changed') agents.set(event.agent, event.name);
        if (event.type === 'membership.ended') agents.delete(event.agent);
        if (event.type.startsWith('membership')) touched.add(`agent:${(event as { agent: string }).agent}`);
      },
      advance(wallNow) {
        hooks.onAdvance?.(wallNow);
      },
      nextDueAt: () => null,
      countAnomaly(kind) {
        anomalies.set(kind, (anomalies.get(kind) ?? 0) + 1);
        touched.add(`anomaly:${kind}`);
      },
      drain() {
        hooks.onDrain?.();
        const put: [string, string][] = [];
        const del: string[] = [];
        const kinds: Record<string, Map<string, unknown>> = { queue: queues, agent: agents, anomaly: anomalies };
        for (const field of touched) {
          const colon = field.indexOf(':');
          const value = kinds[field.slice(0, colon)]?.get(field.slice(colon + 1));
          if (value === undefined) del.push(field);
          else put.push([field, JSON.stringify(value)]);
        }
        const changed = rows(touched);
        touched.clear();
        return { put, del, rows: changed, facts: [] };
      },
      allRows: () =>
        rows([...[...queues.keys()].map((id) => `queue:${id}`), ...[...agents.keys()].map((id) => `agent:${id}`)]),
    };
    return folded;
  };

const blank = (table: Table): Cell[] => TABLES[table].map(() => null);

function queueRow(queue: ToyQueue | undefined): Row | undefined {
  return (
    queue &&
    blank('queues').with(column('queues', 'waiting'), queue.count).with(column('queues', 'name'), `#${queue.digest}`)
  );
}

function agentRow(name: string | undefined): Row | undefined {
  return name === undefined ? undefined : blank('agents').with(column('agents', 'name'), name);
}

/** Batches of one to three events over a few queues and agents; the same `n` gives the same events. */
export function toyBatches(count: number, offset = 0): EventBatch[] {
  return Array.from({ length: count }, (_, i) => {
    const n = offset + i;
    const at = 1_000_000 + n;
    const events: DomainEvent[] = [
      { type: 'contact.offered', at, call: `c${n}`, queue: `q${n % 5}`, caller: { number: null, name: null } },
    ];
    if (n % 3 === 0)
      events.push({ type: 'contact.offered', at, call: `d${n}`, queue: 'q0', caller: { number: null, name: null } });
    const agent = `a${n % 17}`;
    if (n % 7 === 0) events.push({ type: 'membership.ended', at, agent, queue: 'q0' });
    else if (n % 2 === 0) {
      const membership = {
        agent,
        queue: 'q0',
        name: `${agent}-${n}`,
        device: 'idle',
        paused: false,
        pauseReason: '',
        penalty: 0,
      } as const;
      events.push({ type: 'membership.changed', at, ...membership });
    }
    return { v: 1, source: 'toy', receivedAt: at, events };
  });
}

/** What Redis must hold after these batches, whatever happened on the way. */
export function toyState(batches: readonly EventBatch[]): Record<string, string> {
  const fold = openToyFold()('toy', toySettings, []);
  for (const { events, source, receivedAt } of batches)
    for (const event of events) fold.reduce(event, { source, receivedAt });
  return Object.fromEntries(fold.drain().put);
}
