/**
 * Which sites this process works on: those of its own sources, which it registers, or else those that others have
 * registered. In the second case sites come and go while the process runs.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { siteKeys } from '../redis/keys.ts';
import { keepRegistered, readSites, registerSite } from '../redis/registry.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { asNeighbour } from '../sources/neighbour.ts';
import { createDemoSource } from '../sources/simulator/demo-source.ts';
import type { Source } from '../sources/source.ts';
import type { Node } from './node.ts';

export interface SitePlan {
  readonly site: string;
  readonly name: string;
  /** Empty for a site that was learnt from the registry. */
  readonly sources: readonly { readonly id: string; readonly source: Source }[];
}

export interface Watch {
  stop(): void;
}

const LOOK_EVERY_MS = 1_000;

/** The demo centre runs where sources would run and none are configured. */
export const isDemo = ({ sources, roles }: Config): boolean => sources.length === 0 && roles.includes('source');

/** Sites of this process' own configuration; null when it has none and follows the registry. */
export function plannedSites(node: Node): readonly SitePlan[] | null {
  const { config } = node;
  if (config.sources.length > 0) return planSources(config.sources);
  return isDemo(config) ? [planDemo(node)] : null;
}

/** Registers the sites, again also after Redis has lost everything. */
export async function registerSites({ command, log }: Node, plans: readonly SitePlan[]): Promise<Watch> {
  for (const { site, name } of plans) await registerSite(command, site, { name });
  return watch(log, async () => {
    for (const { site, name } of plans) await keepRegistered(command, site, { name });
  });
}

/** Joins and leaves sites as the registry has them. Resolves when those that are known now have joined. */
export async function followSites(
  { command, log }: Node,
  join: (plan: SitePlan) => Promise<void>,
  leave: (site: string) => Promise<void>,
): Promise<Watch> {
  const joined = new Set<string>();
  const look = async (isStopped = () => false): Promise<void> => {
    const known = await readSites(command);
    for (const [site, { name }] of known) {
      // What joined now would outlive the stop.
      if (isStopped()) return;
      if (joined.has(site)) continue;
      await join({ site, name, sources: [] });
      joined.add(site);
      log.info({ site }, 'site.joined');
    }
    for (const site of joined) {
      if (known.has(site)) continue;
      joined.delete(site);
      await leave(site);
      log.info({ site }, 'site.left');
    }
  };
  await look();
  return watch(log, look);
}

function watch(log: Node['log'], look: (isStopped: () => boolean) => Promise<void>): Watch {
  const stopping = new AbortController();
  const isStopped = () => stopping.signal.aborted;
  const run = async () => {
    while (!isStopped()) {
      await wait(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      if (isStopped()) return;
      await look(isStopped).catch((err: unknown) => log.warn({ err }, 'sites.notRead'));
    }
  };
  void run();
  return { stop: () => stopping.abort() };
}

function planDemo({ config, command, log }: Node): SitePlan {
  // A shared Redis may come to hold a real centre: the demo must not count into it.
  const site = config.redisUrl === null ? 'main' : 'demo';
  const committedAt = async () => Number((await command.hget(siteKeys(site).meta, 'at')) ?? 0);
  const source = createDemoSource({
    seed: config.demoSeed,
    folder: path.join(config.dataDir, 'demo'),
    committedAt,
    log: (message) => log.debug(message),
  });
  return { site, name: '演示中心 Demo centre', sources: [{ id: 'demo', source }] };
}

/** Sites in the order in which they are first named; a source's id says where it is, never its secret. */
function planSources(configured: Config['sources']): SitePlan[] {
  const bySite = new Map<string, SitePlan['sources'][number][]>();
  const used = new Map<string, number>();
  for (const { site, address } of configured) {
    const name = `ami:${address.host}:${address.port}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    const id = count === 1 ? name : `${name}#${count}`;
    const sources = bySite.get(site) ?? [];
    sources.push({ id, source: createAmiSource(address, { createTranslator }) });
    bySite.set(site, sources);
  }
  return Array.from(bySite, ([site, sources]) => {
    const isAlone = sources.length === 1;
    return {
      site,
      name: site,
      sources: isAlone ? sources : sources.map(({ id, source }) => ({ id, source: asNeighbour(source) })),
    };
  });
}
