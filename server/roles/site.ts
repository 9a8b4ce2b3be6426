/** Role `site`: folds sites and commits them, or stands by for each. */
import { databaseOf } from '../config.ts';
import type { SiteSettings } from '../core/site.ts';
import { type SiteRunner, startSiteRunner } from '../site/runner.ts';
import type { Node, Role } from './node.ts';
import type { SitePlan } from './sites.ts';

export interface Folding extends Role {
  join(plan: Pick<SitePlan, 'site' | 'name'>): Promise<void>;
  leave(site: string): Promise<void>;
  /** Resolves when every event that is in the streams now is committed. Only where this process owns the sites. */
  drain(): Promise<void>;
}

export function startFolding({ config, connect, now, log, metrics }: Node): Folding {
  const runners = new Map<string, SiteRunner>();
  const isServing = config.roles.includes('gateway');
  const stopAll = async () => void (await Promise.all(Array.from(runners.values(), (runner) => runner.stop())));
  return {
    async join({ site, name }) {
      const settings: SiteSettings = {
        name,
        timeZone: config.timeZone,
        businessDayStart: config.businessDayStart,
        thresholdMs: config.thresholdMs,
        shortAbandonMs: config.shortAbandonMs,
      };
      const runner = await startSiteRunner({
        site,
        settings,
        connect,
        keepsFacts: databaseOf(config) !== null,
        now,
        log,
        onCommit: ({ events, ms, lagMs }) => {
          metrics.committed(site, ms, events);
          if (lagMs !== null && isServing) metrics.shownFrom(site, runner.committed().revs.board ?? 0, now() - lagMs);
        },
        onAnomaly: metrics.anomaly,
        onOwner: (isOwner) => metrics.owner(site, isOwner),
      });
      runners.set(site, runner);
    },
    async leave(site) {
      const runner = runners.get(site);
      runners.delete(site);
      await runner?.stop();
    },
    async drain() {
      await Promise.all(Array.from(runners.values(), (runner) => runner.drain()));
    },
    letGo: stopAll,
    async close() {
      await stopAll();
    },
  };
}
