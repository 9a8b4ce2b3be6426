/** The numbers, as HTTP answers. */
import { API } from '../../../shared/api.ts';
import { isWhole, type Subject, viewOf } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from '../answers.ts';
import { integrityAnswer } from '../integrity-answer.ts';
import type { Mirror } from '../mirror.ts';
import { agentsAnswer, teamsAnswer } from '../people-answers.ts';
import { type Route, type RouteOptions, route } from '../route.ts';

export function liveRoutes(mirror: Mirror, now: () => number, options: RouteOptions): Route[] {
  /** Corrections name queues and agents of the whole site: who sees a part must not be told of the rest. */
  const requireWhole = (subject: Subject): void => {
    if (!isWhole(viewOf(subject))) throw new AppError('auth.forbidden');
  };
  return [
    route(API.sites, options, (_, { subject }) => sitesAnswer(mirror, now(), subject.scope)),
    route(API.queues, options, ({ site }, { subject }) => queuesAnswer(mirror, site, now(), viewOf(subject))),
    route(API.groups, options, ({ site }, { subject }) => groupsAnswer(mirror, site, now(), viewOf(subject))),
    route(API.agents, options, ({ site }, { subject }) => agentsAnswer(mirror, site, now(), viewOf(subject))),
    route(API.teams, options, ({ site }, { subject }) => teamsAnswer(mirror, site, now(), viewOf(subject))),
    route(API.integrity, options, ({ site }, { subject }) => {
      requireWhole(subject);
      return integrityAnswer(mirror, site, now());
    }),
  ];
}
