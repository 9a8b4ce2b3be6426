/** Role `source`: holds the connections to the PBX of each configured site and appends what it hears. */
import { type SourceHost, startSourceHost } from '../sources/host.ts';
import type { Role, SourceNode } from './node.ts';
import type { SitePlan } from './sites.ts';

export async function startSources(node: SourceNode, plans: readonly SitePlan[]): Promise<Role> {
  const { config, connect, now, random, log, metrics } = node;
  const hosts: SourceHost[] = [];
  const close = async () => void (await Promise.all(hosts.map((host) => host.close())));
  const letGo = async () => void (await Promise.all(hosts.map((host) => host.stop())));
  try {
    for (const { site, sources } of plans) {
      const host = await startSourceHost({
        site,
        sources,
        connect,
        now,
        random,
        log,
        onAppended: (source, events) => metrics.ingested(site, source, events),
        onAnomaly: metrics.anomaly,
        // A Redis of our own has no other users who could take over.
        ...(config.redisUrl === null && { handOverMs: 0 }),
      });
      hosts.push(host);
    }
  } catch (error) {
    await letGo();
    await close();
    throw error;
  }
  return { letGo, close };
}
