/**
 * The oracle of what was told: the product's own reader and fold in this process, on a connection that no fault touches, with
 * no Redis, no lease and no commit between them. That it counts what the PBX told is checked against the PBX's account.
 */

import type { Logger } from '../server/log.ts';
import { openCoreFold } from '../server/site/fold.ts';
import { createAmiSource } from '../server/sources/ami/client.ts';
import { createTranslator } from '../server/sources/ami/translate.ts';
import { parseAmiUrl } from '../server/sources/ami/url.ts';
import { createQueueLogSource } from '../server/sources/queue-log/client.ts';
import type { Source } from '../server/sources/source.ts';
import { TEST_SETTINGS } from '../server/testing/site.ts';
import type { Row } from '../shared/delta.ts';
import { logSourceId } from '../shared/source.ts';
import { businessDayOf } from '../shared/time.ts';
import type { ContactFact } from './history.ts';
import type { Rows } from './tables.ts';

export interface Reference {
  rows(): Rows;
  /** The contacts that are over, each as it was told last. */
  contacts(): ReadonlyMap<string, ContactFact>;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;

export interface ReferenceSources {
  readonly amiUrl: string;
  readonly logPath: string;
  /** Ids under which the product knows them. */
  readonly amiId: string;
}

export function startReference(
  { amiUrl, logPath, amiId }: ReferenceSources,
  day: { readonly timeZone: string; readonly businessDayStart: string },
  log: Logger,
): Reference {
  const fold = openCoreFold('main', { ...TEST_SETTINGS, ...day }, []);
  const over = new Map<string, ContactFact>();
  const drain = (): void => {
    for (const fact of fold.drain().facts) if (fact.type === 'contact') over.set(fact.id, fact);
  };
  const stopping = new AbortController();
  const heard = Promise.withResolvers<void>();
  const run = (source: Source, id: string): Promise<void> =>
    source.run({
      site: 'main',
      source: id,
      append: async (events, receivedAt) => {
        for (const event of events) fold.reduce(event, { source: id, receivedAt });
        drain();
        if (events.length > 0) heard.resolve();
      },
      now: Date.now,
      random: Math.random,
      log,
      signal: stopping.signal,
    });
  const runLog = async (path: string): Promise<void> => {
    await heard.promise;
    const { startAt } = businessDayOf(Date.now(), day.timeZone, day.businessDayStart);
    const options = { resume: async () => null, dayStartAt: async () => startAt };
    await run(createQueueLogSource({ path, site: 'main' }, options), logSourceId(path));
  };
  const running = Promise.all([
    run(createAmiSource(parseAmiUrl(amiUrl), { createTranslator }), amiId),
    runLog(logPath),
  ]);
  const timer = setInterval(() => fold.advance(Date.now()), TICK_MS);
  return {
    rows() {
      const rows: Record<string, Map<string, Row>> = {};
      for (const [table, pairs] of Object.entries(fold.allRows())) {
        rows[table] = new Map(
          [...(pairs ?? [])].flatMap(([id, row]) => (row === undefined ? [] : [[id, row] as const])),
        );
      }
      return rows as Rows;
    },
    contacts() {
      drain();
      return over;
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
