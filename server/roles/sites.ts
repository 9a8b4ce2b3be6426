/**
 * Which sites this process works on: those of its own sources, which it registers, or else those that others have
 * registered. In the second case sites come and go while the process runs.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { logSourceId } from '../../shared/source.ts';
import { businessDayOf } from '../../shared/time.ts';
import type { Config } from '../config.ts';
import type { SourceConfig } from '../config-sources.ts';
import { siteKeys } from '../redis/keys.ts';
import { keepRegistered, readSites, registerSite } from '../redis/registry.ts';
import { readResume, siteTimeCommitted } from '../site/resume.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { asNeighbour } from '../sources/neighbour.ts';
import { createQueueLogSource } from '../sources/queue-log/client.ts';
import { createDemoSource } from '../sources/simulator/demo-source.ts';
import type { Source } from '../sources/source.ts';
import type { Node, SourceNode } from './node.ts';

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
/** How long a log waits for the connection of its site; one that cannot connect says so long before. */
const FIRST_WORD_MS = 15_000;

/** The demo centre runs where sources would run and none are configured. */
export const isDemo = ({ sources, roles }: Config): boolean => sources.length === 0 && roles.includes('source');

/** Sites of this process' own configuration; null when it has none and follows the registry. */
export function plannedSites(node: SourceNode): readonly SitePlan[] | null {
  const { config } = node;
  if (config.sources.length > 0) return planSources(node);
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

function planDemo({ config, command, log }: SourceNode): SitePlan {
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
function planSources(node: SourceNode): SitePlan[] {
  const bySite = new Map<string, SourceConfig[]>();
  for (const one of node.config.sources) bySite.set(one.site, [...(bySite.get(one.site) ?? []), one]);
  const used = new Map<string, number>();
  return Array.from(bySite, ([site, configured]) => {
    const isAlone = configured.filter(({ kind }) => kind === 'ami').length < 2;
    const firstWords: Promise<void>[] = [];
    const sources = configured.map((one) => {
      const name = one.kind === 'ami' ? `ami:${one.address.host}:${one.address.port}` : logSourceId(one.address.path);
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      const id = count === 1 ? name : `${name}#${count}`;
      if (one.kind === 'queue-log') return { id, source: logSource(node, id, one, firstWords) };
      const ami = withFirstWord(createAmiSource(one.address, { createTranslator }), firstWords);
      return { id, source: isAlone ? ami : asNeighbour(ami) };
    });
    return { site, name: site, sources };
  });
}

/** Lets others wait until a source has said anything at all. */
function withFirstWord(source: Source, firstWords: Promise<void>[]): Source {
  const { promise, resolve } = Promise.withResolvers<void>();
  firstWords.push(promise);
  return {
    ...source,
    run: (context) =>
      source.run({
        ...context,
        append: async (events, receivedAt) => {
          await context.append(events, receivedAt);
          resolve();
        },
      }),
  };
}

/** A log tells the whole day at once: only then, thresholds, names of agents and what day it is there should be known. */
function logSource(
  { config, command, now }: SourceNode,
  id: string,
  { site, address }: Extract<SourceConfig, { kind: 'queue-log' }>,
  firstWords: readonly Promise<void>[],
): Source {
  return createQueueLogSource(address, {
    resume: () => readResume(command, site, id),
    dayStartAt: async (signal) => {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(FIRST_WORD_MS)]);
      await Promise.race([Promise.all(firstWords), wait(FIRST_WORD_MS, undefined, { signal }).catch(() => {})]);
      const committedAt = await siteTimeCommitted(command, site, patience);
      return businessDayOf(committedAt ?? now(), config.timeZone, config.businessDayStart).startAt;
    },
  });
}
