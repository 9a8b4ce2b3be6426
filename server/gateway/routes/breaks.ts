/**
 * The break desk over HTTP. The desk's rules are of the whole site and so are its counts; people are shown, asked for and sent
 * by those alone whose scope holds them.
 */
import { API } from '../../../shared/api.ts';
import type { BreakDesk, BreakRequest, BreakStep } from '../../../shared/api-breaks.ts';
import type { BreakSettings } from '../../../shared/break-setting.ts';
import {
  type BreakAgent,
  type BreakFloor,
  countdown,
  earnedMs,
  isAway,
  maxMsOf,
  type OpenBreak,
  planBreaks,
  unrestedSince,
} from '../../../shared/breaks.ts';
import type { Row } from '../../../shared/delta.ts';
import { may, type Subject, viewOf } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { breakRows } from '../break-floor.ts';
import { listIn, textIn } from '../cells.ts';
import type { Entered } from '../door.ts';
import { type Route, type RouteOptions, route } from '../route.ts';
import { Sight } from '../sight.ts';
import type { Views } from '../site-rows.ts';

/** The desk as a whole, before anybody's scope. */
export interface WholeDesk {
  readonly settings: BreakSettings;
  readonly floor: BreakFloor;
  readonly planned: readonly OpenBreak[];
  readonly open: readonly BreakRequest[];
  readonly recent: readonly BreakRequest[];
}

/** See server/breaks. */
export interface BreaksPort {
  desk(site: string): Promise<WholeDesk>;
  find(site: string, request: string): Promise<BreakRequest>;
  request(
    site: string,
    asked: { readonly id: string; readonly agent: string; readonly reason: string; readonly isGranted: boolean },
    asker: Entered,
  ): Promise<BreakRequest>;
  step(site: string, request: string, step: BreakStep, why: string, asker: Entered): Promise<BreakRequest>;
}

interface BreakRoutesOptions extends RouteOptions {
  readonly now: () => number;
}

export function breakRoutes(views: Views, breaks: BreaksPort, options: BreakRoutesOptions): Route[] {
  const rowOf = (site: string, agent: string): Row | undefined => views.view(site, 'agents')?.row('agents', agent);
  const requireSite = (site: string): void => {
    if (!views.sites.includes(site)) throw new AppError('site.unknown');
  };
  const sees = (subject: Subject, site: string, agent: string): boolean => {
    const row = rowOf(site, agent);
    return row !== undefined && new Sight(viewOf(subject)).hasAgent(row);
  };
  /** A break takes the agent out of every queue: all of them must be within the asker's scope. */
  const requireMay = (subject: Subject, site: string, agent: string): void => {
    const row = rowOf(site, agent);
    if (!row) throw new AppError('agent.unknown');
    const team = textIn('agents', row, 'team');
    const isAllowed =
      may(subject, 'break.grant', { site, team }) &&
      listIn('agents', row, 'queues').every((queue) => may(subject, 'break.grant', { site, team, queue }));
    if (!isAllowed) throw new AppError('auth.forbidden');
  };

  return [
    route(API.breaks, options, async ({ site }, { subject }) => {
      requireSite(site);
      const desk = await breaks.desk(site);
      const { envelope } = breakRows(views, site, options.now());
      return { ...envelope, ...deskFor(desk, (agent) => sees(subject, site, agent)) };
    }),
    route(API.requestBreak, options, async ({ site }, { subject, from, body }) => {
      requireSite(site);
      if (!sees(subject, site, body.agent)) throw new AppError('agent.unknown');
      requireMay(subject, site, body.agent);
      return breaks.request(site, body, { subject, from });
    }),
    route(API.stepBreak, options, async ({ site, request }, { subject, from, body }) => {
      requireSite(site);
      const { agent } = await breaks.find(site, request);
      // As one that does not exist.
      if (!sees(subject, site, agent)) throw new AppError('break.unknown');
      requireMay(subject, site, agent);
      return breaks.step(site, request, body.step, body.why, { subject, from });
    }),
  ];
}

type Shown = Omit<BreakDesk, 'asOf' | 'rev' | 'freshness'>;

function deskFor({ settings, floor, planned, open, recent }: WholeDesk, isSeen: (agent: string) => boolean): Shown {
  const { now, timeZone, agents } = floor;
  const plan = planBreaks({ now, timeZone, settings, agents, requests: planned });
  const requestOf = new Map(open.map((one) => [one.agent, one]));
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  const seen = agents.filter(({ id }) => isSeen(id));
  const going = (agent: BreakAgent): BreakRequest | undefined => {
    const request = requestOf.get(agent.id);
    const isPlanned = planned.some(({ id, state }) => id === request?.id && state === 'granted');
    return isPlanned ? request : undefined;
  };
  return {
    timeZone,
    settings,
    used: plan.used,
    quota: [...plan.quota],
    free: plan.free,
    minFree: plan.minFree,
    breaks: seen
      .filter((agent) => isAway(agent) || (agent.presence !== 'signedOut' && going(agent)))
      .map((agent) => {
        const request = requestOf.get(agent.id) ?? null;
        const isThere = isAway(agent);
        const isOwn = request !== null && request.state !== 'requested';
        const reason = isThere ? agent.presenceReason : (request?.reason ?? '');
        const since = isThere ? agent.presenceSince : null;
        return { ...personOf(agent), reason, since, maxMs: maxMsOf(reason, settings), request: isOwn ? request : null };
      })
      .toSorted((a, b) => leftMs(a, now) - leftMs(b, now)),
    requests: plan.queue.flatMap(({ request: { id, agent: of }, whyNot }) => {
      const request = requestOf.get(of);
      const agent = byId.get(of);
      if (!agent || request?.id !== id || !isSeen(of)) return [];
      return [{ ...personOf(agent), request, unrestedSince: unrestedSince(agent), whyNot }];
    }),
    unrested: seen
      .flatMap((agent) => {
        const since = unrestedSince(agent);
        if (since === null || going(agent)) return [];
        const { workedMs, takenMs } = agent;
        return [
          {
            ...{ ...personOf(agent), unrestedSince: since, workedMs, takenMs, earnedMs: earnedMs(agent, settings) },
            whyNot: plan.whyNot.get(agent.id) ?? null,
            hasRequest: requestOf.has(agent.id),
          },
        ];
      })
      .toSorted((a, b) => a.unrestedSince - b.unrestedSince || (a.agent < b.agent ? -1 : 1)),
    recent: recent.filter(({ agent }) => isSeen(agent)),
  };
}

const personOf = ({ id: agent, name, team }: BreakAgent) => ({ agent, name, team });
const leftMs = ({ since, maxMs }: { since: number | null; maxMs: number }, now: number): number =>
  since === null ? maxMs : countdown(since, maxMs, now).leftMs;
