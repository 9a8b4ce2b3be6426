/** The numbers, as HTTP answers. */
import { API } from '../../../shared/api.ts';
import { isWhole, may, type Subject, viewOf } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from '../answers.ts';
import { integrityAnswer } from '../integrity-answer.ts';
import type { Mirror } from '../mirror.ts';
import { agentsAnswer, teamsAnswer } from '../people-answers.ts';
import { type Route, type RouteOptions, route } from '../route.ts';
import type { Views } from '../site-rows.ts';

export function liveRoutes(mirror: Mirror, now: () => number, options: RouteOptions): Route[] {
  /** The sites that the asker sees, as a mirror of them alone. */
  const seenBy = (subject: Subject): Views => {
    // These answers are of whole sites: who sees a part must not be told more.
    if (!isWhole(viewOf(subject))) throw new AppError('auth.forbidden');
    return {
      sites: mirror.sites.filter((site) => may(subject, 'numbers.view', { site })),
      view: (site, channel) => mirror.view(site, channel),
    };
  };
  return [
    route(API.sites, options, (_, { subject }) => sitesAnswer(seenBy(subject), now())),
    route(API.queues, options, ({ site }, { subject }) => queuesAnswer(seenBy(subject), site, now())),
    route(API.groups, options, ({ site }, { subject }) => groupsAnswer(seenBy(subject), site, now())),
    route(API.agents, options, ({ site }, { subject }) => agentsAnswer(seenBy(subject), site, now())),
    route(API.teams, options, ({ site }, { subject }) => teamsAnswer(seenBy(subject), site, now())),
    route(API.integrity, options, ({ site }, { subject }) => integrityAnswer(seenBy(subject), site, now())),
  ];
}
