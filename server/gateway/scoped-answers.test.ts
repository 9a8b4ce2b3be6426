/** The API in views of a folded site. Rules: docs/spec/live.md. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import type { DomainEvent } from '../../shared/event.ts';
import { EVERYWHERE } from '../../shared/policy.ts';
import { NO_AGENT_SETTINGS, NO_QUEUE_SETTINGS } from '../../shared/setting.ts';
import { dayArbitrary, START_AT } from '../core/testing-scripts.ts';
import { siteAfter } from '../testing/site.ts';
import { viewsOf } from '../testing/views.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from './answers.ts';
import { agentsAnswer, teamsAnswer } from './people-answers.ts';

const TEAM_OF: Record<string, string> = { A1: 'red', A2: 'blue', A3: 'red', A4: 'blue' };
const settings: DomainEvent[] = [
  ...Object.entries(TEAM_OF).map(
    ([agent, team]): DomainEvent => ({
      type: 'agent.configured',
      ...{ at: START_AT, agent, version: 1, settings: { ...NO_AGENT_SETTINGS, team } },
    }),
  ),
  ...['sales', 'support'].map(
    (queue): DomainEvent => ({
      type: 'queue.configured',
      ...{ at: START_AT, queue, version: 2, settings: { ...NO_QUEUE_SETTINGS, group: 'service' } },
    }),
  ),
];
const day = dayArbitrary.map((events) => {
  const site = siteAfter(...settings, ...events);
  return { site, mirror: viewsOf(site, site.clockAt), now: site.clockAt };
});

const idsIn = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

test('[SCP9] no answer of a view names what the view does not show, and each fits its contract', () => {
  fc.assert(
    fc.property(day, ({ site, mirror, now }) => {
      const view = { ...EVERYWHERE, queues: ['sales'], teams: ['red'] };
      const { agents } = API.agents.response.parse(agentsAnswer(mirror, 'main', now, view));
      const { queues } = API.queues.response.parse(queuesAnswer(mirror, 'main', now, view));
      const others = [
        API.sites.response.parse(sitesAnswer(mirror, now, view)),
        API.groups.response.parse(groupsAnswer(mirror, 'main', now, view)),
        API.teams.response.parse(teamsAnswer(mirror, 'main', now, view)),
      ];
      const mine = [...site.agents.values()].filter(
        ({ id, memberships }) => TEAM_OF[id] === 'red' && memberships.has('sales'),
      );
      expect(idsIn(agents).sort()).toEqual(mine.map(({ id }) => id).sort());
      expect(idsIn(queues)).toEqual(['sales'].filter((queue) => site.queues.has(queue)));
      const text = JSON.stringify([agents, queues, others]);
      const hidden = Object.keys(TEAM_OF).filter((agent) => !idsIn(agents).includes(agent));
      for (const word of ['support', 'vip', 'blue', ...hidden]) expect(text).not.toContain(`"${word}"`);
    }),
    { numRuns: 100 },
  );
});

test('[SCP5][SCP9] a view of the queues of a group says of the site what the group says', () => {
  fc.assert(
    fc.property(day, ({ mirror, now }) => {
      const [group] = groupsAnswer(mirror, 'main', now).groups;
      const [site] = sitesAnswer(mirror, now, { ...EVERYWHERE, queues: ['sales', 'support'] }).sites;
      expect(site?.live).toEqual(group?.live);
      expect(site?.windows.last60).toEqual(group?.windows.last60);
      expect(site?.windows.interval).toEqual(group?.windows.interval);
      const counters = ({
        offered,
        answered,
        abandoned,
        waitMsSum,
        waitMsMax,
      }: NonNullable<typeof group>['today']) => ({
        ...{ offered, answered, abandoned, waitMsSum, waitMsMax },
      });
      expect(site && counters(site.today)).toEqual(group && counters(group.today));
      expect(site?.today.percentiles).toEqual({ waitP50Ms: null, waitP80Ms: null, waitP95Ms: null });
    }),
    { numRuns: 100 },
  );
});

test('[SCP2] a site out of scope is in no list', () => {
  const mirror = viewsOf(siteAfter(...settings), START_AT);
  expect(idsIn(sitesAnswer(mirror, START_AT, { ...EVERYWHERE, sites: ['main'] }).sites)).toEqual(['main']);
  expect(sitesAnswer(mirror, START_AT, { ...EVERYWHERE, sites: ['other'] })).toMatchObject({ sites: [], rev: 0 });
});
