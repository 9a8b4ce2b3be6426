/** What is over: an agent's day, contacts, calling lost callers back. Read from PostgreSQL, what goes on from the mirror. */
import { API } from '../../../shared/api.ts';
import type { CallBackAnswer, DayOfAgent, ListedContact, Outcome } from '../../../shared/api-history.ts';
import { type CallBack, type CallBackState, type CallBackStep, claimantOf } from '../../../shared/call-back.ts';
import { isWhole, may, type Subject, viewOf } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { agentDayAnswer, dayAsked, type PastDay } from '../agent-day-answer.ts';
import type { Entered } from '../door.ts';
import type { Mirror } from '../mirror.ts';
import { type Route, type RouteOptions, route } from '../route.ts';
import { type SiteRows, siteRows } from '../site-rows.ts';

type StoredCallBack = CallBack & {
  readonly version: number;
  readonly steps: readonly CallBackAnswer['steps'][number][];
};
type StoredContact = Omit<ListedContact, 'callBack'> & { readonly callBack: StoredCallBack | null };

/** A contact of another queue is as one that does not exist. Null: of all queues. */
interface Seen {
  readonly queues: readonly string[] | null;
}

/** What the gateway needs of the history feature; server/roles connects the two. */
export interface HistoryPort {
  agentDay(
    site: string,
    agent: string,
    day: { readonly startAt: number; readonly endAt: number },
    seen: Seen,
  ): Promise<PastDay>;
  contacts(
    site: string,
    filter: Seen & {
      readonly from: number;
      readonly to: number | null;
      readonly queue: string | null;
      readonly agent: string | null;
      readonly outcomes: readonly Outcome[] | null;
      readonly minWaitMs: number | null;
      readonly callBack: readonly CallBackState[] | null;
    },
    page: { readonly cursor: string | null; readonly limit: number },
  ): Promise<{ readonly rows: readonly StoredContact[]; readonly next: string | null }>;
  /** The whole number, once the look at it has been written down. */
  caller(
    site: string,
    contact: string,
    look: Seen & { readonly by: Entered; readonly reason: string },
  ): Promise<{ readonly number: string | null; readonly name: string | null }>;
  /** One step and its entry in the audit log. */
  callBack(
    site: string,
    contact: string,
    change: Seen & { readonly step: CallBackStep; readonly base: number; readonly by: Entered },
  ): Promise<StoredCallBack>;
}

export interface HistoryRouteOptions extends RouteOptions {
  readonly now: () => number;
  readonly businessDay: { readonly timeZone: string; readonly start: string };
}

export function historyRoutes(mirror: Mirror, history: HistoryPort, options: HistoryRouteOptions): Route[] {
  const { now, businessDay } = options;
  const requireSite = (site: string): void => {
    if (!mirror.sites.includes(site)) throw new AppError('site.unknown');
  };
  return [
    route(API.agentDay, options, async ({ site, agent }, { query, subject }): Promise<DayOfAgent> => {
      const view = viewOf(subject);
      const before = siteRows(mirror, site, ['board', 'agents'], now(), view);
      requireAgent(before, subject, agent);
      const day = dayAsked(before, query.date, businessDay);
      const past = await history.agentDay(site, agent, day, view);
      // Read after history, so that what ended meanwhile is missing for a moment rather than there twice.
      return agentDayAnswer(siteRows(mirror, site, ['board', 'counts', 'agents'], now(), view), agent, day, past);
    }),
    route(API.contacts, options, async ({ site }, { query, subject }) => {
      const rows = siteRows(mirror, site, ['board', 'agents'], now(), viewOf(subject));
      const { queue = null, agent = null, outcome: outcomes = null, minWaitMs = null, callBack = null } = query;
      if (queue !== null && !may(subject, 'contacts.view', { site, queue })) throw new AppError('auth.forbidden');
      if (agent !== null) requireAgent(rows, subject, agent);
      const day = dayAsked(rows, query.date, businessDay);
      const isByInstants = query.from !== undefined || query.to !== undefined;
      const span = isByInstants
        ? { from: query.from ?? 0, to: query.to ?? null }
        : { from: day.startAt, to: day.endAt };
      const { queues } = subject.scope;
      const filter = { ...span, queues, queue, agent, outcomes, minWaitMs, callBack };
      const page = await history.contacts(site, filter, { cursor: query.cursor ?? null, limit: query.limit });
      const contacts = page.rows.map((one) => ({
        ...one,
        agent: one.agent !== null && seesAgent(rows, subject, one.agent) ? one.agent : null,
        callBack: one.callBack && toldTo(subject, one.callBack),
      }));
      return { businessDay: isByInstants ? null : day.date, contacts, next: page.next };
    }),
    route(API.revealCaller, options, async ({ site, contact }, { body: { reason }, subject, from }) => {
      requireSite(site);
      const { queues } = subject.scope;
      return history.caller(site, contact, { queues, reason, by: { subject, from } });
    }),
    route(API.callBack, options, async ({ site, contact }, { body, subject, from }) => {
      requireSite(site);
      const { queues } = subject.scope;
      const change = { queues, step: body.do, base: body.version, by: { subject, from } };
      return toldTo(subject, await history.callBack(site, contact, change));
    }),
  ];
}

/** Who sees all teams and queues also sees those who are gone; of the others nobody knows any more where they belonged. */
const seesAgent = (rows: SiteRows, subject: Subject, agent: string): boolean =>
  may(subject, 'agents.view') && (isWhole(viewOf(subject)) || rows.table('agents').has(agent));

function requireAgent(rows: SiteRows, subject: Subject, agent: string): void {
  if (!seesAgent(rows, subject, agent)) throw new AppError('agent.unknown');
}

const toldTo = (subject: Subject, { claimant, ...rest }: StoredCallBack): CallBackAnswer => ({
  ...rest,
  steps: [...rest.steps],
  claimant: claimant && { name: claimant.name, isYou: claimant.id === claimantOf(subject).id },
});
