/**
 * Tells a site its settings, as events in its stream. What was told stands in Redis beside the stream; what is above it
 * in PostgreSQL is told next. So neither a crash between the two nor a Redis that lost its memory loses a setting.
 */

import { type DomainEvent, type EventBatch, SETTINGS_SOURCE } from '../../shared/event.ts';
import { agentSettingsSchema, queueSettingsSchema } from '../../shared/setting.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { claimDatabase } from '../redis/database-lease.ts';
import { appendSettings, readSettingsCursor } from '../redis/settings-cursor.ts';
import { type Change, listSettings, outdo, readChanges } from './store.ts';

export interface AnnounceOptions {
  readonly site: string;
  readonly database: Database;
  readonly redis: Redis;
  readonly now: () => number;
  readonly log: Logger;
}

/** Told to the log once, by whoever asked. */
class OtherDatabase extends Error {
  override readonly name = 'OtherDatabase';
  override readonly message = 'another PostgreSQL is at work for the site; set one DATABASE_URL for all processes';
}

const AT_ONCE = 500;
const EVENTS_PER_ENTRY = 100;

/** Tells everything that is not told; gives how many settings that were. May run in several processes at once. */
export async function announce(options: AnnounceOptions): Promise<number> {
  const { site, database, redis, log } = options;
  if (!(await claimDatabase(redis, site, database.id))) throw new OtherDatabase();
  let told = 0;
  for (;;) {
    const cursor = await readSettingsCursor(redis, site);
    const { newestId, changes } = await readChanges(database, site, cursor ?? 0, AT_ONCE);
    if (cursor !== null && cursor > newestId) {
      log.warn({ site, told: cursor, stored: newestId }, 'settings.databaseIsOlder');
      await outdo(database, site, cursor);
      continue;
    }
    // A site that knows nothing needs what holds, not how it came about.
    const news = cursor === null ? await everything(database, site) : changes;
    if (news.length === 0 && cursor !== null) return told;
    const to = cursor === null ? newestId : (changes.at(-1) as Change).id;
    if (await appendSettings(redis, site, cursor, to, batchesOf(news, options.now()))) told += news.length;
  }
}

/** Read after the newest id: what changes meanwhile is told twice, which changes nothing. */
async function everything(database: Database, site: string): Promise<Change[]> {
  const [queues, agents] = await Promise.all([
    listSettings(database, site, 'queue'),
    listSettings(database, site, 'agent'),
  ]);
  return [
    ...queues.map(({ subject, version: id, settings }) => ({ id, kind: 'queue' as const, subject, after: settings })),
    ...agents.map(({ subject, version: id, settings }) => ({ id, kind: 'agent' as const, subject, after: settings })),
  ].sort((a, b) => a.id - b.id);
}

function batchesOf(changes: readonly Change[], now: number): EventBatch[] {
  const batches: EventBatch[] = [];
  for (let start = 0; start < changes.length; start += EVENTS_PER_ENTRY) {
    const events = changes.slice(start, start + EVENTS_PER_ENTRY).map((change) => eventOf(change, now));
    batches.push({ v: 1, source: SETTINGS_SOURCE, receivedAt: now, events });
  }
  return batches;
}

function eventOf({ id: version, kind, subject, after }: Change, at: number): DomainEvent {
  return kind === 'queue'
    ? { type: 'queue.configured', at, queue: subject, version, settings: queueSettingsSchema.parse(after) }
    : { type: 'agent.configured', at, agent: subject, version, settings: agentSettingsSchema.parse(after) };
}
