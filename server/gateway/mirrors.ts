/** Mirrors of sites that come and go while the gateway runs, as one. Each site has a mirror of its own. */
import { type Mirror, type MirrorFeed, type MirrorOptions, startMirror } from './mirror.ts';

export interface Mirrors extends Mirror {
  /** Follows a site from now on; one that is followed already gets the new feed. */
  join(site: string, feed: MirrorFeed): Promise<void>;
  leave(site: string): Promise<void>;
}

export function startMirrors({ feeds, ...options }: MirrorOptions): Mirrors {
  const bySite = new Map<string, Mirror>();
  const start = (site: string, feed: MirrorFeed): void => {
    bySite.set(site, startMirror({ ...options, feeds: new Map([[site, feed]]) }));
  };
  for (const [site, feed] of feeds) start(site, feed);
  const leave = async (site: string): Promise<void> => {
    const mirror = bySite.get(site);
    bySite.delete(site);
    await mirror?.stop();
  };
  return {
    get sites() {
      return [...bySite.keys()];
    },
    snapshot: (site, channel) => bySite.get(site)?.snapshot(site, channel) ?? null,
    view: (site, channel) => bySite.get(site)?.view(site, channel) ?? null,
    revs: () => [...bySite.values()].flatMap((mirror) => mirror.revs()),
    lagReason: (site) => bySite.get(site)?.lagReason(site) ?? null,
    async join(site, feed) {
      await leave(site);
      start(site, feed);
    },
    leave,
    async stop() {
      await Promise.all([...bySite.values()].map((mirror) => mirror.stop()));
    },
  };
}
