/** Settings over HTTP: read and changed whole and by version, by those who hold the right for the queue or the team. */
import { API } from '../../../shared/api.ts';
import type { BreakSettings } from '../../../shared/break-setting.ts';
import { isWhole, may, type Right, type Subject, viewOf } from '../../../shared/policy.ts';
import type { AgentSettings, QueueSettings } from '../../../shared/setting.ts';
import { AppError } from '../../errors.ts';
import type { Entered } from '../door.ts';
import { type Asked, Reply, type Route, type RouteOptions, route } from '../route.ts';

interface SettingsOf {
  queue: QueueSettings;
  agent: AgentSettings;
  /** Of the whole site, with '' for a subject. */
  break: BreakSettings;
}
type Kind = keyof SettingsOf;

interface Stored<K extends Kind> {
  readonly subject: string;
  readonly version: number;
  readonly settings: SettingsOf[K];
  readonly updatedAt: number | null;
}

/** What the gateway needs of the settings feature; server/roles connects the two. */
export interface SettingsPort {
  list(
    site: string,
  ): Promise<{ readonly queues: readonly Stored<'queue'>[]; readonly agents: readonly Stored<'agent'>[] }>;
  read<K extends Kind>(site: string, kind: K, subject: string): Promise<Stored<K>>;
  write<K extends Kind>(
    site: string,
    kind: K,
    subject: string,
    change: { readonly base: number; readonly settings: SettingsOf[K]; readonly by: Entered },
  ): Promise<Stored<K>>;
}

/** What of the site decides who may see what. */
export interface Floor {
  hasSite(site: string): boolean;
  /** The queues of every agent that is known. */
  queuesOfAgents(site: string): ReadonlyMap<string, readonly string[]>;
}

type Change<S> = Asked<{ version?: number | undefined; settings: S }>;

export function settingsRoutes(floor: Floor, settings: SettingsPort, options: RouteOptions): Route[] {
  const requireSite = (site: string): void => {
    if (!floor.hasSite(site)) throw new AppError('site.unknown');
  };
  /** An agent belongs to the team that its settings name, and to the queues that it serves. */
  const agentsSeen = (subject: Subject, right: Right, site: string) => {
    const { queues } = subject.scope;
    const queuesOf = queues && floor.queuesOfAgents(site);
    return ({ subject: agent, settings: { team } }: Pick<Stored<'agent'>, 'subject' | 'settings'>): boolean =>
      may(subject, right, { site, team }) &&
      (!queuesOf || (queuesOf.get(agent) ?? []).some((queue) => may(subject, right, { site, queue })));
  };
  const agentFor = async (subject: Subject, right: Right, site: string, agent: string): Promise<Stored<'agent'>> => {
    requireSite(site);
    const stored = await settings.read(site, 'agent', agent);
    if (!agentsSeen(subject, right, site)(stored)) throw new AppError('auth.forbidden');
    return stored;
  };
  return [
    route(API.settings, options, async ({ site }, { subject }) => {
      requireSite(site);
      const { queues, agents } = await settings.list(site);
      return {
        queues: queues.filter(({ subject: queue }) => may(subject, 'settings.view', { site, queue })).map(ofQueue),
        agents: agents.filter(agentsSeen(subject, 'settings.view', site)).map(ofAgent),
      };
    }),
    route(API.queueSettings, options, async ({ site, queue }) => {
      requireSite(site);
      return tagged(ofQueue(await settings.read(site, 'queue', queue)));
    }),
    route(API.changeQueueSettings, options, async ({ site, queue }, asked) => {
      requireSite(site);
      return tagged(ofQueue(await settings.write(site, 'queue', queue, changeOf(asked))));
    }),
    route(API.agentSettings, options, async ({ site, agent }, { subject }) =>
      tagged(ofAgent(await agentFor(subject, 'settings.view', site, agent))),
    ),
    route(API.changeAgentSettings, options, async ({ site, agent }, asked) => {
      const change = changeOf(asked);
      const before = await agentFor(asked.subject, 'settings.change', site, agent);
      // The team was looked at in this version: another may be in another team.
      if (before.version !== change.base) throw new AppError('settings.conflict');
      const after = { subject: agent, settings: change.settings };
      if (!agentsSeen(asked.subject, 'settings.change', site)(after)) throw new AppError('auth.forbidden');
      return tagged(ofAgent(await settings.write(site, 'agent', agent, change)));
    }),
    route(API.breakSettings, options, async ({ site }) => {
      requireSite(site);
      return tagged(ofBreaks(await settings.read(site, 'break', '')));
    }),
    route(API.changeBreakSettings, options, async ({ site }, asked) => {
      requireSite(site);
      // They hold for everybody of the site.
      if (!isWhole(viewOf(asked.subject))) throw new AppError('auth.forbidden');
      return tagged(ofBreaks(await settings.write(site, 'break', '', changeOf(asked))));
    }),
  ];
}

function changeOf<S>({ body, ifMatch, subject, from }: Change<S>) {
  const base = ifMatch ?? body.version;
  if (base === undefined) throw new AppError('settings.versionMissing');
  return { base, settings: body.settings, by: { subject, from } };
}

const ofQueue = ({ subject, ...rest }: Stored<'queue'>) => ({ queue: subject, ...rest });
const ofAgent = ({ subject, ...rest }: Stored<'agent'>) => ({ agent: subject, ...rest });

const ofBreaks = ({ version, settings, updatedAt }: Stored<'break'>) => ({ version, settings, updatedAt });

const tagged = <B extends { readonly version: number }>(body: B): Reply<B> =>
  new Reply(200, body, { ETag: `"${body.version}"` });
