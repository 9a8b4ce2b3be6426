/** What is over: an agent's day, contacts, calling lost callers back. Read from PostgreSQL, what goes on from the mirror. */
import { API } from '../../../shared/api.ts';
import type { CallBackAnswer, DayOfAgent, ListedContact, Outcome } from '../../../shared/api-history.ts';
import type { CallBack, CallBackState, CallBackStep, Claimant } from '../../../shared/call-back.ts';
import { AppError } from '../../errors.ts';
import { agentDayAnswer, dayAsked, type PastDay } from '../agent-day-answer.ts';
import type { Mirror } from '../mirror.ts';
import { type Route, type RouteOptions, route } from '../route.ts';
import { siteRows } from '../site-rows.ts';

type StoredCallBack = CallBack & {
  readonly version: number;
  readonly steps: readonly CallBackAnswer['steps'][number][];
};
type StoredContact = Omit<ListedContact, 'callBack'> & { readonly callBack: StoredCallBack | null };

/** What the gateway needs of the history feature; server/roles connects the two. */
export interface HistoryPort {
  agentDay(site: string, agent: string, day: { readonly startAt: number; readonly endAt: number }): Promise<PastDay>;
  contacts(
    site: string,
    filter: {
      readonly from: number;
      readonly to: number | null;
      /** Null: of all queues. */
      readonly queues: readonly string[] | null;
      readonly agent: string | null;
      readonly outcomes: readonly Outcome[] | null;
      readonly minWaitMs: number | null;
      readonly callBack: readonly CallBackState[] | null;
    },
    page: { readonly cursor: string | null; readonly limit: number },
  ): Promise<{ readonly rows: readonly StoredContact[]; readonly next: string | null }>;
  caller(site: string, contact: string): Promise<{ readonly number: string | null; readonly name: string | null }>;
  callBack(
    site: string,
    contact: string,
    change: { readonly step: CallBackStep; readonly base: number; readonly by: Claimant },
  ): Promise<StoredCallBack>;
}

/** Where every look at a number and every act is written down. What cannot be written down does not happen. */
export interface AuditPort {
  record(entry: AuditRecord): Promise<void>;
}

interface AuditRecord {
  /** `noun.past`. */
  readonly act: string;
  readonly site: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

export interface HistoryRouteOptions extends RouteOptions {
  readonly now: () => number;
  readonly businessDay: { readonly timeZone: string; readonly start: string };
}

/** Who asks, until there are users: whoever holds the token. */
const BY: Claimant = { id: '', name: 'admin token' };

export function historyRoutes(
  mirror: Mirror,
  history: HistoryPort,
  audit: AuditPort,
  options: HistoryRouteOptions,
): Route[] {
  const { now, businessDay } = options;
  const requireSite = (site: string): void => {
    if (!mirror.sites.includes(site)) throw new AppError('site.unknown');
  };
  return [
    route(API.agentDay, options, async ({ site, agent }, { query }): Promise<DayOfAgent> => {
      const day = dayAsked(siteRows(mirror, site, ['board'], now()), query.date, businessDay);
      const past = await history.agentDay(site, agent, day);
      // Read after history, so that what ended meanwhile is missing for a moment rather than there twice.
      return agentDayAnswer(siteRows(mirror, site, ['board', 'counts', 'agents'], now()), agent, day, past);
    }),
    route(API.contacts, options, async ({ site }, { query }) => {
      const day = dayAsked(siteRows(mirror, site, ['board'], now()), query.date, businessDay);
      const isByInstants = query.from !== undefined || query.to !== undefined;
      const span = isByInstants
        ? { from: query.from ?? 0, to: query.to ?? null }
        : { from: day.startAt, to: day.endAt };
      const { queue, agent = null, outcome: outcomes = null, minWaitMs = null, callBack = null } = query;
      const filter = { ...span, queues: queue === undefined ? null : [queue], agent, outcomes, minWaitMs, callBack };
      const page = await history.contacts(site, filter, { cursor: query.cursor ?? null, limit: query.limit });
      const contacts = page.rows.map((one) => ({ ...one, callBack: one.callBack && toldTo(BY, one.callBack) }));
      return { businessDay: isByInstants ? null : day.date, contacts, next: page.next };
    }),
    route(API.revealCaller, options, async ({ site, contact }, { body }) => {
      requireSite(site);
      const { number, name } = await history.caller(site, contact);
      const looked = { act: 'caller.revealed', site, subject: contact, reason: body.reason };
      await audit.record({ ...looked, before: null, after: null });
      return { number, name };
    }),
    route(API.callBack, options, async ({ site, contact }, { body }) => {
      requireSite(site);
      const stored = await history.callBack(site, contact, { step: body.do, base: body.version, by: BY });
      const { state, claimant } = stored;
      const after = { step: body.do, state, claimant: claimant?.name ?? null };
      await audit.record({ act: 'callBack.changed', site, subject: contact, reason: null, before: null, after });
      return toldTo(BY, stored);
    }),
  ];
}

const toldTo = (who: Claimant, { claimant, ...rest }: StoredCallBack): CallBackAnswer => ({
  ...rest,
  steps: [...rest.steps],
  claimant: claimant && { name: claimant.name, isYou: claimant.id === who.id },
});
