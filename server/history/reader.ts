/** The reading side of history, as one. Each rejects with `database.unreachable` while PostgreSQL is away. */
import type { LastRest } from '../../shared/breaks.ts';
import type { Database } from '../db/database.ts';
import { isBadData } from '../db/failure.ts';
import { AppError } from '../errors.ts';
import { type CallBackChange, type StoredCallBack, takeStep } from './call-backs.ts';
import { type AgentDayHistory, readAgentDay } from './read-agent-day.ts';
import { type ContactFilter, type ListedContact, type Page, readCaller, readContacts } from './read-contacts.ts';
import { readRests } from './read-rests.ts';

/** Which queues the asker sees; null: all. */
type Queues = readonly string[] | null;

export interface HistoryReader {
  agentDay(
    site: string,
    agent: string,
    day: { readonly startAt: number; readonly endAt: number },
    queues: Queues,
  ): Promise<AgentDayHistory & { readonly unwrittenSince: number | null }>;
  contacts(
    site: string,
    filter: ContactFilter,
    page: { readonly cursor: string | null; readonly limit: number },
  ): Promise<Page<ListedContact>>;
  /** The only way to a whole number: whoever asks has it written down. */
  caller(site: string, contact: string, queues: Queues): ReturnType<typeof readCaller>;
  callBack(site: string, contact: string, change: Omit<CallBackChange, 'at'>): Promise<StoredCallBack>;
  /** Of everybody who came, went or rested since. */
  rests(site: string, since: number): Promise<ReadonlyMap<string, LastRest>>;
}

export interface HistoryReaderOptions {
  readonly database: Database;
  /** Id of the first fact after a cursor that is not written yet; null when all are, or when nobody knows. */
  readonly nextFact: (site: string, cursor: string) => Promise<string | null>;
  /** Server wall clock, epoch milliseconds. */
  readonly now: () => number;
}

const STREAM_START = '0-0';

export function createHistoryReader({ database, nextFact, now }: HistoryReaderOptions): HistoryReader {
  return {
    agentDay: (site, agent, day, queues) =>
      readable(async () => {
        const found = await readAgentDay(database, site, agent, day, queues);
        const next = await nextFact(site, found.cursor ?? STREAM_START);
        return { ...found, unwrittenSince: next === null ? null : Number.parseInt(next, 10) };
      }),
    contacts: (site, filter, page) => readable(() => readContacts(database, site, filter, page)),
    caller: (site, contact, queues) => readable(() => readCaller(database, site, contact, queues)),
    callBack: (site, contact, change) => readable(() => takeStep(database, site, contact, { ...change, at: now() })),
    rests: (site, since) => readRests(database, site, since),
  };
}

/** What a text of PostgreSQL cannot hold (NUL), or an instant beyond its calendar, is the caller's mistake. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isBadData(error)) throw new AppError('request.invalid', (error as Error).message, { cause: error });
    throw error;
  }
}
