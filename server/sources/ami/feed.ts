/**
 * The translator, its failures and the outbox behind one door. What must hold: no exception of the translator leaves
 * here; an outage is told once; anomalies are counted by kind and told at most every `anomalyMs`.
 */
import type { DomainEvent, SourceLostCause } from '../../../shared/event.ts';
import type { SourceContext } from '../source.ts';
import type { AmiMessage } from './message.ts';
import type { Outbox } from './outbox.ts';
import type { AmiSnapshot, AmiTranslator } from './translator.ts';

export interface Feed {
  /** Bytes of the read that the following events come from; they count for the first of them. */
  reading(bytes: number): void;
  event(message: AmiMessage, receivedAt: number): void;
  snapshot(snapshot: AmiSnapshot): void;
  idle(now: number): void;
  /** The answer to a Ping, which tells the time. */
  clock(pong: AmiMessage, now: number): void;
  alive(at: number): void;
  lost(now: number, cause: SourceLostCause): void;
  /** The live connection is back: the next loss is a new outage. */
  recovered(): void;
  readonly isOut: boolean;
  /** The connection has to be made anew. */
  readonly isClockSetBack: boolean;
  anomaly(kind: string, count?: number): void;
  tellAnomalies(now: number): void;
  /** Events were added since the last call. */
  takeNews(): boolean;
}

export function createFeed(translator: AmiTranslator, outbox: Outbox, log: SourceContext['log']): Feed {
  const anomalies = new Map<string, number>();
  const logged = new Set<string>();
  let bytes = 0;
  let hasNews = false;
  let isOut = false;

  const anomaly = (kind: string, count = 1): void => {
    anomalies.set(kind, (anomalies.get(kind) ?? 0) + count);
  };

  const guarded = (what: string, translate: () => DomainEvent[]): DomainEvent[] => {
    try {
      return translate();
    } catch (err) {
      const kind = `ami.translate.${what}`;
      anomaly(kind);
      if (!logged.has(kind)) log.error({ err, kind }, 'a message could not be translated; more are only counted');
      logged.add(kind);
      return [];
    }
  };

  const add = (events: DomainEvent[], receivedAt: number): void => {
    if (events.length === 0) return;
    outbox.add(events, receivedAt, bytes);
    bytes = 0;
    hasNews = true;
  };

  const relay = (what: string, receivedAt: number, translate: () => DomainEvent[]): void =>
    add(guarded(what, translate), receivedAt);

  return {
    reading: (size) => {
      bytes = size;
    },
    event: (message, receivedAt) => relay(message.name, receivedAt, () => translator.event(message, receivedAt)),
    snapshot: (snapshot) => relay('snapshot', snapshot.receivedAt, () => translator.snapshot(snapshot)),
    idle: (now) => relay('idle', now, () => translator.idle(now)),
    clock: (pong, now) => {
      guarded('clock', () => {
        translator.clock(pong, now);
        return [];
      });
    },
    alive: (at) => relay('alive', at, () => translator.alive(at)),
    lost: (now, cause) => {
      // Called also during an outage: a connection that never became ready may have left judgements open.
      const events = guarded('disconnected', () => translator.disconnected(now, cause));
      add(isOut ? events.filter(({ type }) => type !== 'source.lost') : events, now);
      isOut = true;
    },
    recovered: () => {
      isOut = false;
    },
    get isClockSetBack() {
      return translator.isClockSetBack;
    },
    get isOut() {
      return isOut;
    },
    anomaly,
    tellAnomalies: (now) => {
      if (anomalies.size === 0) return;
      // Only the translator knows the source's clock. While it cannot tell, the anomalies wait.
      const at = guarded('alive', () => translator.alive(now))[0]?.at;
      if (at === undefined) return;
      const events = [...anomalies].map(([kind, count]): DomainEvent => ({ type: 'anomaly.seen', at, kind, count }));
      anomalies.clear();
      outbox.add(events, now, 0);
    },
    takeNews: () => {
      const had = hasNews;
      hasNews = false;
      return had;
    },
  };
}
