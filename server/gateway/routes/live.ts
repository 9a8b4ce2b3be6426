/** The numbers, as HTTP answers. */
import { API } from '../../../shared/api.ts';
import { agentsAnswer, queuesAnswer, sitesAnswer } from '../answers.ts';
import type { Mirror } from '../mirror.ts';
import { type Route, type RouteOptions, route } from '../route.ts';

export function liveRoutes(mirror: Mirror, now: () => number, options: RouteOptions): Route[] {
  return [
    route(API.sites, options, () => sitesAnswer(mirror, now())),
    route(API.queues, options, ({ site }) => queuesAnswer(mirror, site, now())),
    route(API.agents, options, ({ site }) => agentsAnswer(mirror, site, now())),
  ];
}
