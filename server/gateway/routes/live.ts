/** The numbers, as HTTP answers. */
import { API } from '../../../shared/api.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from '../answers.ts';
import { integrityAnswer } from '../integrity-answer.ts';
import type { Mirror } from '../mirror.ts';
import { agentsAnswer, teamsAnswer } from '../people-answers.ts';
import { type Route, type RouteOptions, route } from '../route.ts';

export function liveRoutes(mirror: Mirror, now: () => number, options: RouteOptions): Route[] {
  return [
    route(API.sites, options, () => sitesAnswer(mirror, now())),
    route(API.queues, options, ({ site }) => queuesAnswer(mirror, site, now())),
    route(API.groups, options, ({ site }) => groupsAnswer(mirror, site, now())),
    route(API.agents, options, ({ site }) => agentsAnswer(mirror, site, now())),
    route(API.teams, options, ({ site }) => teamsAnswer(mirror, site, now())),
    route(API.integrity, options, ({ site }) => integrityAnswer(mirror, site, now())),
  ];
}
